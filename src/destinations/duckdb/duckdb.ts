import { existsSync } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
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
import { Pruning } from '../pruning';
import { PRUNE_PAGES, READ_CHECKPOINT, READ_QUARANTINE } from '../sql';
import { makeViews } from '../views/makeViews';
import { makeEventViews } from './eventViews';
import { DuckDbFile } from './duckDbFile';
import { DuckDbFields } from './fields';
import { SqlStoredRecords, type Query } from '../storedRecords';
import { CREATE_STAGING } from './sql';
import { fillSomeRows, makeTables } from './tables';
import { DuckDbViews } from './views';
import { tryStatements, writeBatch } from './writeBatch';

/** The tables of one DuckDB file. */
export class DuckDbDestination implements LastingDestination {
  private readonly query: Query = async (text, values) =>
    this.file.exclusively(async (connection) =>
      (await connection.runAndReadAll(text, [...values])).getRows(),
    );

  readonly stored = new SqlStoredRecords(this.query);
  private readonly pruning = new Pruning();
  /** Whether the file may have rows to be filled. */
  private hasFills = true;
  /** What could not be made for its readers, and why. */
  private lacking: readonly string[] = [];
  private readonly file: DuckDbFile;

  /** @param views what `?views=` says, see `viewsOption` */
  constructor(
    private readonly path: string,
    private readonly views: string | null = null,
  ) {
    this.file = new DuckDbFile(path, async (connection) => {
      await makeTables(connection, path);
      this.lacking = await makeEventViews(connection);
      await connection.run(CREATE_STAGING);
      this.hasFills = true;
    });
  }

  async prepare(): Promise<readonly string[]> {
    return this.file.exclusively(async (connection) => {
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
    return this.file.exclusively(async (connection) => {
      await this.file.makeRoom(connection, page);
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
    return this.file.beside(async (connection) => {
      const found = await connection.runAndReadAll(READ_CHECKPOINT, [subdomain, exportId, epoch, page]);
      const value = found.getRows()[0]?.[0];
      return typeof value === 'string' ? value : undefined;
    });
  }

  async quarantined(): Promise<QuarantinedRecord[]> {
    return this.file.exclusively(async (connection) => {
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
        this.file.exclusively(async (connection) => {
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
        this.file.exclusively(async (connection) => {
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
    await this.file.close();
  }

  /** Of columns that were added to tables, as many as a page may wait for. */
  private async fillRows(connection: DuckDBConnection): Promise<void> {
    for (let count = 0; this.hasFills && count < TRANSACTIONS_PER_PAGE; count += 1)
      this.hasFills = await fillSomeRows(connection);
  }
}
