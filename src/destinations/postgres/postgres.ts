import { escapeIdentifier, Pool, type PoolClient } from 'pg';
import type { PageKey } from '../../contract/page';
import type { CustomField } from '../../streams/customField';
import { streamNamed, TABLE_NAMES } from '../../streams';
import { describeFields } from '../describeFields';
import { eraseRows } from '../eraseRows';
import type { ErasedPlace, Erasure } from '../erasure';
import { TRANSACTIONS_PER_PAGE } from '../fills';
import { Pruning } from '../pruning';
import { READ_CHECKPOINT, READ_QUARANTINE } from '../sql';
import { tablesOf } from '../table';
import { makeViews } from '../views/makeViews';
import { viewsOption } from '../views/schema';
import {
  DestinationRefused,
  type FieldNote,
  type LastingDestination,
  type Batch,
  type QuarantinedRecord,
  type ViewsMade,
  type Written,
} from '../destination';
import { toDestinationError, isMissing } from './failure';
import { makeForReaders } from './eventViews';
import { PostgresFields } from './fields';
import { fillSomeRows, lockSchema, makeSchema, prunePages, SHORT_WAIT } from './schema';
import { SqlStoredRecords, type Query } from '../storedRecords';
import { proveWritable } from './sql';
import { PostgresViews } from './views';
import { tryStatements, writeBatch } from './writeBatch';

const FIND_EXPORT = `SELECT to_regclass('export_pages') IS NOT NULL AS found`;

/** Without it, each window of a verification reads the whole table. */
const indexCreated = (stream: string): string =>
  `CREATE INDEX IF NOT EXISTS ${stream}_by_created_at ON ${stream} (subdomain, created_at)`;

/** Those that a page writes. */
const TABLES = tablesOf();

// Memory enough that a batch is not written to a temporary file on its way through the statement.
const SETTINGS = `
SET LOCAL statement_timeout = '2min';
SET LOCAL lock_timeout = '1min';
SET LOCAL idle_in_transaction_session_timeout = '1min';
SET LOCAL timezone = 'UTC';
SET LOCAL work_mem = '16MB'`;

/** Tables in one schema of a PostgreSQL database. Connects at the first use, and again after `close`. */
export class PostgresDestination implements LastingDestination {
  private readonly query: Query = async (text, values) =>
    this.transaction(async (client) => {
      const { rows } = await client.query<unknown[]>({ text, values: [...values], rowMode: 'array' });
      return rows;
    });

  readonly stored = new SqlStoredRecords(this.query, indexCreated);

  /** The pool closes idle connections. To open one for each poll would cost the server more than the poll. */
  readonly isShareable = true;

  private pool: Pool | undefined;
  /** The last one that has begun. */
  private preparation: Promise<unknown> = Promise.resolve();
  private nextPreparation: Promise<readonly string[]> | undefined;
  private readonly pruning = new Pruning();
  /** Whether the tables may have rows to be filled. */
  private hasFills = true;
  /** Whether what only readers need has been looked after, as far as it could be. */
  private isReadable = false;
  private readonly connectionString: string;
  private readonly schema: string | null;
  /** What `?views=` says. */
  private readonly views: string | null;
  /** For messages: where, but not as whom. */
  private readonly server: string;

  /**
   * @param url as `pg` reads it, and `?schema=` for another schema than the user's default, `?views=` for views besides
   * @throws Error when it is no URL
   */
  constructor(url: string) {
    if (!/^postgres(ql)?:\/\//i.test(url) || !URL.canParse(url)) {
      throw new Error(
        'must be a URL such as postgres://user:password@host/database; %-encode what is special in it',
      );
    }
    const parsed = new URL(url);
    this.schema = parsed.searchParams.get('schema');
    if (this.schema !== null) parsed.searchParams.delete('schema');
    const views = parsed.searchParams.get('views');
    this.views = views === null ? null : viewsOption(views, this.schema);
    if (views !== null) parsed.searchParams.delete('views');
    this.connectionString = parsed.href;
    this.server = `PostgreSQL ${parsed.host || 'server'}${parsed.pathname}`;
  }

  /** Thousands of exports that start together would queue for one lock: those that come during a preparation share the next. */
  async prepare(): Promise<readonly string[]> {
    this.nextPreparation ??= this.preparation
      .catch(() => undefined)
      .then(async () => {
        this.nextPreparation = undefined;
        const preparation = this.prepareOnce();
        this.preparation = preparation;
        return preparation;
      });
    return this.nextPreparation;
  }

  private async prepareOnce(): Promise<readonly string[]> {
    await this.transaction(async (client) => this.makeReady(client));
    this.hasFills = true;
    await this.fillRows();
    return this.makeReadable();
  }

  async findExport(): Promise<void> {
    const found = await this.transaction(async (client) => client.query<{ found: boolean }>(FIND_EXPORT));
    if (found.rows[0]?.found === true) return;
    throw new DestinationRefused(
      `${this.server}: no export has written here. Check the name of the database and ?schema=.`,
    );
  }

