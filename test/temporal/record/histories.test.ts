import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { VerificationStatus } from '../../../src/contract/verification';
import { startReceiver } from '../../notices/receiver';
import { changeRows } from '../changeRows';
import { eventually, setStage, untilStatus, type Stage } from '../stage';

/**
 * Records the histories that `replay.test.ts` replays. They stand for exports that run while a new worker is deployed, so
 * they are made from released code: recording them again is right only when a change of the workflow is meant to break
 * running exports, and the changelog says so.
 */
const HISTORIES = join(__dirname, '..', '..', 'replay', 'histories');

let stage: Stage;
afterEach(async () => stage.close());

async function begin(
  options: Parameters<typeof setStage>[0],
  input?: Record<string, unknown>,
  environment: Record<string, string> = {},
): Promise<WorkflowHandle> {
  stage = await setStage(options);
  stage.startWorker(environment);
  return stage.startExport(input);
}

async function keep(name: string, ...run: string[]): Promise<void> {
  await keepOf(stage.workflowId, name, ...run);
}

async function keepOf(workflowId: string, name: string, ...run: string[]): Promise<void> {
  const history = await stage.cli(
    'workflow',
    'show',
    '--workflow-id',
    workflowId,
    '--output',
    'json',
    ...run,
  );
  writeFileSync(join(HISTORIES, `${name}.json`), history);
}

test('plain', async () => {
  const handle = await begin({ tickets: 500 }, { perPage: 100 });
  await handle.result();
  await keep('plain');
});

test('paused and reset', async () => {
  const handle = await begin({ tickets: 500, latencyMs: 100 }, { perPage: 50 });
  await untilStatus(handle, 'a page', ({ pages }) => pages >= 1);
  await handle.signal('pause');
  await handle.signal('resetCursor', { startTime: 1 });
  await handle.signal('resetCursor', 'nonsense');
  await handle.signal('puase');
  await handle.executeUpdate('resume');
  await untilStatus(handle, 'another page', ({ pages }) => pages >= 2);
  await handle.executeUpdate('resetCursor', { args: [{ startTime: 0 }] });
  await handle.result();
  await keep('paused-and-reset');
});

test('blocked and resumed', async () => {
  const handle = await begin({ tickets: 500, latencyMs: 100 }, { perPage: 50 });
  await untilStatus(handle, 'a page', ({ pages }) => pages >= 1);
  stage.simulator.fault({ kind: 'status', status: 403, times: 'always' });
  await untilStatus(handle, 'the block', ({ state }) => state === 'blocked');
  stage.simulator.clearFaults();
  await handle.signal('resume');
  await handle.result();
  await keep('blocked-and-resumed');
});

test('continued as new', async () => {
  const handle = await begin({ tickets: 1500 }, { perPage: 40 });
  await handle.result();
  const { raw } = await handle.describe();
  await keep('continued', '--run-id', raw.workflowExecutionInfo?.firstRunId ?? '');
  await keep('continuation');
});

test('following, and out of quota', async () => {
  const handle = await begin(
    {
      tickets: 300,
      quota: { perMinute: 2, windowSeconds: 1 },
      burst: [{ at: 1_700_000_000, tickets: 120 }],
      pinned: 'repeat',
    },
    { perPage: 50, follow: { everySeconds: 3600 } },
  );
  await untilStatus(
    handle,
    'the first poll',
    ({ waitingFor }) => waitingFor?.startsWith('the next poll') === true,
  );
  await keep('following');
});

test('of two ranges', async () => {
  const handle = await begin({ tickets: 1000, latencyMs: 100 }, { perPage: 40, ranges: 2 });
  await untilStatus(handle, 'two ranges', ({ ranges }) => ranges.length === 2);
  await handle.executeUpdate('pause');
  await handle.executeUpdate('resume');
  await handle.result();
  const { raw } = await handle.describe();
  await keep('ranges', '--run-id', raw.workflowExecutionInfo?.firstRunId ?? '');
});

test('of several streams', async () => {
  const handle = await begin(
    { tickets: 500, latencyMs: 100, unavailable: { organizations: 403 } },
    { perPage: 100, streams: ['tickets', 'users', 'organizations'] },
  );
  await untilStatus(handle, 'both streams', ({ pages }) => pages >= 2);
  await handle.executeUpdate('pause', { args: [{ stream: 'tickets' }] });
  await handle.executeUpdate('addStream', { args: [{ stream: 'ticket_metric_events' }] });
  await handle.executeUpdate('resetCursor', { args: [{ stream: 'users', startTime: 0 }] });
  await handle.executeUpdate('removeStream', { args: [{ stream: 'ticket_metric_events' }] });
  await handle.executeUpdate('resume', { args: [{ stream: 'tickets' }] });
  await handle.result();
  await keep('streams');
});

test('out of quota, beside streams that wait', async () => {
  const handle = await begin(
    {
      tickets: 1000,
      users: 20,
      unavailable: { organizations: 403 },
      quota: { perMinute: 4, windowSeconds: 1 },
    },
    {
      perPage: 100,
      ranges: 2,
      streams: ['tickets', 'users', 'organizations'],
      follow: { everySeconds: 3600 },
      requestsPerMinute: undefined,
    },
  );
  await untilStatus(handle, 'some pages', ({ pages }) => pages >= 6);
  await handle.executeUpdate('pause');
  await handle.executeUpdate('resume');
  await untilStatus(
    handle,
    'the end',
    ({ state, streams }) => state === 'waiting' && streams.tickets?.percent === 100,
  );
  await keep('waiting');
});

test('blocked, with notices', async () => {
  const receiver = await startReceiver(500, 200);
  const EXPORT_NOTIFY_SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
  const handle = await begin(
    { tickets: 500, latencyMs: 100 },
    { perPage: 50 },
    { EXPORT_NOTIFY_URL: receiver.url, EXPORT_NOTIFY_SECRET },
  );
  await untilStatus(handle, 'a page', ({ pages }) => pages >= 1);
  stage.simulator.fault({ kind: 'status', status: 403, times: 'always' });
  await eventually(() => receiver.received[1], 'the notice');
  stage.simulator.clearFaults();
  await handle.signal('resume');
  await handle.result();
  await eventually(() => receiver.received[2], 'the other notice');
  await keep('notices');
  for await (const { workflowId } of stage.client.workflow.list({ query: "WorkflowType = 'sendNotice'" }))
    await keepOf(workflowId, 'notice');
  await receiver.close();
});

test('verified', async () => {
  const now = Math.floor(Date.now() / 1000);
  const handle = await begin({ tickets: 2500, from: now - 200 * 86_400, to: now - 7200, latencyMs: 50 });
  await handle.result();
  const verify = async (name: string, input: Record<string, unknown>): Promise<void> => {
    await changeRows(stage.database, 'DELETE FROM tickets WHERE id % 500 = 7');
    const workflowId = `verify-${name}`;
    const verification = await stage.client.workflow.start('verifyTickets', {
      taskQueue: stage.taskQueue,
      workflowId,
      args: [{ subdomain: 'acme', requestsPerMinute: 100_000, repair: true, ...input }],
    });
    const some = async (): Promise<true | undefined> =>
      (await verification.query<VerificationStatus>('status')).requests > 0 ? true : undefined;
    await eventually(some, 'a request');
    await verification.executeUpdate('pause');
    await verification.executeUpdate('resume');
    await verification.result();
    await keepOf(workflowId, name);
  };
  await verify('verified', { deep: true });
  await verify('reread', { method: 'reread' });
});
