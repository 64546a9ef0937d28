import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import type { PageKey } from '../../contract/page';
import { streamNamed } from '../../streams';
import type { CustomField } from '../../streams/customField';
import { describeFields } from '../describeFields';
import { eraseRows } from '../eraseRows';
import type { ErasedPlace, Erasure } from '../erasure';
import {
  DestinationRefused,
  type FieldNote,
  type LastingDestination,
  type Batch,
  type QuarantinedRecord,
  type ViewsMade,
  type Written,
} from '../destination';
import { TRANSACTIONS_PER_PAGE } from '../fills';
import { sqlText } from '../table';
import { makeFolder } from '../makeFolder';
import { Pruning } from '../pruning';
import { PRUNE_PAGES, READ_CHECKPOINT, READ_QUARANTINE } from '../sql';
import { makeViews } from '../views/makeViews';
import { toDestinationError, OUT_OF_MEMORY } from './failure';
import { makeEventViews } from './eventViews';
import { DuckDbFields } from './fields';
import { mostMegabytes } from './memory';
import { fileAt, letGo, openAlone } from './openFiles';
import { realPath } from './realPath';
import { SqlStoredRecords, type Query } from '../storedRecords';
import * as sql from './sql';
import { fillSomeRows, makeTables } from './tables';
import { Turns } from './turns';
import { DuckDbViews } from './views';
import { tryStatements, writeBatch } from './writeBatch';

/**
 * The log is folded into the file every so often: each page would be slower the larger the file is, and with too large a
 * log, folding takes seconds and a gigabyte.
 */
const OPTIONS = {
  wal_autocheckpoint: '48MB',
  threads: '1',
  allocator_background_threads: 'true',
  // A quarter of the usual: each of some forty columns fills blocks of its own in memory, in two row groups at a time.
  // A file that has others keeps them.
  default_block_size: '65536',
  // The first that has zstd. A newer file stays as it is.
  storage_compatibility_version: 'v1.2.0',
};

const LEAST_MEGABYTES = 160;

/** What DuckDB needs for a byte of a whole page, and of a single ticket. */
const MEMORY_PER_BYTE = { page: 4, ticket: 24 };

/** Folding rewrites the last row group, which by default has 122,880 rows: more than the log brings. */
const ROW_GROUP_SIZE = 8192;

/** One DuckDB file. Only one process can have it open, so it is opened at the first use and let go of by `close`. */
export class DuckDbDestination implements LastingDestination {
  private readonly query: Query = async (text, values) =>
    this.exclusively(async (connection) => (await connection.runAndReadAll(text, [...values])).getRows());

  readonly stored = new SqlStoredRecords(this.query);
  private connection: DuckDBConnection | undefined;
  /** Reads beside what the other one writes. */
  private reader: DuckDBConnection | undefined;
  private readonly readings = new Set<Promise<unknown>>();
  private instance: DuckDBInstance | undefined;
  /** Of transactions: the exports of several accounts may share the file. */
  private readonly turns = new Turns();
  /** Enough for usual tickets; twice as much after each failure for want of it. */
  private memoryMegabytes = LEAST_MEGABYTES;

  private readonly pruning = new Pruning();
  /** Whether the file may have rows to be filled. */
  private hasFills = true;
  /** What could not be made for its readers, and why. */
  private lacking: readonly string[] = [];
  /** Which file is open. */
  private file: string | undefined;
  /** Where it puts what does not fit into that. By itself an instance in memory would do so in the working directory. */
  private readonly spill: string;

  /** @param views what `?views=` says, see `viewsOption` */
  constructor(
    private readonly path: string,
    private readonly views: string | null = null,
  ) {
    this.spill = `${resolve(path)}.tmp`;
  }

  async prepare(): Promise<readonly string[]> {
    return this.exclusively(async (connection) => {
      await connection.run('BEGIN');
      await tryStatements(connection);
      await connection.run('ROLLBACK');
      await this.fillRows(connection);
      return this.lacking;
    });
  }

  async findExport(): Promise<void> {
    if (!existsSync(this.path))
      throw new DestinationRefused(`DuckDB ${this.path}: there is no such file. Check its name.`);
  }

  async write(page: Batch): Promise<Written> {
    return this.exclusively(async (connection) => {
      await this.makeRoom(connection, page);
      await connection.run('BEGIN');
      const written = await writeBatch(connection, page);
      if (this.pruning.isDue(page.subdomain)) await connection.run(PRUNE_PAGES, [page.subdomain]);
      await connection.run('COMMIT');
      await this.fillRows(connection);
      return written;
    });
  }

  async checkpoint(subdomain: string, { exportId, epoch, page }: PageKey): Promise<string | undefined> {
    // In its turn it would wait for a page of another range, and Zendesk for this one's request.
    return this.beside(async (connection) => {
      const found = await connection.runAndReadAll(READ_CHECKPOINT, [subdomain, exportId, epoch, page]);
      const value = found.getRows()[0]?.[0];
      return typeof value === 'string' ? value : undefined;
    });
  }

  async quarantined(): Promise<QuarantinedRecord[]> {
    return this.exclusively(async (connection) => {
      const found = await connection.runAndReadAll(READ_QUARANTINE);
      return found.getRows().map(([subdomain, stream, name, record]) => ({
        subdomain: String(subdomain),
        stream: streamNamed(stream),
        digest: String(name),
        json: String(record),
      }));
    });
  }