  async write(page: Batch): Promise<Written> {
    const written = await this.transaction(async (client) => {
      const outcome = await writeBatch(client, page);
      if (this.pruning.isDue(page.subdomain)) await prunePages(client, page.subdomain);
      return outcome;
    });
    await this.fillRows();
    if (!this.isReadable) await this.makeReadable();
    return written;
  }

  async checkpoint(subdomain: string, { exportId, epoch, page }: PageKey): Promise<string | undefined> {
    return this.transaction(async (client) => {
      const { rows } = await client.query<{ checkpoint: string }>(READ_CHECKPOINT, [
        subdomain,
        exportId,
        epoch,
        page,
      ]);
      return rows[0]?.checkpoint;
    });
  }

  async quarantined(): Promise<QuarantinedRecord[]> {
    return this.transaction(async (client) => {
      const { rows } = await client.query<Record<keyof QuarantinedRecord, string>>(READ_QUARANTINE);
      return rows.map((row) => ({ ...row, stream: streamNamed(row.stream) }));
    });
  }

  async describeFields(subdomain: string, fields: readonly CustomField[]): Promise<readonly FieldNote[]> {
    return describeFields(
      async (work) => this.transaction(async (client) => work(new PostgresFields(client))),
      subdomain,
      fields,
    );
  }

  async makeViews(subdomain: string): Promise<ViewsMade | null> {
    return makeViews(
      async (work) =>
        this.transaction(async (client) => {
          await client.query(SHORT_WAIT);
          await work(new PostgresViews(client));
        }),
      this.views,
      subdomain,
    );
  }

  async erase(erasure: Erasure): Promise<readonly ErasedPlace[]> {
    return eraseRows(this, this.query, erasure);
  }

  async close(): Promise<void> {
    const { pool } = this;
    this.pool = undefined;
    await pool?.end();
  }

  /** Of columns that were added to tables, as many as a page may wait for. */
  private async fillRows(): Promise<void> {
    for (let count = 0; this.hasFills && count < TRANSACTIONS_PER_PAGE; count += 1)
      this.hasFills = await this.transaction(fillSomeRows);
  }

  private async makeReadable(): Promise<readonly string[]> {
    this.isReadable = true;
    return makeForReaders(async (work) => {
      try {
        await this.attempt(work);
      } catch (error) {
        throw toDestinationError(error, this.server);
      }
    });
  }

  private async makeReady(client: PoolClient): Promise<void> {
    await lockSchema(client);
    await this.createSchema(client);
    await makeSchema(client, this.server);
    await client.query(proveWritable(TABLES));
    for (const stream of TABLE_NAMES) await tryStatements(client, stream);
  }

  private async createSchema(client: PoolClient): Promise<void> {
    if (this.schema === null) return;
    const name = escapeIdentifier(this.schema);
    const { rows } = await client.query<{ found: boolean }>(
      'SELECT to_regnamespace($1) IS NOT NULL AS found',
      [name],
    );
    if (rows[0]?.found !== true) await client.query(`CREATE SCHEMA ${name}`);
  }

  /** Of an export that runs, somebody may drop the tables, or bring back a part of them, or name another place. */
  private async transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    try {
      try {
        return await this.attempt(work);
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
      await this.attempt(async (client) => {
        await this.makeReady(client);
        await new PostgresFields(client).createMissingView();
      });
      this.hasFills = true;
      this.isReadable = false;
      return await this.attempt(work);
    } catch (error) {
      throw toDestinationError(error, this.server);
    }
  }

  private async attempt<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    let client: PoolClient | undefined;
    try {
      this.pool ??= openPool(this.connectionString);
      client = await this.pool.connect();
      // Set for the transaction and not the session, so that it also holds behind a pooler such as PgBouncer.
      const path = this.schema === null ? '' : `; SET LOCAL search_path = ${escapeIdentifier(this.schema)}`;
      await client.query(`BEGIN; ${SETTINGS}${path}`);
      const result = await work(client);
      await client.query('COMMIT');
      client.release();
      return result;
    } catch (error) {
      // Closing the connection rolls back too, and a connection that failed may be in any state.
      client?.release(true);
      throw error;
    }
  }
}

function openPool(connectionString: string): Pool {
  const pool = new Pool({
    connectionString,
    max: 4,
    // Many schemas, each with a pool, are polled now and then: few of them hold a connection at a time.
    idleTimeoutMillis: 1000,
    fallback_application_name: 'zendesk-ticket-export',
    connectionTimeoutMillis: 15_000,
    // The client's own end of patience, for a server that is gone without a word.
    query_timeout: 150_000,
    keepAlive: true,
    allowExitOnIdle: true,
  });
  // A connection that breaks, idle or between two statements, also reports that where nobody waits. The next use fails by itself.
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  return pool;
}

function ignore(): void {
  // Nothing to do: a broken connection is replaced at the next use.
}
