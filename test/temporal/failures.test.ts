import { rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import type { WorkflowHandle } from '@temporalio/client';
import getPort from 'get-port';
import type { Status } from '../../src/contract/status';
import { eventually, expectWholeAccount, setStage, statusOf, untilStatus, type Stage } from './stage';

let stage: Stage;

async function begin(
  options: Parameters<typeof setStage>[0],
  input?: Record<string, unknown>,
): Promise<WorkflowHandle> {
  stage = await setStage(options);
  stage.startWorker();
  return stage.startExport(input);
}

afterEach(async () => stage.close());

test('a bad input fails at once, naming every problem, and nothing is asked of the export', async () => {
  const handle = await begin(
    {},
    { subdomain: 'other', startTime: '2999-01-01', perPage: 'many', include: ['last_audits'], speed: 11 },
  );
  const failure: unknown = await handle.result().catch((error: unknown) => error);
  const { message } = (failure as { cause: Error }).cause;
  for (const problem of [
    'subdomain: this worker has credentials for acme, not for other',
    'startTime: 2999-01-01T00:00:00Z is in the future',
    'perPage: Invalid input: expected number',
    'include.0: last_audits is not supported by the incremental export',
    'unknown field speed',
  ]) {
    expect(message).toContain(problem);
  }
  expect(stage.simulator.requests).toHaveLength(0);
});

test('a made-up state fails the export by name, and nothing is asked or written', async () => {
  stage = await setStage({});
  stage.startWorker();
  const { client, taskQueue, workflowId } = stage;
  const state = { version: 2, startedAt: 0, paused: false, progress: { epoch: '/../../../x' }, underway: [] };
  const handle = await client.workflow.start('exportTickets', {
    taskQueue,
    workflowId,
    args: [{ subdomain: 'acme', startTime: 0 }, state],
  });
  await expect(handle.result()).rejects.toMatchObject({
    cause: {
      type: 'InvalidState',
      message: expect.stringMatching(/not valid: blocked\. Start the export with its input alone/) as unknown,
    },
  });
  expect(stage.simulator.requests).toHaveLength(0);
});

describe('a refusal holds the place until it is fixed', () => {
  test('of the role, seen before the first page', async () => {
    const handle = await begin({ tickets: 500, role: 'agent' });
    const blocked = await untilStatus(handle, 'the block', ({ state }) => state === 'blocked');
    expect(blocked.lastError).toMatchObject({
      type: 'Forbidden',
      message: expect.stringContaining('only admins') as unknown,
    });
    expect(blocked.waitingFor).toContain('resume');
  });

  test('of the credentials, which Zendesk answers with 200 and nobody', async () => {
    stage = await setStage({ tickets: 500 });
    stage.startWorker({ ZENDESK_OAUTH_TOKEN: 'wrong' });
    const handle = await stage.startExport();
    const blocked = await untilStatus(handle, 'the block', ({ state }) => state === 'blocked');
    expect(blocked.lastError).toMatchObject({ type: 'Unauthorized' });
    expect(JSON.stringify(blocked)).not.toContain('wrong');
  });

  test('in the middle, and continues at resume from the same position', async () => {
    const handle = await begin({ tickets: 3000, latencyMs: 100 }, { perPage: 500 });
    await untilStatus(handle, 'some pages', ({ pages }) => pages >= 1);
    stage.simulator.fault({ kind: 'status', status: 403, body: 'errorObject', times: 'always' });
    const blocked = await untilStatus(handle, 'the block', ({ state }) => state === 'blocked');
    const asked = stage.simulator.requests.length;
    stage.simulator.clearFaults();
    await handle.signal('resume');
    await handle.result();
    expect(stage.simulator.requests[asked]).toMatchObject(blocked.position ?? {});
    await expectWholeAccount(stage);
  });

  test('of a cursor, which a reset fixes without a resume', async () => {
    const handle = await begin({ tickets: 1000, latencyMs: 50 }, { pagination: 'cursor', perPage: 100 });
    await untilStatus(handle, 'some pages', ({ pages }) => pages >= 1);
    await handle.executeUpdate('resetCursor', { args: [{ cursor: 'bm90LWEtY3Vyc29y' }] });
    const blocked = await untilStatus(handle, 'the block', ({ state }) => state === 'blocked');
    expect(blocked.lastError).toMatchObject({
      type: 'CursorRejected',
      message: expect.stringContaining('Send resetCursor') as unknown,
    });
    await handle.signal('resetCursor', { startTime: 0 });
    await handle.result();
    await expectWholeAccount(stage);
  });

  test('unless onBlocked is "fail": then the export has failed, and says so everywhere', async () => {
    const handle = await begin({ tickets: 500, role: 'agent' }, { onBlocked: 'fail' });
    const failure: unknown = await handle.result().catch((error: unknown) => error);
    const { cause } = failure as { cause: { type: string; message: string } };
    expect(cause.type).toBe('Forbidden');
    expect(cause.message).toMatch(/then start the export again\.$/);
    const status = await statusOf(handle);
    expect(status).toMatchObject({ state: 'failed', subdomain: 'acme', waitingFor: null });
    expect(status.lastError).toMatchObject({ type: 'Forbidden', message: cause.message });
    expect((await handle.describe()).memo).toMatchObject({ state: 'failed' });
  });

  test('and continues by itself, once what blocks has passed, without a word in the log before', async () => {
    stage = await setStage({ tickets: 1500, latencyMs: 100 });
    const worker = stage.startWorker();
    const handle = await stage.startExport({ perPage: 500 });
    await untilStatus(handle, 'a page', ({ pages }) => pages >= 1);
    stage.simulator.fault({ kind: 'status', status: 403, body: 'errorObject', times: 'always' });
    const blocked = await untilStatus(handle, 'the block', ({ state }) => state === 'blocked');
    expect(blocked.waitingFor).toMatch(/^resume, once this is fixed: Forbidden; looks again by itself at 20/);
    stage.simulator.clearFaults();
    expect(await within(90, 'the end', async () => ended(handle))).toMatchObject({ state: 'completed' });
    expect(exportRequests().filter(({ status }) => status === 403)).toHaveLength(1);
    expect(worker.output().match(/export blocked/g)).toHaveLength(1);
    await expectWholeAccount(stage);
  });
});

describe('an outage', () => {
  test('is in the status within seconds, with what fails and since when, and gone with the next page', async () => {
    const handle = await begin({ tickets: 1500 }, { perPage: 500 });
    stage.simulator.fault({ kind: 'status', status: 502, body: 'html', times: 'always' });
    const failing = await untilStatus(handle, 'the failure', ({ lastError }) => lastError !== null);
    expect(failing).toMatchObject({
      state: 'running',
      lastError: { type: 'ZendeskUnavailable', attempts: 3 },
    });
    stage.simulator.clearFaults();
    expect(await handle.result()).toMatchObject({ state: 'completed', lastError: null });
    await expectWholeAccount(stage);
  });

  test('of the destination is, too, and a page that was written before is not fetched again', async () => {
    stage = await setStage({ tickets: 500 });
    const held = await DuckDBInstance.create(stage.database);
    stage.startWorker();
    const handle = await stage.startExport();
    const failing = await untilStatus(handle, 'the failure', ({ lastError }) => lastError !== null);
    expect(failing).toMatchObject({ state: 'starting', lastError: { type: 'DestinationUnavailable' } });
    held.closeSync();
    expect(await handle.result()).toMatchObject({ state: 'completed', lastError: null });
    await expectWholeAccount(stage);
  });

  test('with a long Retry-After is a wait that everybody can see', async () => {
    const handle = await begin({ tickets: 500 });
    stage.simulator.fault({ kind: 'throttle', retryAfter: 3600 });
    const waiting = await untilStatus(handle, 'the wait', ({ state }) => state === 'waiting');
    expect(waiting).toMatchObject({
      waitingFor: expect.stringMatching(/^Zendesk, which takes no request before 20/) as unknown,
      lastError: { type: 'Throttled' },
    });
    await handle.executeUpdate('resetCursor', { args: [{ startTime: 0 }] });
    expect(exportRequests()).toHaveLength(1);
    expect(await statusOf(handle)).toMatchObject({ state: 'waiting' });
    await handle.signal('resume');
    expect(await handle.result()).toMatchObject({ state: 'completed', tickets: 500 });
  });
});

test('a destination that refuses blocks, and continues once it takes pages again', async () => {
  stage = await setStage({ tickets: 500 });
  stage.startWorker({ EXPORT_DESTINATION: `duckdb:${stage.database}/under-a-file/tickets.duckdb` });
  writeFileSync(stage.database, '');
  const handle = await stage.startExport();
  const blocked = await untilStatus(handle, 'the block', ({ state }) => state === 'blocked');
  expect(blocked.lastError).toMatchObject({ type: 'DestinationRefused' });
  rmSync(stage.database);
  await handle.signal('resume');
  expect(await handle.result()).toMatchObject({ state: 'completed', tickets: 500 });
});

test('server errors, resets, cut and stalled bodies, HTML and 429s cost a request each, and change nothing in the database', async () => {
  const handle = await begin({ tickets: 4000 }, { perPage: 250 });
  const faults: Parameters<Stage['simulator']['fault']>[0][] = [
    { kind: 'status', status: 502, body: 'html' },
    { kind: 'reset', point: 'before' },
    { kind: 'reset', point: 'midBody' },
    { kind: 'truncate' },
    { kind: 'html200' },
    { kind: 'stall', point: 'midBody' },
    { kind: 'throttle', retryAfter: 1 },
  ];
  const { simulator } = stage;
  faults.forEach((fault, index) => {
    // Each on a page of its own: attempts at one page come ever later.
    simulator.fault({ ...fault, times: 1, matches: () => simulator.requests.length >= 2 * index });
  });
  const { pages, requests } = (await handle.result()) as Status;
  expect(requests).toBe(pages + faults.length);
  await expectWholeAccount(stage);
});

test('pages that are too heavy are asked for again in halves', async () => {
  const handle = await begin({ tickets: 2000 }, { perPage: 1000 });
  stage.simulator.fault({ kind: 'upstreamTimeout', perPageAbove: 300 });
  expect(await handle.result()).toMatchObject({ state: 'completed', tickets: 2000 });
  expect(stage.simulator.requests.map(({ perPage }) => perPage)).toContain(250);
  await expectWholeAccount(stage);
});

test('a token that ends every second is renewed on the way, without a failure', async () => {
  const client = { clientId: 'client', clientSecret: 'not-for-the-log' };
  stage = await setStage({ tickets: 2000, latencyMs: 200, tokens: { ...client, lifetimeSeconds: 1 } });
  const worker = stage.startWorker({
    ZENDESK_OAUTH_TOKEN: '',
    ZENDESK_CLIENT_ID: client.clientId,
    ZENDESK_CLIENT_SECRET: client.clientSecret,
  });
  const handle = await stage.startExport({ perPage: 100 });
  await handle.result();
  await expectWholeAccount(stage);
  const minted = stage.simulator.requests.filter(({ path }) => path === '/oauth/tokens').length;
  expect(minted).toBeGreaterThan(1);
  expect(worker.output()).not.toContain(client.clientSecret);
  expect(worker.output()).toContain('page exported');
  expect(worker.output()).not.toContain('attempt failed');
});

test('the worker names every problem of its environment and does not start', async () => {
  stage = await setStage();
  const worker = stage.startWorker({
    ZENDESK_SUBDOMAIN: 'a b',
    ZENDESK_OAUTH_TOKEN: '',
    EXPORT_DESTINATION: 'ftp://x',
    EXPORT_HEALTH_ADDRESS: 'x',
  });
  expect(await worker.ended).toBe(1);
  for (const name of ['ZENDESK_SUBDOMAIN', 'no credentials', 'EXPORT_DESTINATION', 'EXPORT_HEALTH_ADDRESS']) {
    expect(worker.output()).toContain(name);
  }
});

test('the health endpoint says when the worker takes tasks', async () => {
  stage = await setStage();
  const port = await getPort();
  stage.startWorker({ EXPORT_HEALTH_ADDRESS: String(port) });
  const healthy = await eventually(async () => {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    return response?.status === 200 ? response.text() : undefined;
  }, 'the worker to be healthy');
  expect(JSON.parse(healthy)).toMatchObject({ runState: 'RUNNING' });
});

function exportRequests(): Stage['simulator']['requests'] {
  return stage.simulator.requests.filter(({ path }) => path.startsWith('/api/v2/incremental/'));
}

/** What an export left behind; undefined while it runs. */
async function ended(handle: WorkflowHandle): Promise<Status | undefined> {
  const { status } = await handle.describe();
  return status.name === 'RUNNING' ? undefined : ((await handle.result()) as Status);
}

/** As `eventually`, for what takes minutes. */
async function within<T>(
  seconds: number,
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() > deadline) throw new Error(`Waited ${seconds} s for ${what}`);
    await sleep(500);
  }
}
