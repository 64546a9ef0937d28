import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blobValue, DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { STREAMS, type StreamName } from '../../streams';
import { recordsIn } from '../duckdb/dialect';
import { mostMegabytes } from '../duckdb/memory';
import { readPlainRecords, readRecords } from '../duckdb/readRecords';
import { joinForSqlOverwriting } from '../recordText';
import { duckDbFailure } from './duckDbFailure';
import { folderFailure } from './folderFailure';
import type { Format } from './format';
import { sqlText } from '../table';
import { typedRecords } from './typedSql';

/**
 * Written by DuckDB in memory, off the event loop: a third of the time that a writer in JavaScript takes, and half the
 * size. A file of its own in the temporary folder is the only way to get at the bytes.
 */
export class ParquetFormat implements Format {
  readonly extension = 'parquet';
  private instance: Promise<DuckDBInstance> | undefined;

  async encode(name: StreamName, lines: readonly Uint8Array[], isOdd: boolean): Promise<Uint8Array> {
    const folder = await mkdtemp(join(tmpdir(), 'zendesk-export-')).catch((error: unknown) => {
      throw folderFailure(error, `Temporary folder ${tmpdir()}`);
    });
    try {
      const file = join(folder, `page.${this.extension}`);
      const { [name]: stream } = STREAMS;
      const select = typedRecords(stream, 'staged', isOdd ? readRecords : readPlainRecords);
      await this.write(select, stream.raw, lines, file);
      return await readFile(file);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  close(): void {
    const { instance } = this;
    this.instance = undefined;
    // Whoever wanted one that could not be opened has its error.
    instance?.then(
      (opened) => {
        opened.closeSync();
      },
      () => undefined,
    );
  }

  private async connect(): Promise<DuckDBConnection> {
    // Opening one takes longer than writing a small file. One thread: the page's own, of the pool. Without a place to
    // put pages aside, which would be the working directory.
    this.instance ??= DuckDBInstance.create(':memory:', {
      threads: '1',
      memory_limit: `${mostMegabytes()}MB`,
      temp_directory: '',
    });
    try {
      return await (await this.instance).connect();
    } catch (error) {
      this.instance = undefined;
      throw duckDbFailure(error, 'cannot write Parquet');
    }
  }

  private async write(
    select: string,
    raw: string,
    lines: readonly Uint8Array[],
    file: string,
  ): Promise<void> {
    const joined = joinForSqlOverwriting(lines);
    const connection = await this.connect();
    try {
      await connection.run(`CREATE TEMP TABLE staged AS SELECT ${recordsIn('$1')} AS ${raw}`, [
        blobValue(joined.text),
      ]);
      joined.release();
      await connection.run(`COPY (${select}) TO ${sqlText(file)} (FORMAT parquet, COMPRESSION zstd)`);
    } catch (error) {
      throw duckDbFailure(error, 'cannot write Parquet');
    } finally {
      connection.closeSync();
    }
  }
}
