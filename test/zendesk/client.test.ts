import { gzipSync } from 'node:zlib';
import { textOf } from '../../src/destinations/recordText';
import { startSimulator, type FaultSpec, type Simulator, type SimulatorOptions } from '../../src/simulator';
import type { Credentials } from '../../src/zendesk/account';
import { ZendeskClient } from '../../src/zendesk/client';
import { LARGEST_BODY } from '../../src/zendesk/tooLarge';
import type { RecordId } from '../../src/streams/record';
import type { PageQuery } from '../../src/zendesk/exportUrl';
import type { Timeouts } from '../../src/zendesk/http';
import { everythingOf, failureOf } from './failures';
import { closeServers, serve, serveAlways } from './oddServer';

const simulators: Simulator[] = [];

afterEach(async () => {
  await Promise.all(simulators.splice(0).map(async (simulator) => simulator.close()));
  await closeServers();
});

const never = new AbortController().signal;
const TOKEN = { kind: 'oauthToken', token: 't0ken' } as const;
const QUERY: PageQuery = {
  stream: 'tickets',
  position: { endpoint: 'time', startTime: 0 },
  perPage: 1000,
  include: [],
  supportTypeScope: 'all',
  excludeDeleted: false,
};
const EMPTY_PAGE = '{"tickets":[],"count":0,"end_time":null,"next_page":null,"end_of_stream":true}';

async function simulate(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ tickets: 25, ...options });
  simulators.push(simulator);
  return simulator;
}

function clientOf(baseUrl: string, credentials: Credentials = TOKEN, timeouts?: Timeouts): ZendeskClient {
  return new ZendeskClient(
    { subdomain: 'demo', baseUrl, credentials },
    timeouts === undefined ? {} : { timeouts },
  );
}

