import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digest } from '../../digest';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { z } from 'zod';
import { jsonOrUndefined } from '../../json';
import { STREAMS, type StreamName } from '../../streams';
import type { ErasedPlace, Erasure } from '../erasure';
import { broken } from './broken';
import { concurrently } from './concurrently';
import { duckDbFailure } from './duckDbFailure';
import type { Format } from './format';
import { createFormat } from './formats';
import { latestFiles, manifestOfFile, quarantinedAt, recordsFiles } from './layout';
import type { ObjectStore } from './objectStore';
import { readQuarantineFile } from './quarantine';
import { sqlText } from '../table';

const FILES_AT_ONCE = 4;

const unpack = promisify(gunzip);

/**
 * Erases records from the files that hold them, by writing these again: the new file is there before the old one goes, so that a
 * reader misses nothing, and a command that was stopped can be run again. Exports only add files, so one may be under way.
 */
export async function eraseFiles(store: ObjectStore, erasure: Erasure): Promise<readonly ErasedPlace[]> {
  const formats: Formats = { ndjson: createFormat('ndjson'), parquet: createFormat('parquet') };
  try {
    const places: ErasedPlace[] = [];
    for (const stream of erasure.streams) {
      const files = [recordsFiles(STREAMS[stream]), latestFiles(STREAMS[stream])];
      for (const { folder, pattern } of files) {
        const names = (await store.list(folder)).filter(
          (name) => pattern.exec(name)?.[1] === erasure.subdomain,
        );
        const found = await concurrently(names, FILES_AT_ONCE, async (name) =>
          eraseFile(store, formats, erasure, stream, name),
        );
        places.push(...found.flatMap((place) => place ?? []));
      }
    }
    return [...places, await eraseQuarantined(store, erasure)];
  } finally {
    for (const format of Object.values(formats)) format.close();
  }
}

type Formats = Readonly<Record<'ndjson' | 'parquet', Format>>;

async function eraseFile(
  store: ObjectStore,
  formats: Formats,
  { needle, judge }: Erasure,
  stream: StreamName,
  name: string,
): Promise<ErasedPlace | undefined> {
  const body = await store.get(name);
  if (body === undefined) return undefined; // Compacted or erased meanwhile.
  const isParquet = name.endsWith('.parquet');
  const lines = await linesOf(store, stream, name, body, isParquet);
  const judged = lines.map((line) => (line.includes(needle) ? judge(stream, line) : undefined));
  const removed = judged.filter((left) => left === null).length;
  const blanked = judged.filter((left) => left !== null && left !== undefined).length;
  if (removed + blanked === 0) return undefined;
  const kept = lines.flatMap((line, index) => {
    const left = judged[index];
    return left === null ? [] : [left ?? Buffer.from(line)];
  });
  const place = { place: name, removed, blanked };
  if (kept.length === 0) {
    await replaceInManifest(store, name, undefined);
    await store.delete(name);
    return place;
  }
  const gone = judged.flatMap((left, index) => (left === null ? [index] : []));
  // Of a list, what is known besides the records stays: which of them are deleted.
  const left =
    isParquet && blanked === 0
      ? await withoutRows(body, gone)
      : await formats[isParquet ? 'parquet' : 'ndjson'].encode(stream, kept, true);
  if (manifestOfFile(name) === undefined) {
    await store.put(name, left);
    return place;
  }
  const sha256 = digest(left);
  const path = name.replace(/-[0-9a-f]{16}(?=\.(ndjson\.gz|parquet)$)/, `-${sha256.slice(0, 16)}`);
  await store.put(path, left);
  await replaceInManifest(store, name, { path, records: kept.length, bytes: left.length, sha256 });
  if (path !== name) await store.delete(name);
  return place;
}

async function linesOf(
  store: ObjectStore,
  stream: StreamName,
  name: string,
  body: Buffer,
  isParquet: boolean,
): Promise<readonly string[]> {
  try {
    if (isParquet) return await parquetLines(body, STREAMS[stream].raw);
    return (await unpack(body))
      .toString()
      .split('\n')
      .filter((line) => line !== '');
  } catch (error) {
    if (error instanceof TypeError) throw error;
    throw broken(store, name, 'Move it away, then try again.');
  }
}

async function parquetLines(body: Buffer, raw: string): Promise<readonly string[]> {
  return withFile(body, async (path, query) =>
    (
      await query(
        `SELECT ${raw}::VARCHAR FROM read_parquet(${path}, file_row_number = true) ORDER BY file_row_number`,
      )
    ).map(([json]) => String(json)),
  );
}

/** @param gone numbers of rows */
async function withoutRows(body: Buffer, gone: readonly number[]): Promise<Buffer> {
  return withFile(body, async (path, query, folder) => {
    const file = join(folder, 'left.parquet');
    await query(
      `COPY (SELECT * EXCLUDE (file_row_number) FROM read_parquet(${path}, file_row_number = true)
         WHERE file_row_number NOT IN (${gone.join(', ')}) ORDER BY file_row_number)
       TO ${sqlText(file)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    return readFile(file);
  });
}

async function withFile<T>(
  body: Buffer,
  work: (path: string, query: (sql: string) => Promise<unknown[][]>, folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'zendesk-erase-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', temp_directory: '' });
  try {
    const file = join(folder, 'file.parquet');
    await writeFile(file, body);
    const connection = await instance.connect();
    return await work(sqlText(file), async (sql) => (await connection.runAndReadAll(sql)).getRows(), folder);
  } catch (error) {
    throw duckDbFailure(error, 'cannot rewrite Parquet');
  } finally {
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

const manifest = z.looseObject({ files: z.array(z.looseObject({ path: z.string() })) });

/** @param by the file that takes the place of `name`; undefined: none */
async function replaceInManifest(store: ObjectStore, name: string, by: object | undefined): Promise<void> {
  const key = manifestOfFile(name);
  const text = key === undefined ? undefined : await store.get(key);
  if (key === undefined || text === undefined) return;
  const { data } = manifest.safeParse(jsonOrUndefined(text.toString()));
  // A file of an attempt that got no further than that is in no manifest.
  if (data?.files.some(({ path }) => path === name) !== true) return;
  const files = data.files.flatMap((file) => {
    if (file.path !== name) return [file];
    return by === undefined ? [] : [{ ...file, ...by }];
  });
  await store.put(key, Buffer.from(`${JSON.stringify({ ...data, files })}\n`));
}

async function eraseQuarantined(
  store: ObjectStore,
  { subdomain, needle, isAbout }: Erasure,
): Promise<ErasedPlace> {
  let removed = 0;
  for (const key of await store.list('quarantine/')) {
    const at = quarantinedAt(key);
    if (at?.subdomain !== subdomain) continue;
    const body = await store.get(key);
    const record = body === undefined ? undefined : readQuarantineFile(at, body.toString());
    if (record?.json.includes(needle) !== true || !isAbout(record.stream, record.json)) continue;
    await store.delete(key);
    removed += 1;
  }
  return { place: 'quarantine', removed, blanked: 0 };
}
