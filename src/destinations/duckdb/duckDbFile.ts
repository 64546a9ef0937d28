import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import type { Batch } from '../destination';
import { makeFolder } from '../makeFolder';
import { sqlText } from '../table';
import { OUT_OF_MEMORY, toDestinationError } from './failure';
import { mostMegabytes } from './memory';
import { fileAt, letGo, openAlone } from './openFiles';
import { realPath } from './realPath';
import { IS_IN_FILE } from './sql';
import { Turns } from './turns';

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

/** The connections to one file. Only one process can have it open, so it is opened at the first use and let go of by `close`. */
export class DuckDbFile {
  private connection: DuckDBConnection | undefined;
  /** Reads beside what the other one writes. */
  private reader: DuckDBConnection | undefined;
  private readonly readings = new Set<Promise<unknown>>();
  private instance: DuckDBInstance | undefined;
  /** Of transactions: the exports of several accounts may share the file. */
  private readonly turns = new Turns();
  /** Enough for usual tickets; doubled after each failure for lack of memory. */
  private memoryMegabytes = LEAST_MEGABYTES;
  /** The folder for what does not fit into that. By default an instance in memory would use the working directory. */
  private readonly spill: string;
  /** Which file is open. */
  private file: string | undefined;

  /** @param prepare what a connection needs before its first use, each time that the file is opened */
  constructor(
    private readonly path: string,
    private readonly prepare: (connection: DuckDBConnection) => Promise<void>,
  ) {
    this.spill = `${resolve(path)}.tmp`;
  }

  /** Runs `work` once everything that came before it is done. */
  async exclusively<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
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
  async beside<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
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

  /** A page or ticket of many megabytes would fail for lack of memory, and each further attempt asks Zendesk for its page again. */
  async makeRoom(connection: DuckDBConnection, { records }: Batch): Promise<void> {
    const all = records.reduce((sum, { json }) => sum + json.length, 0);
    const largest = records.reduce((most, { json }) => Math.max(most, json.length), 0);
    const bytes = Math.max(all * MEMORY_PER_BYTE.page, largest * MEMORY_PER_BYTE.ticket);
    const needed = Math.min(Math.ceil(bytes / 2 ** 20), mostMegabytes());
    if (needed <= this.memoryMegabytes) return;
    this.memoryMegabytes = needed;
    await connection.run(`SET memory_limit = '${needed}MB'`);
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

  private isInPlace(): boolean {
    return fileAt(this.path) === this.file;
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
    const inFile = await connection.runAndReadAll(IS_IN_FILE);
    // DuckDB opens a CSV, JSON or Parquet file too, as a view in memory: what is written there is lost.
    if (inFile.getRows()[0]?.[0] !== true) throw new Error('not a valid DuckDB database file.');
    await this.prepare(connection);
    this.reader = await this.instance.connect();
    await this.reader.run('USE tickets_file');
    return connection;
  }
}
