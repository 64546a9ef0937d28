import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Client, type WorkflowHandle } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { clientDataConverter } from '../../src/temporal/codec/dataConverter';
import { encrypt } from '../../src/temporal/codec/encryption';
import { codecKeys } from '../../src/account/codecKeys';
import { codecServer } from '../../src/temporal/codec/server';
import type { Status } from '../../src/contract/status';
import { eventually, expectWholeAccount, setStage, untilStatus, type Stage } from './stage';

const key = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const [OLD, NEW] = [key('old'), key('new')];

let stage: Stage;
afterEach(async () => stage.close());

async function startPaused(): Promise<WorkflowHandle> {
  stage = await setStage({ tickets: 1500, latencyMs: 50 }, { codecKeys: OLD });
  const worker = stage.startWorker();
  const handle = await stage.startExport({ perPage: 100 });
  await untilStatus(handle, 'a page', ({ pages }) => pages >= 1);
  await handle.executeUpdate('pause');
  await worker.kill('SIGTERM');
  return handle;
}

test('no payload in the history of an export can be read, nor any message of a failure', async () => {
  stage = await setStage({ tickets: 4000, latencyMs: 20 }, { codecKeys: OLD });
  stage.startWorker();
  const handle = await stage.startExport({ perPage: 100 });
  await untilStatus(handle, 'a page', ({ pages }) => pages >= 1);
  stage.simulator.fault({ kind: 'status', status: 403, times: 'always' });
  await untilStatus(handle, 'the block', ({ state }) => state === 'blocked');
  stage.simulator.clearFaults();
  await handle.signal('resetCursor', { startTime: 1 });
  await handle.executeUpdate('resume');
  await handle.result();
  await expectWholeAccount(stage);
  const { firstExecutionRunId } = handle as WorkflowHandle & { firstExecutionRunId: string };
  const first = await stage.client.workflow.getHandle(handle.workflowId, firstExecutionRunId).fetchHistory();
  const last = await handle.fetchHistory();
  const events = [...(first.events ?? []), ...(last.events ?? [])];
  expect(events.some(({ workflowExecutionContinuedAsNewEventAttributes: event }) => event)).toBe(true);
  const { payloads, messages } = whatIsIn(events);
  expect(payloads.length).toBeGreaterThan(100);
  expect(payloads.filter((payload) => encodingOf(payload) !== 'binary/encrypted')).toEqual([]);
  expect(messages.length).toBeGreaterThan(0);
  expect(new Set(messages)).toEqual(new Set(['Encoded failure']));
  // What the UI lists exports by is not encrypted.
  const listed = await stage.cli(
    ...['workflow', 'list', '--query', `WorkflowId = '${stage.workflowId}' AND ExportState = 'completed'`],
  );
  expect(listed).toContain(stage.workflowId);
});

test('what fails an export is readable with the key, and not without', async () => {
  stage = await setStage({}, { codecKeys: OLD });
  stage.startWorker();
  const handle = await stage.startExport({ startTime: 'soon' });
  await expect(handle.result()).rejects.toMatchObject({
    cause: { type: 'InvalidInput', message: expect.stringContaining('startTime') as unknown },
  });
  expect(new Set(whatIsIn((await handle.fetchHistory()).events ?? []).messages)).toEqual(
    new Set(['Encoded failure']),
  );
});

test('a CLI without a codec starts and steers exports as before', async () => {
  stage = await setStage({ tickets: 300 }, { codecKeys: OLD });
  stage.startWorker();
  const of = ['--workflow-id', stage.workflowId];
  const input = { subdomain: 'acme', startTime: 0, follow: { everySeconds: 3600 } };
  await stage.cli(
    ...['workflow', 'start', ...of, '--type', 'exportTickets', '--task-queue', stage.taskQueue],
    ...['--input', JSON.stringify(input)],
  );
  const handle = stage.client.workflow.getHandle(stage.workflowId);
  await untilStatus(handle, 'the first poll', ({ state }) => state === 'waiting');
  await stage.cli('workflow', 'signal', ...of, '--name', 'pause');
  await stage.cli('workflow', 'signal', ...of, '--name', 'resetCursor', '--input', '{"startTime":0}');
  await stage.cli('workflow', 'signal', ...of, '--name', 'resume');
  const status = await untilStatus(
    handle,
    'the tickets a second time',
    ({ tickets, state }) => tickets === 600 && state === 'waiting',
  );
  expect(status.actions.map(({ action }) => action)).toEqual(['pause', 'resetCursor', 'resume']);
});

