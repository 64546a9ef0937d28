import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DestinationRefused } from '../../../src/destinations/destination';
import { FilesDestination } from '../../../src/destinations/files/filesDestination';
import { s3Failure } from '../../../src/destinations/files/s3Failure';
import { listen } from '../../../src/listen';
import { ACCESS_KEY, BUCKET, SECRET_KEY, startS3, type S3Server } from '../../../src/development/s3';
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
  for (const name of ['AccessDenied', 'PermanentRedirect', 'RequestTimeTooSkewed', 'SignatureDoesNotMatch']) {
    expect(named(name)).toBeInstanceOf(DestinationRefused);
    expect(named(name)).toMatchObject({ mayPass: false });
  }
});

test('what may pass with time is refused only after some minutes', () => {
  const answered = (name: string, httpStatusCode: number): Error =>
    s3Failure(Object.assign(new Error('no luck'), { name, $metadata: { httpStatusCode } }), 's3://b/p');
  for (const error of [
    answered('ExpiredToken', 400),
    answered('ExpiredTokenException', 400),
    answered('CredentialsProviderError', 0),
    answered('UnknownError', 403),
    answered('403', 403),
    answered('UnknownError', 404),
  ]) {
    expect(error).toBeInstanceOf(DestinationRefused);
    expect(error).toMatchObject({
      mayPass: true,
      message: expect.stringMatching(/, then resume\.$/) as unknown,
    });
  }
  expect(answered('UnknownError', 503)).not.toBeInstanceOf(DestinationRefused);
});

describe('credentials that are put right', () => {
  let folder: string;
  beforeEach(async () => {
    delete process.env.AWS_ACCESS_KEY_ID;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    folder = await mkdtemp(join(tmpdir(), 'aws-'));
    process.env.AWS_CONFIG_FILE = join(folder, 'config');
    process.env.AWS_SHARED_CREDENTIALS_FILE = join(folder, 'credentials');
  });
  afterEach(async () => {
    delete process.env.AWS_CONFIG_FILE;
    delete process.env.AWS_SHARED_CREDENTIALS_FILE;
    delete process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
    await rm(folder, { recursive: true });
  });

  async function profile(secret: string): Promise<void> {
    const text = `[default]\naws_access_key_id = ${ACCESS_KEY}\naws_secret_access_key = ${secret}\n`;
    await writeFile(join(folder, 'credentials'), text);
  }

  test('in a file are found without a restart', async () => {
    await profile('not the one');
    const destination = open('renewed');
    expect(await failureOf(destination.prepare())).toMatchObject({
      message: expect.stringMatching(/SignatureDoesNotMatch/) as unknown,
    });
    await profile(SECRET_KEY);
    await destination.prepare();
    await destination.close();
  });

  test('in the service of a container are asked for anew, and waited for while it does not answer', async () => {
    let answer: { status: number; secret: string } = { status: 500, secret: '' };
    const service = createServer((_request, response) => {
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      const Expiration = new Date(Date.now() + 6 * 3_600_000).toISOString();
      response.end(
        JSON.stringify({ AccessKeyId: ACCESS_KEY, SecretAccessKey: answer.secret, Token: '', Expiration }),
      );
    });
    await listen(service, { host: '127.0.0.1', port: 0 }, 'service');
    const address = service.address();
    if (address === null || typeof address === 'string') throw new Error('listens on no port');
    process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `http://127.0.0.1:${address.port}/credentials`;
    try {
      const destination = open('container');
      const unanswered = await failureOf(destination.prepare());
      expect(unanswered).toBeInstanceOf(DestinationRefused);
      expect(unanswered).toMatchObject({ mayPass: true });
      answer = { status: 200, secret: 'withdrawn' };
      expect((await failureOf(destination.prepare())).message).toMatch(/SignatureDoesNotMatch/);
      answer = { status: 200, secret: SECRET_KEY };
      await destination.prepare();
      await destination.close();
    } finally {
      service.closeAllConnections();
      service.close();
    }
  });
});
