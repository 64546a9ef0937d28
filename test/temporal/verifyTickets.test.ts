import { spawn } from 'node:child_process';
import type { WorkflowHandle } from '@temporalio/client';
import type { VerificationStatus } from '../../src/contract/verification';
import { changeRows } from './changeRows';
import { eventually, setStage, type Stage } from './stage';

const HOUR = 3600;
const TO = Math.floor(Date.now() / 1000) - 2 * HOUR;
const FROM = TO - 200 * 24 * HOUR;

let stage: Stage;
afterEach(async () => stage.close());

async function exported(tickets: number, latencyMs = 0): Promise<void> {
  stage = await setStage({ tickets, from: FROM, to: TO, latencyMs });
  stage.startWorker();
  await (await stage.startExport()).result();
}

async function start(input: Record<string, unknown> = {}): Promise<WorkflowHandle> {
  return stage.client.workflow.start('verifyTickets', {
    taskQueue: stage.taskQueue,
    workflowId: `zendesk-verify-${stage.taskQueue}`,
    workflowIdConflictPolicy: 'FAIL',
    args: [{ subdomain: 'acme', requestsPerMinute: 100_000, deep: true, ...input }],
  });
}

async function verify(input: Record<string, unknown> = {}): Promise<VerificationStatus> {
  return (await (await start(input)).result()) as VerificationStatus;
}

async function statusOf(handle: WorkflowHandle): Promise<VerificationStatus> {
  return handle.query<VerificationStatus>('status');
}

test('what was deleted, made stale and invented by hand is found exactly, repaired, and clean then', async () => {
  await exported(3000);
  const [a, b, c] = [...stage.simulator.truth().values()]
    .filter(({ status }) => status !== 'deleted')
    .map(({ id }) => id)
    .slice(1500);
  await changeRows(
    stage.database,
    `DELETE FROM tickets WHERE id IN (${a ?? 0}, ${b ?? 0})`,
    `UPDATE tickets SET updated_at = updated_at - INTERVAL '2 days' WHERE id = ${c ?? 0}`,
    `INSERT INTO tickets (subdomain, id, generated_timestamp, deleted, created_at, updated_at, ticket)
     VALUES ('acme', 777777, ${FROM}, false, to_timestamp(${FROM + HOUR}), to_timestamp(${FROM + HOUR}), '{"id": 777777}')`,
  );
  const status = await verify({ repair: true });
  expect(status).toMatchObject({
    state: 'completed',
    clean: false,
    missing: { count: 2, ids: [a, b] },
    stale: { count: 1, ids: [c] },
    extra: { count: 1, ids: [777777] },
    unconfirmed: 0,
    repaired: 4,
    percent: 100,
    lastError: null,
  });
  const clean = await verify();
  expect(clean).toMatchObject({
    clean: true,
    missing: { count: 0 },
    stale: { count: 0 },
    extra: { count: 0 },
  });
  // Windows of at most 900 tickets, a page each, and the second before the oldest.
  expect(clean.requests).toBeLessThan(10);
  await eventually(async () => stage.query('SELECT 1').catch(() => undefined), 'the file to be free');
  const rows = await stage.query(
    `SELECT missing, stale, extra, repaired, missing_ids FROM verifications ORDER BY started_at`,
  );
  expect(
    rows.map(({ missing, stale, extra, repaired }) => [missing, stale, extra, repaired].map(Number)),
  ).toEqual([
    [2, 1, 1, 4],
    [0, 0, 0, 0],
  ]);
  const shown = await stage.cli('workflow', 'describe', '--workflow-id', `zendesk-verify-${stage.taskQueue}`);
  expect(shown).toContain('completed');
});

test('it pauses, survives the death of its worker, is resumed, and refuses what it does not know', async () => {
  await exported(4000, 100);
  const handle = await start();
  await eventually(async () => ((await statusOf(handle)).compared > 0 ? true : undefined), 'a window');
  const paused = await handle.executeUpdate<VerificationStatus, []>('pause');
  expect(paused).toMatchObject({ state: 'paused', waitingFor: 'resume' });
  await stage.killWorkers();
  stage.startWorker();
  await handle.signal('reusme');
  await expect(handle.executeUpdate('resume', { args: [{ stream: 'users' }] })).rejects.toThrow();
  await eventually(async () => {
    const { state, rejectedSignals } = await statusOf(handle);
    return state === 'paused' && rejectedSignals.length === 1 ? true : undefined;
  }, 'the refusal');
  await handle.signal('resume');
  expect(await handle.result()).toMatchObject({ state: 'completed', clean: true });
});

