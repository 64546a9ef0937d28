import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FilesDestination } from '../../../src/destinations/files/filesDestination';
import { describeDestination } from '../conformance';
import type { Store } from '../store';
import type { LastingDestination } from '../../../src/destinations/destination';
import { describeFindExport, describeReplay } from '../replay';
import { describeTypedColumns } from '../typedColumns';
import { queryLake } from './lake';

function openAs(format: 'ndjson' | 'parquet'): () => Promise<Store<LastingDestination>> {
  return async () => {
    const folder = await mkdtemp(join(tmpdir(), 'files-'));
    const root = join(folder, 'made', "it's here");
    const destination = new FilesDestination(`file:${root}?format=${format}`);
    return {
      destination,
      rows: async (sql) => {
        await destination.close();
        return queryLake(root, format, sql);
      },
      remove: async () => rm(folder, { recursive: true }),
    };
  };
}

describeDestination('A folder of NDJSON', openAs('ndjson'));
describeDestination('A folder of Parquet', openAs('parquet'));
describeTypedColumns('A folder of Parquet', openAs('parquet'));
describeReplay('A folder', openAs('ndjson'));
describeFindExport('A folder', openAs('ndjson'));
