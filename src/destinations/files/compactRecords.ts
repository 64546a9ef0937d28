import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { completeSweeps, type CompleteSweeps } from './completeSweeps';
import { concurrently } from './concurrently';
import { duckDbFailure } from './duckDbFailure';
import { FolderStore } from './folderStore';
import { isList, type Stream } from '../../streams/stream';
import { readRecords } from '../duckdb/readRecords';
import { latestFiles, latestKey, recordsFiles } from './layout';
import * as sql from './newestSql';
import type { ObjectStore } from './objectStore';
import { sqlText } from '../table';
import { typedRecords } from './typedSql';

const FILES_AT_ONCE = 8;

const OPTIONS = {
  memory_limit: '1GB',
  // Rows kept back until a part's file is written; by default so many that tickets would fill the memory.
  partitioned_write_flush_threshold: '10000',
};

export interface Compacted {
  readonly records: number;
  readonly files: number;
  /** Names below the stream's folder, and of its sweeps, that are not the export's. Their records were not read. */
  readonly foreign: readonly string[];
}

/**
 * Writes the newest version of every record of a stream below `<stream>_latest/`, as Parquet. It can be run again at any time, also
 * while the export runs: whoever reads meanwhile finds every record once, as it was before or as it is now.
 */
export async function compactRecords(store: ObjectStore, stream: Stream): Promise<Compacted> {
  const { folder: below, pattern } = recordsFiles(stream);
  const found = await store.list(below);
  const names = [...found.filter((name) => pattern.test(name)), ...(await compactedBefore(store, stream))];
  const { complete, foreign: noSweeps } = await completeSweeps(store, stream);
  const foreign = [...found.filter((name) => !pattern.test(name)), ...noSweeps];
  const folder = await mkdtemp(join(tmpdir(), 'zendesk-compact-'));
  try {
    // DuckDB reads S3 by an extension that it must download; a bucket's files are fetched the way they were put.
    const root =
      store instanceof FolderStore ? store.folder : await download(store, names, join(folder, 'root'));
    const instance = await DuckDBInstance.create(join(folder, 'newest.duckdb'), OPTIONS);
    try {
      const connection = await instance.connect();
      await sortIntoParts(connection, stream, { root, names, complete, folder }).catch(failAt(store));
      return { ...(await writeFiles(connection, stream, store, folder)), foreign };
    } finally {
      instance.closeSync();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function failAt({ name }: ObjectStore): (error: unknown) => never {
  return (error) => {
    throw duckDbFailure(error, `${name}: cannot compact`);
  };
}

/** What a list had once is remembered here, so that its old sweeps can be deleted. */
async function compactedBefore(store: ObjectStore, stream: Stream): Promise<readonly string[]> {
  if (!isList(stream)) return [];
  const { folder, pattern } = latestFiles(stream);
  return (await store.list(folder)).filter((name) => pattern.test(name));
}

/** What is compacted: the files below `root`, into a folder for what is in between. */
interface Sources {
  readonly root: string;
  readonly names: readonly string[];
  readonly complete: CompleteSweeps['complete'];
  readonly folder: string;
}

async function sortIntoParts(
  connection: DuckDBConnection,
  stream: Stream,
  { root, names, complete, folder }: Sources,
): Promise<void> {
  const files: Record<sql.Source, string[]> = { ndjson: [], parquet: [], objects: [] };
  for (const name of names) files[sourceOf(name)].push(sql.literally(join(root, name)));
  const sources = (['ndjson', 'parquet', 'objects'] as const).filter((source) => files[source].length > 0);
  for (const source of sources) await connection.run(sql.setFiles(source), [JSON.stringify(files[source])]);
  await connection.run(sql.createVersions(stream, sources));
  await connection.run(sql.CREATE_COMPLETE, [JSON.stringify(complete)]);
  await connection.run(sql.createNewest(stream));
  const [row] = (await connection.runAndReadAll(sql.FIND_BROKEN)).getRows();
  if (row !== undefined)
    throw new Error(`${relative(root, String(row[0]))} holds a line that is not a ${stream.noun}`);
  await connection.run(sql.writeParts(stream, join(folder, 'parts')));
}

function sourceOf(name: string): sql.Source {
  if (name.endsWith('.ndjson.gz')) return 'ndjson';
  return name.includes('/day=') || name.includes('/sweep=') || name.includes('_latest/')
    ? 'parquet'
    : 'objects';
}

async function download(store: ObjectStore, names: readonly string[], root: string): Promise<string> {
  await concurrently(names, FILES_AT_ONCE, async (name) => {
    const path = join(root, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, (await store.get(name)) ?? '');
  });
  return root;
}

async function writeFiles(
  connection: DuckDBConnection,
  stream: Stream,
  store: ObjectStore,
  folder: string,
): Promise<Omit<Compacted, 'foreign'>> {
  const parts = (await connection.runAndReadAll(sql.countParts(stream))).getRows();
  const file = join(folder, 'latest.parquet');
  let written = 0;
  for (const [account, number, count] of parts) {
    const [subdomain, part] = [String(account), Number(number)];
    const records = sql.recordsOfPart(stream, join(folder, 'parts'), subdomain, part);
    const rows = typedRecords(stream, records, readRecords, '(read_deleted OR is_gone)');
    await connection
      .run(
        `COPY (SELECT * FROM (${rows}) ORDER BY id) TO ${sqlText(file)} (FORMAT parquet, COMPRESSION zstd)`,
      )
      .catch(failAt(store));
    await store.put(latestKey(stream, subdomain, part), await readFile(file));
    written += Number(count);
  }
  return { records: written, files: parts.length };
}