describe('exportPage', () => {
  test.each(['time', 'cursor'] as const)('reads everything, page by page, %s based', async (endpoint) => {
    const simulator = await simulate({ tickets: 250 });
    const zendesk = clientOf(simulator.url);
    const versions = new Map<RecordId, number>();
    let position: PageQuery['position'] = { endpoint, startTime: 0 };
    for (;;) {
      const page = await zendesk.fetchPage({ ...QUERY, position, perPage: 60 }, never);
      expect(page.requests).toBe(1);
      for (const { id, version } of page.records) versions.set(id, version);
      if (page.endOfStream) break;
      position =
        endpoint === 'time'
          ? { endpoint, startTime: page.endTime ?? 0 }
          : { endpoint, cursor: page.afterCursor ?? '' };
    }
    const truth = [...simulator.truth().values()].map((it) => [it.id, it.generatedTimestamp] as const);
    expect(versions).toEqual(new Map(truth));
  });

  test('counts decoded bytes, and shows the quota of the header', async () => {
    const { url } = await simulate({ quota: { perMinute: 10 } });
    const { records, bytes, quota } = await clientOf(url).fetchPage(QUERY, never);
    expect(bytes).toBeGreaterThan(records.reduce((sum, { json }) => sum + json.length, 0));
    expect(quota).toMatchObject({ total: 10, remaining: 9 });
    const withoutHeader = await simulate();
    expect((await clientOf(withoutHeader.url).fetchPage(QUERY, never)).quota).toBeNull();
  });

  test.each<[FaultSpec, string]>([
    [{ kind: 'status', status: 500, body: 'statusError' }, 'unavailable'],
    [{ kind: 'status', status: 502, body: 'html' }, 'unavailable'],
    [{ kind: 'status', status: 503, body: 'errors' }, 'unavailable'],
    [{ kind: 'status', status: 503, body: 'text', retryAfter: 7 }, 'throttled'],
    [{ kind: 'status', status: 409, body: 'text' }, 'unavailable'],
    [{ kind: 'status', status: 403, body: 'empty' }, 'forbidden'],
    [{ kind: 'status', status: 404, body: 'errorObject' }, 'unknownAccount'],
    [{ kind: 'status', status: 422, body: 'error' }, 'refused'],
    [{ kind: 'throttle' }, 'throttled'],
    [{ kind: 'reset' }, 'unavailable'],
    [{ kind: 'reset', point: 'midBody' }, 'unavailable'],
    [{ kind: 'truncate' }, 'unavailable'],
    [{ kind: 'html200' }, 'unavailable'],
    [{ kind: 'upstreamTimeout', perPageAbove: 10 }, 'tooHeavy'],
    [{ kind: 'tooRecent', form: '400' }, 'tooRecent'],
    [{ kind: 'tooRecent', form: '422' }, 'tooRecent'],
    [{ kind: 'tooRecent', form: '422text' }, 'tooRecent'],
  ])('knows %j for %s', async (fault, kind) => {
    for (const gzip of [true, false]) {
      const simulator = await simulate({ gzip });
      simulator.fault(fault);
      expect((await failureOf(clientOf(simulator.url).fetchPage(QUERY, never))).failure.kind).toBe(kind);
    }
  });

  test.each<[FaultSpec, string, Timeouts]>([
    [{ kind: 'stall' }, 'tooHeavy', { answerMs: 50, silenceMs: 10_000, wholeMs: 60_000 }],
    [
      { kind: 'stall', point: 'midBody' },
      'unavailable',
      { answerMs: 10_000, silenceMs: 50, wholeMs: 60_000 },
    ],
  ])('gives up on %j, which is %s', async (fault, kind, timeouts) => {
    const simulator = await simulate();
    simulator.fault(fault);
    const zendesk = clientOf(simulator.url, TOKEN, timeouts);
    expect((await failureOf(zendesk.fetchPage(QUERY, never))).failure.kind).toBe(kind);
  });

  test.each([
    ['a body cut where its content-length says it ends', EMPTY_PAGE.slice(0, 30)],
    ['nothing', ''],
    ['other JSON', '{"error":"InternalError"}'],
    ['HTML', '<html><title>Sign in</title></html>'],
    ['plain text', 'all is well'],
  ])('never takes %s with status 200 for a page', async (_case, body) => {
    const { url } = await serveAlways(200, body, {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
    });
    expect((await failureOf(clientOf(url).fetchPage(QUERY, never))).failure).toEqual({
      kind: 'unavailable',
    });
  });

  test('says what came in place of a page', async () => {
    const { url } = await serveAlways(200, '<html><title>Sign in</title></html>');
    const { message } = await failureOf(clientOf(url).fetchPage(QUERY, never));
    expect(message).toContain('HTML page "Sign in" in place of JSON (status 200)');
  });

  test('never takes gzip that is cut for a page', async () => {
    const zipped = gzipSync(EMPTY_PAGE.padEnd(5000));
    const { url } = await serveAlways(200, zipped.subarray(0, 40), { 'content-encoding': 'gzip' });
    expect((await failureOf(clientOf(url).fetchPage(QUERY, never))).failure).toEqual({
      kind: 'unavailable',
    });
  });

  test('reads a page with bytes that are no UTF-8', async () => {
    const [before = '', after = ''] = EMPTY_PAGE.replace(
      '[]',
      '[{"id":1,"generated_timestamp":5,"s":"|"}]',
    ).split('|');
    const body = Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)]);
    const { url } = await serveAlways(200, body);
    const { records } = await clientOf(url).fetchPage(QUERY, never);
    expect(records.map(({ json }) => textOf(json))).toEqual([
      '{"id":1,"generated_timestamp":5,"s":"\ufffd"}',
    ]);
  });

  test('quotes nothing of a broken page', async () => {
    const { url } = await serveAlways(200, '{"tickets":[{"id":1,"subject":"private" "x"}]}');
    const error = await failureOf(clientOf(url).fetchPage(QUERY, never));
    expect(everythingOf(error)).not.toContain('private');
    expect(error.message).toContain('broken JSON of 46 bytes');
  });

  test('follows neither next_page nor a redirect to another host', async () => {
    const elsewhere = await serveAlways(200, EMPTY_PAGE);
    const page = { tickets: [], end_of_stream: false, end_time: 5, next_page: `${elsewhere.url}/next` };
    const { url } = await serve((response, request) => {
      if (request.url?.includes('start_time=0') === true) response.end(JSON.stringify(page));
      else response.writeHead(302, { location: elsewhere.url }).end();
    });
    await clientOf(url).fetchPage(QUERY, never);
    const position = { endpoint: 'time', startTime: 5 } as const;
    const error = await failureOf(clientOf(url).fetchPage({ ...QUERY, position }, never));
    expect(error.failure).toEqual({ kind: 'refused' });
    expect(elsewhere.requests).toEqual([]);
  });

  test('asks for JSON with its credentials, and nothing twice', async () => {
    const headers: unknown[] = [];
    const { url } = await serve((response, request) => {
      headers.push(request.headers.authorization, request.headers.accept);
      response.end(EMPTY_PAGE);
    });
    await clientOf(url, { kind: 'apiToken', email: 'a@b.c', token: 'k' }).fetchPage(QUERY, never);
    expect(headers).toEqual([`Basic ${Buffer.from('a@b.c/token:k').toString('base64')}`, 'application/json']);
  });

  test('never lets a token into a message, not even one that the answer echoes', async () => {
    const { url } = await serve((response, request) => {
      response.writeHead(500).end(`your request: ${JSON.stringify(request.headers)}`.slice(0, 230));
    });
    const credentials: Credentials[] = [TOKEN, { kind: 'apiToken', email: 'a@b.c', token: 't0ken' }];
    for (const each of credentials) {
      const error = await failureOf(clientOf(url, each).fetchPage(QUERY, never));
      expect(error.message).toContain('[secret]');
      expect(everythingOf(error)).not.toMatch(/t0ken|YUBiLmMvdG9rZW46dDBrZW4/);
    }
  });

  test('throws the reason of an abort', async () => {
    const controller = new AbortController();
    const reason = new Error('paused');
    const { url } = await serve(() => {
      controller.abort(reason);
    });
    await expect(clientOf(url).fetchPage(QUERY, controller.signal)).rejects.toBe(reason);
  });

  test('asks once more after a 401 when there is no other token to be had', async () => {
    const simulator = await simulate({ tokens: { bearer: TOKEN.token } });
    simulator.fault({ kind: 'status', status: 401, body: 'error' });
    const { requests } = await clientOf(simulator.url).fetchPage(QUERY, never);
    expect(requests).toBe(2);
  });

  test('sends nothing before the time that a 429 named, whoever asks, and goes by the bucket', async () => {
    const simulator = await simulate();
    const zendesk = clientOf(simulator.url);
    simulator.fault({ kind: 'throttle', retryAfter: 3000 });
    const first = await failureOf(zendesk.fetchPage(QUERY, never));
    expect(first.failure).toEqual({ kind: 'throttled', retryAfterSeconds: 3000 });
    const asked = simulator.requests.length;
    expect((await failureOf(zendesk.fetchPage(QUERY, never))).failure).toEqual({
      kind: 'throttled',
      retryAfterSeconds: 3000,
    });
    expect(simulator.requests).toHaveLength(asked);
    expect(await zendesk.currentUser(never)).toMatchObject({ role: 'admin' });
  });

  test('asks before that time where an operator has resumed the export, and waits no more once Zendesk answers', async () => {
    const simulator = await simulate();
    const zendesk = clientOf(simulator.url);
    simulator.fault({ kind: 'throttle', retryAfter: 3000 });
    await failureOf(zendesk.fetchPage(QUERY, never));
    const { records } = await zendesk.fetchPage(QUERY, never, true);
    expect(records).toHaveLength(25);
    expect((await zendesk.fetchPage(QUERY, never)).records).toHaveLength(25);
  });

  test.each([401, 403, 404])('never takes a proxy’s HTML for an answer of Zendesk: %i', async (status) => {
    const { url } = await serveAlways(status, '<!DOCTYPE html><title>Just a moment...</title>', {
      server: 'cloudflare',
      'cf-mitigated': 'challenge',
    });
    const error = await failureOf(clientOf(url).fetchPage(QUERY, never));
    expect(error).toMatchObject({ failure: { kind: 'refused' }, mayPass: true });
    expect(error.message).toContain('A proxy or firewall between the worker and Zendesk refused the request');
  });

  test('finds a page too heavy that is too large, so that half of it is asked for', async () => {
    const bomb = gzipSync(Buffer.alloc(LARGEST_BODY + 1));
    const { url } = await serveAlways(200, bomb, { 'content-encoding': 'gzip' });
    const error = await failureOf(clientOf(url).fetchPage(QUERY, never));
    expect(error.failure).toEqual({ kind: 'tooHeavy' });
  });

  test('reads a page behind a byte order mark', async () => {
    const { url } = await serveAlways(200, `\ufeff${EMPTY_PAGE}`);
    expect((await clientOf(url).fetchPage(QUERY, never)).endOfStream).toBe(true);
  });

  test('is unauthorized by a second 401 when there is no other token to be had', async () => {
    const { url, requests } = await simulate({ tokens: { bearer: 'another' } });
    expect((await failureOf(clientOf(url).fetchPage(QUERY, never))).failure).toEqual({
      kind: 'unauthorized',
    });
    expect(requests.map(({ status }) => status)).toEqual([401, 401]);
  });
});

