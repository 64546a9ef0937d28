import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Client } from 'pg';
import type { Destination } from '../destinations/destination';
import { DuckDbDestination } from '../destinations/duckdb/duckdb';
import { compactRecords } from '../destinations/files/compactRecords';
import { FilesDestination } from '../destinations/files/filesDestination';
import { parseLocation } from '../destinations/files/location';
import { PostgresDestination } from '../destinations/postgres/postgres';
import { STREAMS, type StreamName } from '../streams';
import type { RecordVersion } from '../streams/record';
import { MemoryDestination } from './memoryDestination';

export const STORES = ['memory', 'duckdb', 'ndjson', 'parquet', 'postgres'] as const;
export type StoreName = (typeof STORES)[number];

/** A record as a reader finds it. */
export interface Row {
  readonly json: string;
  readonly deleted: boolean;
}

export interface Store {
  readonly destination: Destination;
  /** The same, where it is in this process: it can be looked at in between. */
  readonly memory?: MemoryDestination;
  /** What a reader finds of some streams, by id; for the last time. */
  read(streams: readonly StreamName[]): Promise<ReadonlyMap<StreamName, ReadonlyMap<string, Row>>>;
  close(): Promise<void>;
}

/**
 * An empty store.
 * @param cannotHold what the one in memory cannot store
 * @param postgres the URL of a server; undefined where there is none
 */
export async function openStore(
  name: StoreName,
  cannotHold: (record: RecordVersion) => boolean,
  postgres: string | undefined,
): Promise<Store> {
  switch (name) {
    case 'memory':
      return inMemory(cannotHold);
    case 'duckdb':
      return inDuckDb();
    case 'ndjson':
    case 'parquet':
      return inFiles(name);
    case 'postgres':
      if (postgres === undefined) throw new Error('There is no PostgreSQL: add --postgres.');
      return inPostgres(postgres);
  }
}

function inMemory(cannotHold: (record: RecordVersion) => boolean): Store {
  const memory = new MemoryDestination(cannotHold);
  return {
    destination: memory,
    memory,
    read: async (streams) =>
      new Map(
        streams.map((name) => [
          name,
          new Map([...memory.table(name).values()].map((row) => [String(row.id), row])),
        ]),
      ),
    close: async () => undefined,
  };
}

async function inDuckDb(): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), 'simulation-'));
  const path = join(folder, 'export.duckdb');
  const destination = new DuckDbDestination(path);
  return {
    destination,
    read: async (streams) => {
      await destination.close();
      return queryEach(path, streams, (name) => name);
    },
    close: async () => {
      await destination.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function inFiles(format: 'ndjson' | 'parquet'): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), 'simulation-'));
  const url = `file:${folder}?format=${format}`;
  const destination = new FilesDestination(url);
  return {
    destination,
    read: async (streams) => {
      const there: StreamName[] = [];
      for (const name of streams) {
        const { files } = await compactRecords(parseLocation(url).store, STREAMS[name]);
        if (files > 0) there.push(name);
      }
      return queryEach(':memory:', there, (name) => `read_parquet('${folder}/${name}_latest/*/*.parquet')`);
    },
    close: async () => {
      await destination.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function queryEach(
  path: string,
  streams: readonly StreamName[],
  source: (name: StreamName) => string,
): Promise<Map<StreamName, Map<string, Row>>> {
  const instance = await DuckDBInstance.create(path, { threads: '1' });
  try {
    const connection = await instance.connect();
    const found = new Map<StreamName, Map<string, Row>>();
    for (const name of streams) {
      const { raw } = STREAMS[name];
      const result = await connection.runAndReadAll(
        `SELECT id::VARCHAR, ${raw}::VARCHAR, deleted FROM ${source(name)}`,
      );
      found.set(
        name,
        new Map(
          result
            .getRows()
            .map(([id, json, deleted]) => [String(id), { json: String(json), deleted: deleted === true }]),
        ),
      );
    }
    return found;
  } finally {
    instance.closeSync();
  }
}

async function inPostgres(server: string): Promise<Store> {
  const schema = `simulation_${randomUUID().replaceAll('-', '')}`;
  const destination = new PostgresDestination(`${server}?schema=${schema}`);
  const ask = async <T extends object>(sql: string): Promise<T[]> => {
    const client = new Client(server);
    await client.connect();
    try {
      return (await client.query<T>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  return {
    destination,
    read: async (streams) => {
      const found = new Map<StreamName, Map<string, Row>>();
      for (const name of streams) {
        const rows = await ask<Row & { readonly id: string }>(
          `SELECT id::text, ${STREAMS[name].raw}::text AS json, deleted FROM ${schema}.${name}`,
        );
        found.set(name, new Map(rows.map((row) => [row.id, row])));
      }
      return found;
    },
    close: async () => {
      await destination.close();
      await ask(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    },
  };
}
