import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDevServer } from '../../src/development/devServer';
import { eventually, expectWholeAccount, setStage, untilStatus, type Stage } from './stage';

let stage: Stage;
afterEach(async () => stage.close());

test('a worker killed five times in mid-page loses nothing and repeats nothing', async () => {
  stage = await setStage({ tickets: 6000, latencyMs: 150 });
  const { simulator } = stage;
  let worker = stage.startWorker();
  const handle = await stage.startExport({ perPage: 250 });
  for (let kill = 1; kill <= 5; kill += 1) {
    const asked = simulator.requests.length;
    await eventually(() => simulator.requests[asked], `request ${asked}`);
    await worker.kill('SIGKILL');
    worker = stage.startWorker();
  }
  expect(await handle.result()).toMatchObject({ state: 'completed', tickets: 6000 });
  await expectWholeAccount(stage);
}, 400_000);

test('a worker killed just after a pause leaves a paused export, that continues at resume', async () => {
  stage = await setStage({ tickets: 1500 });
  stage.simulator.fault({ kind: 'stall' });
  const worker = stage.startWorker();
  const handle = await stage.startExport();
  await eventually(
    () => stage.simulator.requests.find(({ path }) => path.includes('incremental')),
    'a page under way',
  );
  await handle.signal('pause');
  await worker.kill('SIGKILL');
  stage.startWorker();
  await untilStatus(handle, 'the pause', ({ state }) => state === 'paused');
  await eventually(async () => {
    const { raw } = await handle.describe();
    return (raw.pendingActivities ?? []).length === 0 ? true : undefined;
  }, 'the dead attempt to be noticed');
  await handle.signal('resume');
  expect(await handle.result()).toMatchObject({ state: 'completed', tickets: 1500 });
  await expectWholeAccount(stage);
});

test('a page that lands, and a resume, both while no worker looks, are followed by one page and not by two', async () => {
  stage = await setStage({ tickets: 1500, latencyMs: 50 });
  const worker = stage.startWorker();
  const handle = await stage.startExport({ perPage: 100 });
  await untilStatus(handle, 'a page', ({ pages }) => pages >= 1);
  await handle.executeUpdate('pause');
  await worker.kill('SIGTERM');
  await handle.signal('resume');
  stage.startWorker();
  expect(await handle.result()).toMatchObject({ state: 'completed', tickets: 1500, pages: 16 });
  await expectWholeAccount(stage);
});

test('a worker that is asked to stop lets its page land', async () => {
  stage = await setStage({ tickets: 3000, latencyMs: 400 });
  const worker = stage.startWorker();
  const handle = await stage.startExport({ perPage: 250 });
  await eventually(() => stage.simulator.requests[3], 'a page under way');
  expect(await worker.kill('SIGTERM')).toBe(0);
  stage.startWorker();
  expect(await handle.result()).toMatchObject({ state: 'completed', tickets: 3000 });
  const show = await stage.cli('workflow', 'show', '--workflow-id', stage.workflowId, '--output', 'json');
  expect(show).not.toContain('"attempt": 2');
  await expectWholeAccount(stage);
});

test('a Temporal server that restarts in the middle changes nothing', async () => {
  const dbFilename = join(mkdtempSync(join(tmpdir(), 'temporal-')), 'temporal.db');
  const first = await startDevServer({ dbFilename });
  stage = await setStage({ tickets: 3000, latencyMs: 150 }, { address: first.address });
  stage.startWorker();
  const { workflowId } = await stage.startExport({ perPage: 250 });
  await eventually(() => stage.simulator.requests[4], 'some pages');
  await first.teardown();
  const second = await startDevServer({ dbFilename, port: Number(first.address.split(':')[1]) });
  expect(await second.client.workflow.getHandle(workflowId).result()).toMatchObject({
    state: 'completed',
    tickets: 3000,
  });
  await expectWholeAccount(stage);
  await second.teardown();
});