test('a worker killed again and again loses nothing, and what it has repaired is counted', async () => {
  await exported(3000, 100);
  await changeRows(stage.database, 'DELETE FROM tickets WHERE id % 10 = 7');
  const expected = [...stage.simulator.truth().values()].filter(
    ({ id, status }) => id % 10 === 7 && status !== 'deleted',
  ).length;
  const handle = await start({ repair: true });
  for (let kill = 1; kill <= 3; kill += 1) {
    const asked = stage.simulator.requests.length;
    await eventually(() => stage.simulator.requests[asked], `request ${asked}`);
    await stage.killWorkers();
    stage.startWorker();
  }
  expect(await handle.result()).toMatchObject({
    missing: { count: expected },
    stale: { count: 0 },
    extra: { count: 0 },
    repaired: expected,
  });
});

test('bad input names every problem, and a refusal blocks until it is resumed', async () => {
  await exported(50);
  await expect(verify({ deep: 'yes', from: 'never' })).rejects.toMatchObject({
    cause: expect.objectContaining({ message: expect.stringMatching(/from: [^]*deep: /) as string }) as Error,
  });
  stage.simulator.fault({ kind: 'status', status: 403, scope: 'others', path: '/api/v2/search' });
  const handle = await start();
  await eventually(async () => ((await statusOf(handle)).state === 'blocked' ? true : undefined), 'a block');
  expect(await statusOf(handle)).toMatchObject({ lastError: { type: 'Forbidden' } });
  await handle.signal('resume');
  expect(await handle.result()).toMatchObject({ clean: true });
});

/** Runs `npm run verify` as it was built. */
async function command(...args: string[]): Promise<{ code: number | null; out: string; errors: string }> {
  const environment = {
    TEMPORAL_ADDRESS: process.env['TEMPORAL_ADDRESS'] ?? '',
    EXPORT_TASK_QUEUE: stage.taskQueue,
  };
  const child = spawn(process.execPath, ['lib/src/commands/verify.js', ...args], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, errors };
}

test('the command ends by what was found, also in halves of windows that are too heavy for Zendesk', async () => {
  await exported(1500);
  const heavy = {
    kind: 'upstreamTimeout',
    scope: 'others',
    path: '/api/v2/search/export',
    perPageAbove: 500,
  } as const;
  stage.simulator.fault({ ...heavy, times: 4 });
  const clean = await command('acme', '--deep');
  expect(clean).toMatchObject({ code: 0, out: expect.stringContaining('"clean": true') as string });
  await changeRows(stage.database, 'DELETE FROM tickets WHERE id = 7');
  const found = await command('acme', '--repair');
  expect(found).toMatchObject({
    code: 1,
    errors: expect.stringContaining('1 missing, 0 stale, 0 extra; 1 repaired.') as string,
  });
  const refused = await command('other');
  expect(refused).toMatchObject({ code: 2, errors: expect.stringContaining('not for other') as string });
});

test('it continues as new, and carries what it has found along', async () => {
  await exported(6000);
  await changeRows(stage.database, 'DELETE FROM tickets WHERE id % 2 = 1');
  const expected = [...stage.simulator.truth().values()].filter(
    ({ id, status }) => id % 2 === 1 && status !== 'deleted',
  ).length;
  const handle = await start({ deep: false });
  expect(await handle.result()).toMatchObject({ missing: { count: expected }, extra: { count: 0 } });
  const { raw } = await handle.describe();
  const first = stage.client.workflow.getHandle(
    handle.workflowId,
    raw.workflowExecutionInfo?.firstRunId ?? '',
  );
  expect((await first.describe()).status.name).toBe('CONTINUED_AS_NEW');
});
