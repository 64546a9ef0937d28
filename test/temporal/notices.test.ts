import type { WorkflowHandle } from '@temporalio/client';
import { startReceiver, type Answer, type Receiver } from '../notices/receiver';
import { changeRows } from './changeRows';
import {
  eventually,
  expectWholeAccount,
  setStage,
  untilStatus,
  type Stage,
  type WorkerProcess,
} from './stage';

const KEY = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

let stage: Stage;
let receiver: Receiver;
let worker: WorkerProcess;
afterEach(async () => {
  await stage.close();
  await receiver.close();
});

async function begin(answers: readonly Answer[], options: Parameters<typeof setStage>[0]): Promise<void> {
  receiver = await startReceiver(...answers);
  stage = await setStage(options);
  worker = stage.startWorker({ EXPORT_NOTIFY_URL: receiver.url, EXPORT_NOTIFY_SECRET: KEY });
}

interface Sent {
  readonly event: string;
  readonly text: string;
}

function sent(): Sent[] {
  return receiver.received.map(({ body }) => JSON.parse(body) as Sent);
}

async function untilSent(event: string): Promise<Sent> {
  return eventually(() => sent().find((one) => one.event === event), `the notice ${event}`);
}

async function blocked(input: Record<string, unknown>): Promise<WorkflowHandle> {
  const handle = await stage.startExport({ perPage: 100, ...input });
  await untilStatus(handle, 'a page', ({ pages }) => pages >= 1);
  stage.simulator.fault({ kind: 'status', status: 403, body: 'errorObject', times: 'always' });
  await untilStatus(handle, 'the block', ({ state }) => state === 'blocked');
  return handle;
}

async function goOn(handle: WorkflowHandle): Promise<unknown> {
  stage.simulator.clearFaults();
  await handle.signal('resume');
  return handle.result();
}

test('a block and its passing have one notice each, also for a receiver that fails twice, after the export has ended too', async () => {
  await begin([500, 500, 200], { tickets: 800, latencyMs: 100 });
  const handle = await blocked({});
  await eventually(() => receiver.received[2], 'the third attempt');
  expect(await goOn(handle)).toMatchObject({ state: 'completed' });
  await untilSent('unblocked');
  expect(sent().map(({ event }) => event)).toEqual(['blocked', 'blocked', 'blocked', 'unblocked']);
  expect(sent()[0]).toMatchObject({
    subdomain: 'acme',
    stream: 'tickets',
    workflowId: stage.workflowId,
    reason: expect.stringMatching(/^Forbidden: /) as unknown,
    text: expect.stringContaining(`--workflow-id ${stage.workflowId} --name resume`) as unknown,
  });
  const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(2);
  await expectWholeAccount(stage);
  const shown = await stage.cli('workflow', 'show', '--workflow-id', stage.workflowId, '--output', 'json');
  for (const text of [shown, worker.output()]) {
    expect(text).not.toContain('path-is-secret');
    expect(text).not.toContain(KEY.slice(6));
  }
});

test('a receiver that never answers holds up nothing, not even a new run of the export', async () => {
  await begin(['never'], { tickets: 1600, latencyMs: 20 });
  const handle = await blocked({ perPage: 40 });
  await eventually(() => receiver.received[0], 'the attempt');
  expect(await goOn(handle)).toMatchObject({ state: 'completed' });
  const blocks = receiver.received.filter((_, index) => sent()[index]?.event === 'blocked');
  expect(new Set(blocks.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  const { raw } = await handle.describe();
  expect(raw.workflowExecutionInfo?.firstRunId).not.toBe(raw.workflowExecutionInfo?.execution?.runId);
  await expectWholeAccount(stage);
});

test('an export that fails says so, also where its input is what is wrong', async () => {
  await begin([200], { tickets: 200, role: 'agent' });
  const handle = await stage.startExport({ onBlocked: 'fail' });
  await expect(handle.result()).rejects.toThrow();
  expect((await untilSent('failed')).text).toMatch(
    /^Zendesk export of acme has failed\. Forbidden: .* start the export again\. To see more: /,
  );
  const wrong = await stage.startExport({ perPage: 'many' });
  await expect(wrong.result()).rejects.toThrow();
  await eventually(() => sent().find(({ text }) => text.includes('InvalidInput')), 'the second notice');
  expect(sent()).toHaveLength(2);
});

test('a verification that finds differences says how many', async () => {
  const to = Math.floor(Date.now() / 1000) - 7200;
  await begin([200], { tickets: 300, from: to - 86_400, to });
  await (await stage.startExport()).result();
  await changeRows(stage.database, 'DELETE FROM tickets WHERE id % 10 = 7 AND NOT deleted');
  const handle = await stage.client.workflow.start('verifyTickets', {
    taskQueue: stage.taskQueue,
    workflowId: `zendesk-verify-${stage.taskQueue}`,
    args: [{ subdomain: 'acme', requestsPerMinute: 100_000, deep: true }],
  });
  expect(await handle.result()).toMatchObject({ clean: false });
  expect((await untilSent('verification_differs')).text).toMatch(
    /^Verification of acme has found differences\. \d+ missing, 0 stale, 0 extra; 0 repaired\. Their ids: /,
  );
  expect(sent()).toHaveLength(1);
});