describe('currentUser', () => {
  test.each(['admin', 'agent'] as const)('names the role: %s', async (role) => {
    const { url } = await simulate({ role });
    expect(await clientOf(url).currentUser(never)).toEqual({ name: expect.any(String) as string, role });
  });

  test('takes the anonymous user, whom Zendesk answers with 200, for wrong credentials', async () => {
    const { url } = await simulate({ tokens: { bearer: 'another' } });
    const error = await failureOf(clientOf(url).currentUser(never));
    expect(error.failure).toEqual({ kind: 'unauthorized' });
    expect(error.message).toContain('status 200');
  });

  test('takes an anonymous user without name and role for wrong credentials too', async () => {
    const { url } = await serveAlways(200, '{"user":{"id":null}}');
    expect((await failureOf(clientOf(url).currentUser(never))).failure).toEqual({ kind: 'unauthorized' });
  });

  test.each([
    [403, 'Missing the following required scopes: users:read'],
    [404, '{"error":"InvalidEndpoint","description":"Not found"}'],
    [200, '<html></html>'],
    [200, '{}'],
    [200, '{"user":{"id":5}}'],
  ])('knows nothing of the user after %i %s', async (status, body) => {
    const { url } = await serveAlways(status, body);
    expect(await clientOf(url).currentUser(never)).toBeUndefined();
  });

  test.each([
    [401, 'unauthorized'],
    [500, 'unavailable'],
    [429, 'throttled'],
    [302, 'refused'],
  ])('fails by %i as %s', async (status, kind) => {
    const { url } = await serveAlways(status, '');
    expect((await failureOf(clientOf(url).currentUser(never))).failure.kind).toBe(kind);
  });
});
