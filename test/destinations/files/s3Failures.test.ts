import { join } from 'node:path';
import { DestinationRefused } from '../../../src/destinations/destination';
import { FilesDestination } from '../../../src/destinations/files/filesDestination';
import { s3Failure } from '../../../src/destinations/files/s3Failure';
import { ACCESS_KEY, BUCKET, SECRET_KEY, startS3, type S3Server } from '../../support/s3';
import { NOON, page, ticket } from '../pages';
import { countFiles, queryLake } from './lake';

let server: S3Server;

beforeAll(async () => {
  server = await startS3();
}, 600_000);
afterAll(async () => server.remove());
beforeEach(() => {
  process.env.AWS_ACCESS_KEY_ID = ACCESS_KEY;
  process.env.AWS_SECRET_ACCESS_KEY = SECRET_KEY;
});

function open(prefix: string, bucket = BUCKET): FilesDestination {
  return new FilesDestination(`s3://${bucket}/${prefix}?${server.query}`);
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('did not fail');
  return error;
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('an outage in the middle of a page is a failed attempt, and the next one writes the page', async () => {
  const destination = open('outage');
  await destination.prepare();
  await destination.write(page(1, [ticket(1000)]));
  const tickets = Array.from({ length: 400 }, (_, at) => ticket(at + 1, NOON + at * 86_400));
  const folder = join(server.folder, 'outage');
  const attempt = failureOf(destination.write(page(2, tickets)));
  await until(() => countFiles(join(folder, 'tickets')) > 20);
  server.stop();
  const error = await attempt;
  expect(error).not.toBeInstanceOf(DestinationRefused);
  expect(error.message).toMatch(/^s3:\/\/tickets\/outage: .*ECONN/);
  expect(await failureOf(destination.checkpoint('acme', page(2, []).key))).not.toBeInstanceOf(
    DestinationRefused,
  );
  expect(await failureOf(destination.prepare())).not.toBeInstanceOf(DestinationRefused);
  expect(countFiles(join(folder, 'export_pages'))).toBe(1);

  await server.restart();
  expect(await destination.checkpoint('acme', page(1, []).key)).toBe('{"page":1}');
  expect(await destination.checkpoint('acme', page(2, []).key)).toBeUndefined();
  await destination.write(page(2, tickets));
  expect(await destination.checkpoint('acme', page(2, []).key)).toBe('{"page":2}');
  expect(
    await queryLake(folder, 'ndjson', 'SELECT count(*) AS tickets, max(id) AS last FROM tickets'),
  ).toEqual([{ tickets: 401, last: 1000 }]);
  expect(countFiles(join(folder, 'tickets'))).toBe(401);
  await destination.close();
});

test('a wrong secret', async () => {
  process.env.AWS_SECRET_ACCESS_KEY = 'not the one';
  const error = await failureOf(open('wrong').prepare());
  expect(error).toBeInstanceOf(DestinationRefused);
  expect(error.message).toMatch(
    /^s3:\/\/tickets\/wrong: SignatureDoesNotMatch: .*\. Check the credentials .*, then resume\.$/,
  );
  expect(error.message).not.toMatch(/not the one|very secret/);
});

test('an unknown access key', async () => {
  process.env.AWS_ACCESS_KEY_ID = 'stranger';
  const error = await failureOf(open('wrong').prepare());
  expect(error.message).toMatch(/No user exists.*Check the bucket and the credentials/);
  expect(error).toBeInstanceOf(DestinationRefused);
});

test('no credentials', async () => {
  delete process.env.AWS_ACCESS_KEY_ID;
  const elsewhere = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SHARED_CREDENTIALS_FILE: '/none',
    AWS_CONFIG_FILE: '/none',
  };
  Object.assign(process.env, elsewhere);
  const error = await failureOf(open('wrong').prepare());
  for (const name of Object.keys(elsewhere)) Reflect.deleteProperty(process.env, name);
  expect(error).toBeInstanceOf(DestinationRefused);
  expect(error.message).toMatch(/Check the credentials/);
});

test('no region', async () => {
  const query = server.query.replace(/&region=[^&]+/, '');
  const error = await failureOf(new FilesDestination(`s3://${BUCKET}/x?${query}`).prepare());
  expect(error).toBeInstanceOf(DestinationRefused);
  expect(error.message).toMatch(/Region is missing.*\?region=/);
});

test('an unknown bucket, until it is made', async () => {
  const error = await failureOf(open('x', 'nowhere').prepare());
  expect(error).toBeInstanceOf(DestinationRefused);
  expect(error.message).toMatch(/NoSuchBucket: .*Create the bucket, or name another one, then resume\.$/);
});

test('a bucket that may only be read', async () => {
  server.stop();
  await server.restart('--readonly');
  const error = await failureOf(open('x').prepare());
  server.stop();
  await server.restart();
  expect(error).toBeInstanceOf(DestinationRefused);
  expect(error.message).toMatch(/AccessDenied: .*allow s3:GetObject and s3:PutObject/);
});

test('what may pass is not refused, and the other way round', () => {
  const named = (name: string): Error => s3Failure(Object.assign(new Error('no luck'), { name }), 's3://b/p');
  for (const name of ['SlowDown', 'InternalError', 'ServiceUnavailable', 'TimeoutError', 'RequestTimeout']) {
    expect(named(name)).not.toBeInstanceOf(DestinationRefused);
    expect(named(name).message).toBe(`s3://b/p: ${name}: no luck`);
  }
  for (const name of ['AccessDenied', 'ExpiredToken', 'PermanentRedirect', 'RequestTimeTooSkewed']) {
    expect(named(name)).toBeInstanceOf(DestinationRefused);
  }
});
