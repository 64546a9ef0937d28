import { FilesDestination } from '../../../src/destinations/files/filesDestination';
import { parseLocation } from '../../../src/destinations/files/location';
import { openDestination } from '../../../src/destinations/open';

test.each([
  ['file:./export', 'Folder ./export', 'ndjson'],
  ['file:/var/lib/my export?format=parquet', 'Folder /var/lib/my export', 'parquet'],
  ['file:///var/export?format=ndjson', 'Folder /var/export', 'ndjson'],
  ['FILE:export', 'Folder export', 'ndjson'],
  ['s3://bucket', 's3://bucket/', 'ndjson'],
  ['s3://bucket/a/b/?format=parquet&region=eu-central-1', 's3://bucket/a/b', 'parquet'],
  ['s3://b/p?endpoint=http://127.0.0.1:9000&pathStyle=true', 's3://b/p', 'ndjson'],
])('%s', (url, name, format) => {
  expect(openDestination(url)).toBeInstanceOf(FilesDestination);
  const location = parseLocation(url);
  expect([location.store.name, location.format]).toEqual([name, format]);
});

test.each([
  ['file:?format=parquet', /must name a folder/],
  ['file://export', /file:\/\/\/var/],
  ['file:./export?format=csv', /ndjson or parquet/],
  ['file:./export?endpoint=http://x', /unknown option "endpoint"; known: format/],
  ['s3:bucket', /s3:\/\/bucket\/prefix/],
  ['s3://key:hush@bucket/prefix', /must not hold credentials/],
  ['s3://bucket?secretAccessKey=hush', /unknown option "secretAccessKey"/],
  ['s3://bucket?endpoint=http://key:hush@host', /endpoint: must be like/],
  ['s3://bucket?pathStyle=hush', /true or false/],
])('refuses %s without showing what may be secret', (url, message) => {
  const open = (): unknown => openDestination(url);
  expect(open).toThrow(message);
  expect(open).not.toThrow(/hush/);
});
