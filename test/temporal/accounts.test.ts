import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { startSimulator, type FaultSpec, type Simulator } from '../../src/simulator';
import { eventually, SECRET, setStage, statusOf, untilStatus, type Stage, type WorkerProcess } from './stage';

let stage: Stage;
let folder: string;
const simulators = new Map<string, Simulator>();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'accounts-'));
  stage = await setStage();
});

afterEach(async () => {
  await stage.close();
  await Promise.all([...simulators.values()].map(async (simulator) => simulator.close()));
  simulators.clear();
  rmSync(folder, { recursive: true });
});

async function simulate(subdomain: string, tickets: number): Promise<Simulator> {
  const simulator = await startSimulator({ subdomain, tickets, tokens: { bearer: SECRET } });
  simulators.set(subdomain, simulator);
  return simulator;
}

/** Configures every simulated account, in place of what was configured before. */
function configure(tokens: Record<string, string> = {}): void {
  const accounts = [...simulators].map(([subdomain, { url }]) => ({
    subdomain,
    baseUrl: url,
    oauthToken: tokens[subdomain] ?? '${TOKEN}',
  }));
  const destinations = { all: `duckdb:${stage.database}` };
  writeFileSync(join(folder, 'new'), JSON.stringify({ destinations, accounts }));
  renameSync(join(folder, 'new'), join(folder, 'export.json'));
}

function startWorker(): WorkerProcess {
  return stage.startWorker({
    EXPORT_CONFIG: join(folder, 'export.json'),
    TOKEN: SECRET,
    EXPORT_DESTINATION: '',
    ZENDESK_SUBDOMAIN: '',
    ZENDESK_BASE_URL: '',
    ZENDESK_OAUTH_TOKEN: '',
  });
}

async function startExport(subdomain: string): Promise<WorkflowHandle> {
  return stage.client.workflow.start('exportTickets', {
    taskQueue: stage.taskQueue,
    workflowId: `${stage.workflowId}-${subdomain}`,
    args: [{ subdomain, startTime: 0, perPage: 100, requestsPerMinute: 100_000 }],
  });
}

async function stored(): Promise<unknown[]> {
  return stage.query('SELECT subdomain, count(*)::INT AS tickets FROM tickets GROUP BY 1 ORDER BY 1');
}

function undefinedIfBusy(error: unknown): undefined {
  if (!String(error).includes('Could not set lock')) throw error;
}

test('an account in trouble holds up no other, although they share the worker and the DuckDB file', async () => {
  const troubles: Record<string, FaultSpec> = {
    down: { kind: 'status', status: 503, body: 'html', times: 'always' },
    silent: { kind: 'stall', times: 'always' },
    throttled: { kind: 'throttle', retryAfter: 2, times: 'always' },
  };
  for (const [subdomain, fault] of Object.entries(troubles)) (await simulate(subdomain, 300)).fault(fault);
  await simulate('well', 3000);
  configure();
  startWorker();
  const sick = await Promise.all(Object.keys(troubles).map(startExport));
  for (const subdomain of Object.keys(troubles)) {
    await eventually(
      () => simulators.get(subdomain)?.requests.find(({ path }) => path.includes('incremental')),
      `the trouble of ${subdomain}`,
    );
  }
  expect(await (await startExport('well')).result()).toMatchObject({ state: 'completed', tickets: 3000 });
  for (const handle of sick) expect((await statusOf(handle)).tickets).toBe(0);
  for (const simulator of simulators.values()) simulator.clearFaults();
  const [down, silent, throttled] = sick;
  // A request that got no answer is given up after more than a minute.
  await silent?.cancel();
  expect(await down?.result()).toMatchObject({ state: 'completed', tickets: 300 });
  expect(await throttled?.result()).toMatchObject({ state: 'completed', tickets: 300 });
  // The silent one holds the file until its request learns that it has been cancelled.
  const rows = await eventually(async () => stored().catch(undefinedIfBusy), 'the file to be let go of');
  expect(rows).toEqual([
    { subdomain: 'down', tickets: 300 },
    { subdomain: 'throttled', tickets: 300 },
    { subdomain: 'well', tickets: 3000 },
  ]);
});

test('what is corrected or added in the file counts at once, without a restart', async () => {
  await simulate('acme', 300);
  configure({ acme: 'wrong' });
  const worker = startWorker();
  const acme = await startExport('acme');
  const blocked = await untilStatus(acme, 'the block', ({ state }) => state === 'blocked');
  expect(blocked.lastError).toMatchObject({ type: 'Unauthorized' });
  await expect((await startExport('globex')).result()).rejects.toMatchObject({
    cause: {
      type: 'InvalidInput',
      message: expect.stringContaining('this worker has credentials for acme, not for globex') as unknown,
    },
  });
  await simulate('globex', 200);
  configure();
  await acme.signal('resume');
  expect(await acme.result()).toMatchObject({ state: 'completed', tickets: 300 });
  expect(await (await startExport('globex')).result()).toMatchObject({ state: 'completed', tickets: 200 });
  expect(worker.output()).toContain('"added":["globex"],"otherCredentials":["acme"]');
  expect(worker.output()).not.toContain(SECRET);
  expect(await stored()).toEqual([
    { subdomain: 'acme', tickets: 300 },
    { subdomain: 'globex', tickets: 200 },
  ]);
});
