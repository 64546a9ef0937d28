import { escapeIdentifier, Pool, type PoolClient } from 'pg';
import type { PageKey } from '../../contract/page';
import type { CustomField } from '../../streams/customField';
import { describeFields } from '../describeFields';
import {
  DestinationRefused,
  type FieldNote,
  type LastingDestination,
  type Batch,
  type QuarantinedRecord,
  type Written,
} from '../destination';
import { sideloadTables } from '../../streams/stream';
import { tickets } from '../../streams/tickets';
import { explained, isMissing } from './failure';
import { PostgresFields } from './fields';
import * as migrations from './migrations';
import { proveWritable, READ_CHECKPOINT, READ_QUARANTINE, UPSERT_TICKETS } from './sql';
import { writeBatch } from './writeBatch';

const TABLES = ['tickets', 'export_pages', 'quarantine', ...sideloadTables(tickets)];
const FIELD_TABLES = ['ticket_fields', 'ticket_field_options'];
const FUNCTIONS = ['jsonb_or_null(text)', 'timestamptz_or_null(text)', 'date_or_null(text)'];

/** Any number: what matters is that every worker of every version locks the same one. */
const MIGRATION_LOCK = 7_391_846_250;

// Memory enough that a batch is not written to a temporary file on its way through the statement.
const SETTINGS = `
SET LOCAL statement_timeout = '2min';
SET LOCAL lock_timeout = '1min';
SET LOCAL idle_in_transaction_session_timeout = '1min';
SET LOCAL timezone = 'UTC';
SET LOCAL work_mem = '16MB'`;

/** Tables in one schema of a PostgreSQL database. Connects at the first use, and again after `close`. */
export class PostgresDestination implements LastingDestination {
  private pool: Pool | undefined;
  private readonly connectionString: string;
  private readonly schema: string | null;
  /** For messages: where, but not as whom. */
  private readonly server: string;

  /**
   * @param url as `pg` reads it, and `?schema=` for another schema than the user's default
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
    this.connectionString = parsed.href;
    this.server = `PostgreSQL ${parsed.host || 'server'}${parsed.pathname}`;
  }

  async prepare(): Promise<void> {
    await this.transaction(async (client) => this.makeReady(client));
  }

  async findExport(): Promise<void> {
    const found = await this.transaction(async (client) =>
      client.query<{ found: boolean }>(migrations.FIND_VERSION),
    );
    if (found.rows[0]?.found === true) return;
    throw new DestinationRefused(
      `${this.server}: no export has been here. Check the name of the database and ?schema=.`,
    );
  }

  async write(page: Batch): Promise<Written> {
    return this.transaction(async (client) => writeBatch(client, page));
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
      const { rows } = await client.query<QuarantinedRecord>(READ_QUARANTINE);
      return rows;
    });
  }

  async describeFields(subdomain: string, fields: readonly CustomField[]): Promise<readonly FieldNote[]> {
    return describeFields(
      async (work) => this.transaction(async (client) => work(new PostgresFields(client))),
      subdomain,
      fields,
    );
  }

  async close(): Promise<void> {
    const { pool } = this;
    this.pool = undefined;
    await pool?.end();
  }

  private async makeReady(client: PoolClient): Promise<void> {
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await this.migrate(client);
    await client.query(proveWritable(TABLES));
    await client.query(UPSERT_TICKETS, ['', [], [], [], '']);
  }

  private async migrate(client: PoolClient): Promise<void> {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    const server = rows[0]?.server_version ?? '';
    if (Number.parseInt(server, 10) < migrations.MINIMUM_VERSION) {
      throw new DestinationRefused(
        `${this.server} runs version ${server}. Name a server of version ${migrations.MINIMUM_VERSION} or newer, then resume.`,
      );
    }
    await this.createSchema(client);
    const found = await client.query<{ found: boolean }>(migrations.FIND_VERSION);
    if (found.rows[0]?.found !== true) await client.query(migrations.CREATE_VERSION);
    const read = await client.query<{ version: number }>(migrations.READ_VERSION);
    const from = read.rows[0]?.version ?? 0;
    const { length: to } = migrations.MIGRATIONS;
    if (from > to) {
      throw new DestinationRefused(
        `${this.server}: the tables have version ${from}, made by a newer release; this one knows up to ${to}. ` +
          'Upgrade the worker, then resume.',
      );
    }
    if (from < to) {
      for (const migration of migrations.MIGRATIONS.slice(from)) await client.query(migration);
      await client.query(migrations.WRITE_VERSION, [to]);
    }
    const missing = await client.query<{ found: boolean }>(migrations.FIND_MISSING, [
      [...TABLES, ...FIELD_TABLES],
      FUNCTIONS,
    ]);
    if (missing.rows[0]?.found === true) {
      for (const migration of migrations.REMAKE) await client.query(migration);
    }
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
      return await this.attempt(work);
    } catch (error) {
      throw explained(error, this.server);
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
