import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeDestination } from './conformance';
import type { Store } from './store';
import { describeSweeps } from './sweeps';
import type { LastingDestination } from '../../src/destinations/destination';
import { DuckDbDestination } from '../../src/destinations/duckdb/duckdb';
import { queryDuckDb } from './queryDuckDb';
import { describeEventViews } from './eventViews';
import { describeCustomFields } from './fields';
import { describeFindExport, describeReplay } from './replay';
import { describeTypedColumns } from './typedColumns';

async function open(): Promise<Store<LastingDestination>> {
  const folder = await mkdtemp(join(tmpdir(), 'duckdb-'));
  const file = join(folder, 'made', 'tickets.duckdb');
  const destination = new DuckDbDestination(file);
  return {
    destination,
    rows: async (sql) => {
      await destination.close();
      return queryDuckDb(file, sql);
    },
    remove: async () => rm(folder, { recursive: true }),
  };
}

describeDestination('DuckDB', open);
describeSweeps('DuckDB', open);
describeReplay('DuckDB', open);
describeFindExport('DuckDB', open);
describeTypedColumns('DuckDB', open);
describeCustomFields('DuckDB', open);
describeEventViews('DuckDB', open);
