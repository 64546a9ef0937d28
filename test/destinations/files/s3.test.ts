import { join } from 'node:path';
import { FilesDestination } from '../../../src/destinations/files/filesDestination';
import { ACCESS_KEY, BUCKET, SECRET_KEY, startS3, type S3Server } from '../../../src/development/s3';
import { describeDestination } from '../conformance';
import type { Store } from '../store';
import type { LastingDestination } from '../../../src/destinations/destination';
import { describeFindExport, describeReplay } from '../replay';
import { queryLake } from './lake';

let server: S3Server;
let stores = 0;

beforeAll(async () => {
  process.env.AWS_ACCESS_KEY_ID = ACCESS_KEY;
  process.env.AWS_SECRET_ACCESS_KEY = SECRET_KEY;
  server = await startS3();
}, 600_000);
afterAll(async () => server.remove());

function openAs(format: 'ndjson' | 'parquet'): () => Promise<Store<LastingDestination>> {
  return async () => {
    stores += 1;
    const prefix = `some where/${stores}`;
    const destination = new FilesDestination(`s3://${BUCKET}/${prefix}?format=${format}&${server.query}`);
    return {
      destination,
      rows: async (sql) => {
        await destination.close();
        return queryLake(join(server.folder, prefix), format, sql);
      },
      remove: async () => Promise.resolve(),
    };
  };
}

describeDestination('A bucket of NDJSON', openAs('ndjson'));
describeDestination('A bucket of Parquet', openAs('parquet'));
describeReplay('A bucket', openAs('parquet'));
describeFindExport('A bucket', openAs('parquet'));
