import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  BIGINT,
  BOOLEAN,
  DuckDBDataChunk,
  DuckDBInstance,
  VARCHAR,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { PageKey } from '../../contract/page';
import {
  DestinationRefused,
  type Destination,
  type Page,
  type SideloadedObject,
  type Written,
} from '../destination';
import { digest } from '../digest';
import * as sql from './schema';

/** The size of a DuckDB vector: a chunk cannot hold more rows. */
const CHUNK_ROWS = 2048;

const OPTIONS = {
  // Folding the log into the file after every page makes pages slower the larger the file is (35 → 850 ms measured).
  wal_autocheckpoint: '256MB',
  memory_limit: '512MB',
  threads: '2',
};

/** One DuckDB file. Only one process can have it open, so it is opened at the first use and let go of by `close`. */
export class DuckDbDestination implements Destination {
  private connection: DuckDBConnection | undefined;
  private instance: DuckDBInstance | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly path: string) {}

  async prepare(): Promise<void> {
    await this.exclusively(async () => undefined);
  }

  async write(page: Page): Promise<Written> {
    return this.exclusively(async (connection) => {
      await connection.run('BEGIN');
      try {
        const written = await writePage(connection, page);
        await connection.run('COMMIT');
        return written;
      } catch (error) {
        await connection.run('ROLLBACK');
        throw error;
      }
    });
  }

  async checkpoint(subdomain: string, { exportId, epoch, page }: PageKey): Promise<string | undefined> {
    return this.exclusively(async (connection) => {
      const found = await connection.runAndReadAll(sql.READ_CHECKPOINT, [subdomain, exportId, epoch, page]);
      const value = found.getRows()[0]?.[0];
      return typeof value === 'string' ? value : undefined;
    });
  }

  async close(): Promise<void> {
    await this.inTurn(async () => {
      this.release();
    });
  }

  private async exclusively<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    return this.inTurn(async () => {
      try {
        this.connection ??= await this.open();
        return await work(this.connection);
      } catch (error) {
        // A connection that failed may be in any state; the next use opens the file anew.
        this.release();
        throw explained(error, this.path);
      }
    });
  }

  /** One transaction at a time: the exports of several accounts may share the file. */
  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined); // Its own caller is told of the failure; the next in turn goes on.
    return turn;
  }

  private release(): void {
    this.connection?.closeSync();
    this.instance?.closeSync();
    this.connection = undefined;
    this.instance = undefined;
  }

  private async open(): Promise<DuckDBConnection> {
    await mkdir(dirname(resolve(this.path)), { recursive: true });
    this.instance = await DuckDBInstance.create(this.path, OPTIONS);
    const connection = await this.instance.connect();
    await connection.run(sql.CREATE_TABLES);
    await connection.run(sql.CREATE_STAGING);
    return connection;
  }
}

async function writePage(connection: DuckDBConnection, page: Page): Promise<Written> {
  const { subdomain, key, tickets, rejected, position } = page;
  await stage(
    connection,
    'staged',
    [BIGINT, BIGINT, BOOLEAN, VARCHAR],
    [
      tickets.map((ticket) => BigInt(ticket.id)),
      tickets.map((ticket) => BigInt(ticket.generatedTimestamp)),
      tickets.map((ticket) => ticket.deleted),
      tickets.map((ticket) => ticket.json),
    ],
  );
  await stage(
    connection,
    'staged_quarantine',
    [VARCHAR, VARCHAR, VARCHAR],
    [
      rejected.map((record) => digest(record.json)),
      rejected.map((record) => record.reason),
      rejected.map((record) => record.json),
    ],
  );
  await connection.run(sql.UPSERT_TICKETS, [subdomain]);
  await connection.run(sql.QUARANTINE, [subdomain, position]);
  const counted = await connection.runAndReadAll(sql.COUNT_UNSTORABLE);
  const unstorable = Number(counted.getRows()[0]?.[0] ?? 0);
  for (const [table, objects] of page.sideloads) await writeSideload(connection, subdomain, table, objects);
  await connection.run(sql.LOG_PAGE, [
    subdomain,
    key.exportId,
    key.epoch,
    key.page,
    position,
    tickets.length - unstorable,
    rejected.length + unstorable,
    page.first,
    page.last,
    page.checkpoint,
  ]);
  await connection.run(sql.CLEAR_STAGING);
  return { unstorable };
}

async function writeSideload(
  connection: DuckDBConnection,
  subdomain: string,
  table: string,
  objects: readonly SideloadedObject[],
): Promise<void> {
  await connection.run(sql.createSideload(table));
  await stage(
    connection,
    'staged_objects',
    [BIGINT, VARCHAR],
    [objects.map((object) => BigInt(object.id)), objects.map((object) => object.json)],
  );
  await connection.run(sql.upsertSideload(table), [subdomain]);
  await connection.run('DELETE FROM staged_objects');
}

async function stage(
  connection: DuckDBConnection,
  table: string,
  types: readonly DuckDBType[],
  columns: readonly (readonly DuckDBValue[])[],
): Promise<void> {
  const rows = columns[0]?.length ?? 0;
  if (rows === 0) return;
  const appender = await connection.createAppender(table, 'main', 'temp');
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const chunk = DuckDBDataChunk.create(types, Math.min(CHUNK_ROWS, rows - from));
    chunk.setColumns(columns.map((values) => values.slice(from, from + CHUNK_ROWS)));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/permission denied|read-only/i, 'Give the worker write access to the file and its folder, then resume.'],
  [/no space left|disk full/i, 'Free some space, then resume.'],
  [/not a valid DuckDB database|version number/i, 'Name another file, or move this one away, then resume.'],
  [
    /^(Binder|Catalog) Error/i,
    'Its tables are of another shape: name another file, or drop them, then resume.',
  ],
  [/ENOTDIR|EACCES|EROFS|EEXIST/, 'Name a file in a folder that the worker may write to, then resume.'],
];

/** DuckDB's first line says what is wrong; the lines after it may quote values. */
function explained(error: unknown, path: string): Error {
  const [said = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const remedy = REFUSALS.find(([pattern]) => pattern.test(said))?.[1];
  const message = `DuckDB ${path}: ${said}`;
  return remedy === undefined ? new Error(message) : new DestinationRefused(`${message} ${remedy}`);
}
