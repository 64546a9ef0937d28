import type { WorkflowHandle } from '@temporalio/client';
import { expectWholeAccount, setStage, untilStatus, type Stage } from './stage';

/** Long enough for the pages of four ranges to be under way at once, and for several runs of the workflow. */
const ACCOUNT = { tickets: 8000, latencyMs: 100 };
const INPUT = { perPage: 100, ranges: 4 };

describe('an export of four ranges side by side', () => {
  let stage: Stage;
  let handle: WorkflowHandle;
  beforeEach(async () => {
    stage = await setStage(ACCOUNT);
    handle = await stage.startExport(INPUT);
    stage.startWorker();
    await untilStatus(handle, 'four ranges', ({ ranges }) => ranges.length === 4);
  });
  afterEach(async () => stage.close());

  test('brings every ticket once, and hands on what finished ranges leave', async () => {
    const result: unknown = await handle.result();
    expect(result).toMatchObject({ state: 'completed', tickets: 8000, percent: 100 });
    await expectWholeAccount(stage);
    const { raw } = await handle.describe();
    expect(raw.workflowExecutionInfo?.firstRunId).not.toBe(raw.workflowExecutionInfo?.execution?.runId);
  });

  test('is paused, killed, changed meanwhile and resumed as a whole', async () => {
    await handle.executeUpdate('pause');
    await untilStatus(handle, 'the pause', ({ state }) => state === 'paused');
    await stage.killWorkers();
    const { simulator } = stage;
    simulator.updateMany([...simulator.truth().keys()].filter((id) => id % 7 === 0));
    simulator.advance(120);
    stage.startWorker();
    await handle.executeUpdate('resume');
    await untilStatus(handle, 'another page', ({ pages }) => pages > 20);
    await stage.killWorkers();
    stage.startWorker();
    expect(await handle.result()).toMatchObject({ state: 'completed' });
    await expectWholeAccount(stage);
  });

  test('is taken over twice after pages have landed while it was paused', async () => {
    await handle.executeUpdate('pause');
    const { requests } = stage.simulator;
    const asked = requests.filter(({ path }) => path.startsWith('/api/v2/incremental/')).length;
    // Every page that was on its way lands, and none follows.
    const { pages } = await untilStatus(handle, 'the pages to land', (status) => status.pages === asked);
    await stage.killWorkers();
    stage.startWorker();
    await handle.executeUpdate('resume');
    await untilStatus(handle, 'another page', (status) => status.pages > pages);
    await stage.killWorkers();
    stage.startWorker();
    expect(await handle.result()).toMatchObject({ state: 'completed' });
    await expectWholeAccount(stage);
  });

  test('is one range again after a reset, which splits again', async () => {
    await handle.executeUpdate('resetCursor', { args: [{ startTime: 0 }] });
    const moved = await untilStatus(
      handle,
      'the ranges of the new epoch',
      ({ ranges }) => ranges.length === 4,
    );
    expect(moved.actions).toMatchObject([{ action: 'resetCursor' }]);
    expect(await handle.result()).toMatchObject({ state: 'completed' });
    await expectWholeAccount(stage);
  });
});