test('a CLI with the codec server reads everything, and sends nothing in the clear', async () => {
  stage = await setStage({ tickets: 300 }, { codecKeys: OLD });
  stage.startWorker();
  const server = codecServer({
    keys: codecKeys.parse(OLD),
    origins: [],
    token: 't0ken',
    say: () => undefined,
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cli = async (...args: string[]): Promise<string> =>
    stage.cli('workflow', ...args, '--codec-endpoint', endpoint, '--codec-auth', 'Bearer t0ken');
  const of = ['--workflow-id', stage.workflowId];
  const input = { subdomain: 'acme', startTime: 0, follow: { everySeconds: 3600 } };
  await cli(
    ...['start', ...of, '--type', 'exportTickets', '--task-queue', stage.taskQueue],
    ...['--input', JSON.stringify(input)],
  );
  const handle = stage.client.workflow.getHandle(stage.workflowId);
  await untilStatus(handle, 'the first poll', ({ state }) => state === 'waiting');
  await cli('signal', ...of, '--name', 'resetCursor', '--input', '{"startTime":1}');
  expect(await cli('update', 'execute', ...of, '--name', 'pause')).toContain('paused');
  expect(await cli('query', ...of, '--name', 'status')).toContain('"state":"paused"');
  expect(await cli('metadata', ...of)).toContain('acme: paused');
  expect(await cli('show', ...of, '--detailed')).toMatch(/input\[0\].subdomain: +acme/);
  server.close();
  const { payloads } = whatIsIn((await handle.fetchHistory()).events ?? []);
  expect(payloads.filter((payload) => encodingOf(payload) !== 'binary/encrypted')).toEqual([]);
});

test("a schedule's next run continues from a last result that is encrypted", async () => {
  stage = await setStage({ tickets: 300 }, { codecKeys: OLD });
  stage.startWorker();
  const scheduleId = `nightly-${stage.taskQueue}`;
  const { client } = stage;
  const schedule = await client.schedule.create({
    scheduleId,
    spec: { cronExpressions: ['0 3 * * *'] },
    policies: { overlap: 'SKIP' },
    action: {
      type: 'startWorkflow',
      workflowType: 'exportTickets',
      taskQueue: stage.taskQueue,
      workflowId: stage.workflowId,
      args: [{ subdomain: 'acme', startTime: 0, requestsPerMinute: 9999 }],
    },
  });
  const secondNow = (): number => Math.floor(Date.now() / 1000);
  let lastDue = 0;
  const statuses: Status[] = [];
  for (const run of [0, 1]) {
    // Runs of a schedule are named by the second they were due: no two in one.
    await eventually(() => secondNow() > lastDue || undefined, 'another second');
    // Not by the SDK, whose trigger lets runs overlap: such a run is given no last result.
    await stage.cli('schedule', 'trigger', '--schedule-id', scheduleId);
    lastDue = secondNow();
    const workflowId = await eventually(async () => {
      const { info } = await schedule.describe();
      return info.recentActions[run]?.action.workflow.workflowId;
    }, 'the run to start');
    statuses.push((await client.workflow.getHandle(workflowId).result()) as Status);
  }
  await schedule.delete();
  expect(statuses).toMatchObject([
    { state: 'completed', tickets: 300 },
    { state: 'completed', tickets: 0 },
  ]);
});

describe('signals that nobody here can decrypt', () => {
  test('are refused and named; the export continues, also once the key has been added', async () => {
    const handle = await startPaused();
    stage.startWorker();
    const stranger = codecKeys.parse(NEW);
    const { client, workflowId } = stage;
    const theirs = new Client({
      connection: client.connection,
      dataConverter: clientDataConverter(stranger),
    });
    await theirs.workflow.getHandle(workflowId).signal('resetCursor', { startTime: 0 });
    await signalRaw('resetCursor', corrupt(codecKeys.parse(OLD)));
    await signalRaw('puase', corrupt(stranger));
    const { rejectedSignals, position } = await untilStatus(
      handle,
      'the refusals',
      (status) => status.rejectedSignals.length === 3,
    );
    expect(rejectedSignals).toMatchObject([
      {
        signal: 'resetCursor',
        problem:
          'resetCursor payload cannot be read: encrypted with the key "new", but EXPORT_CODEC_KEYS has only old: add the key',
      },
      { signal: 'resetCursor', problem: expect.stringContaining('or the data was altered') as unknown },
      { signal: 'puase' },
    ]);
    expect(position).not.toEqual({ startTime: 0 });

    // The whole history again, by a worker that can read them all.
    await stage.killWorkers();
    const worker = stage.startWorker({ EXPORT_CODEC_KEYS: `${OLD},${NEW}` });
    await handle.signal('resetCursor', { startTime: 1 });
    await theirs.workflow.getHandle(workflowId).signal('resume');
    expect(await handle.result()).toMatchObject({
      state: 'completed',
      rejectedSignals: [{ signal: 'resetCursor' }, { signal: 'resetCursor' }, { signal: 'puase' }],
      actions: [{ action: 'pause' }, { action: 'resetCursor', to: '{"startTime":1}' }, { action: 'resume' }],
    });
    expect(worker.output()).not.toContain('Nondeterminism');
    await expectWholeAccount(stage);
  });
});

test('after a rotation the old key still reads, and the new one writes', async () => {
  const handle = await startPaused();
  stage.startWorker({ EXPORT_CODEC_KEYS: `${NEW},${OLD}` });
  await handle.signal('resume');
  const keys = `${OLD},${NEW}`;
  const both = new Client({
    connection: stage.client.connection,
    dataConverter: clientDataConverter(codecKeys.parse(keys)),
  });
  const result = (await both.workflow.getHandle(stage.workflowId).result()) as Status;
  expect(result).toMatchObject({ state: 'completed', tickets: 1500 });
  const { events } = await handle.fetchHistory();
  const written = whatIsIn(events ?? []).payloads.map(({ metadata }) =>
    text(metadata?.['encryption-key-id']),
  );
  expect([written[0], written.at(-1)]).toEqual(['old', 'new']);
  await expectWholeAccount(stage);
});

test('an export whose key is missing waits for it, and says so', async () => {
  const handle = await startPaused();
  const worker = stage.startWorker({ EXPORT_CODEC_KEYS: NEW });
  await handle.signal('resume');
  await eventually(
    () =>
      worker.output().includes('encrypted with the key \\"old\\", but EXPORT_CODEC_KEYS has only new') ||
      undefined,
    'the reason in the log',
  );
  await worker.kill('SIGKILL');
  stage.startWorker();
  expect(await handle.result()).toMatchObject({ state: 'completed', tickets: 1500 });
  await expectWholeAccount(stage);
});

async function signalRaw(signalName: string, payload: Payload): Promise<void> {
  await stage.client.workflowService.signalWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: stage.workflowId },
    signalName,
    input: { payloads: [payload] },
  });
}

function corrupt(keys: Parameters<typeof encrypt>[1]): Payload {
  const { metadata, data } = encrypt({ metadata: {}, data: Buffer.from('{}') }, keys);
  const altered = Buffer.from(data ?? []);
  altered.writeUInt8(altered.readUInt8(20) ^ 1, 20);
  return { metadata: metadata ?? {}, data: altered };
}

/** Everything in events that a payload codec or a failure converter is there for. */
function whatIsIn(value: unknown): { payloads: Payload[]; messages: string[] } {
  const found = { payloads: [] as Payload[], messages: [] as string[] };
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null || part instanceof Uint8Array) return;
    if ('metadata' in part && 'data' in part) found.payloads.push(part as Payload);
    for (const [name, inner] of Object.entries(part)) {
      if (['searchAttributes', 'markerRecordedEventAttributes'].includes(name)) continue;
      if (name === 'failure' || name === 'cause') {
        const { message } = (inner ?? {}) as { message?: string };
        if (message !== undefined && message !== '') found.messages.push(message);
      }
      visit(inner);
    }
  };
  visit(value);
  return found;
}

function encodingOf({ metadata }: Payload): string {
  return text(metadata?.['encoding']);
}

function text(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}