  async describeFields(subdomain: string, fields: readonly CustomField[]): Promise<readonly FieldNote[]> {
    return describeFields(
      async (work) =>
        this.exclusively(async (connection) => {
          await connection.run('BEGIN');
          const result = await work(new DuckDbFields(connection));
          await connection.run('COMMIT');
          return result;
        }),
      subdomain,
      fields,
    );
  }

  async makeViews(subdomain: string): Promise<ViewsMade | null> {
    return makeViews(
      async (work) =>
        this.exclusively(async (connection) => {
          await connection.run('BEGIN');
          const views = new DuckDbViews(connection);
          await work(views);
          await connection.run('COMMIT');
          // See `makeTables`.
          if (views.hasChanged) await connection.run('CHECKPOINT');
        }),
      this.views,
      subdomain,
    );
  }

  async erase(erasure: Erasure): Promise<readonly ErasedPlace[]> {
    const places = await eraseRows(this, this.query, erasure);
    // Until then the log has what was there before.
    await this.query('CHECKPOINT', []);
    return places;
  }

  async close(): Promise<void> {
    await this.turns.take(async () => {
      try {
        await this.closeReader();
        await this.connection?.run('CHECKPOINT');
        await this.connection?.run('USE memory; DETACH tickets_file');
        this.connection?.closeSync();
        this.connection = undefined;
        letGo(this);
        // Otherwise the instance stays: closing it takes long, and the whole process waits.
        if (existsSync(this.spill)) await this.disconnect();
      } catch (error) {
        await this.disconnect();
        throw toDestinationError(error, this.path);
      }
    });
  }

  private async exclusively<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    return this.turns.take(async () => {
      try {
        // Deleted, or another one put in its place: what is written to the old one would be lost.
        if (this.connection !== undefined && !this.isInPlace()) await this.disconnect();
        this.connection ??= await this.open();
        return await work(this.connection);
      } catch (error) {
        // A connection that failed may be in any state: closing it rolls back, and the next use opens the file again.
        await this.disconnect();
        if (OUT_OF_MEMORY.test(String(error)))
          this.memoryMegabytes = Math.min(this.memoryMegabytes * 2, mostMegabytes());
        throw toDestinationError(error, this.path);
      }
    });
  }

  /** Reads what has been committed, without waiting for a turn. */
  private async beside<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    if (this.reader !== undefined && this.isInPlace()) {
      const reading = work(this.reader);
      this.readings.add(reading);
      try {
        return await reading;
      } catch {
        // In its turn it fails again, and says why.
      } finally {
        this.readings.delete(reading);
      }
    }
    return this.exclusively(work);
  }

  private isInPlace(): boolean {
    return fileAt(this.path) === this.file;
  }

  /** A page or ticket of many megabytes would fail for want of memory, and each further attempt asks Zendesk for its page again. */
  private async makeRoom(connection: DuckDBConnection, { records }: Batch): Promise<void> {
    const all = records.reduce((sum, { json }) => sum + json.length, 0);
    const largest = records.reduce((most, { json }) => Math.max(most, json.length), 0);
    const bytes = Math.max(all * MEMORY_PER_BYTE.page, largest * MEMORY_PER_BYTE.ticket);
    const needed = Math.min(Math.ceil(bytes / 2 ** 20), mostMegabytes());
    if (needed <= this.memoryMegabytes) return;
    this.memoryMegabytes = needed;
    await connection.run(`SET memory_limit = '${needed}MB'`);
  }

  /** Of columns that were added to tables, as many as a page may wait for. */
  private async fillRows(connection: DuckDBConnection): Promise<void> {
    for (let count = 0; this.hasFills && count < TRANSACTIONS_PER_PAGE; count += 1)
      this.hasFills = await fillSomeRows(connection);
  }

  private async closeReader(): Promise<void> {
    const { reader } = this;
    this.reader = undefined;
    await Promise.allSettled(this.readings);
    reader?.closeSync();
  }

  private async disconnect(): Promise<void> {
    await this.closeReader();
    this.connection?.closeSync();
    this.instance?.closeSync();
    this.connection = undefined;
    this.instance = undefined;
    letGo(this);
  }

  private async open(): Promise<DuckDBConnection> {
    await makeFolder(dirname(realPath(this.path)));
    this.instance ??= await DuckDBInstance.create(':memory:', {
      ...OPTIONS,
      memory_limit: `${this.memoryMegabytes}MB`,
      temp_directory: this.spill,
    });
    const connection = await this.instance.connect();
    const isInMemory = this.path.startsWith(':memory:');
    const path = isInMemory ? this.path : realPath(this.path);
    await openAlone(this.path, this, async () => {
      await connection.run(
        `ATTACH ${sqlText(path)} AS tickets_file (TYPE duckdb, ROW_GROUP_SIZE ${ROW_GROUP_SIZE})`,
      );
    });
    this.file = fileAt(this.path);
    await connection.run('USE tickets_file');
    const inFile = await connection.runAndReadAll(sql.IS_IN_FILE);
    // DuckDB opens a CSV, JSON or Parquet file too, as a view in memory: what is written there is lost.
    if (inFile.getRows()[0]?.[0] !== true) throw new Error('not a valid DuckDB database file.');
    await makeTables(connection, this.path);
    this.lacking = await makeEventViews(connection);
    await connection.run(sql.CREATE_STAGING);
    this.reader = await this.instance.connect();
    await this.reader.run('USE tickets_file');
    this.hasFills = true;
    return connection;
  }
}
