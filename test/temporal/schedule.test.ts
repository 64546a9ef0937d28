import type { Status } from '../../src/contract/status';
import { eventually, expectWholeAccount, setStage, type Stage } from './stage';

let stage: Stage;
afterEach(async () => stage.close());

test("a schedule's next run continues from the last result and writes nothing twice", async () => {
  stage = await setStage({ tickets: 2000 });
  const { client, taskQueue, simulator, cli } = stage;
  stage.startWorker();
  const scheduleId = `nightly-${taskQueue}`;
  const input = { subdomain: 'acme', startTime: 0, requestsPerMinute: 9999 };
  await cli(
    ...['schedule', 'create', '--schedule-id', scheduleId, '--cron', '0 3 * * *', '--overlap-policy', 'Skip'],
    ...['--type', 'exportTickets', '--task-queue', taskQueue, '--workflow-id', stage.workflowId],
    ...['--input', JSON.stringify(input)],
  );
  const runs = async (): Promise<string[]> => {
    const { info } = await client.schedule.getHandle(scheduleId).describe();
    return info.recentActions.map(({ action }) => action.workflow.workflowId);
  };
  const runAgain = async (already: readonly string[]): Promise<Status> => {
    await cli('schedule', 'trigger', '--schedule-id', scheduleId);
    const id = await eventually(
      async () => (await runs()).find((run) => !already.includes(run)),
      'the run to start',
    );
    return (await client.workflow.getHandle(id).result()) as Status;
  };

  expect(await runAgain([])).toMatchObject({ state: 'completed', tickets: 2000 });
  const asked = simulator.requests.length;
  const changed = [...simulator.truth().keys()].slice(0, 3);
  simulator.updateMany(changed, { at: Math.floor(Date.now() / 1000) - 90 });
  // Runs of a schedule are named by the second they were due.
  await eventually(() => (Date.now() % 1000 < 200 ? true : undefined), 'another second');
  expect(await runAgain(await runs())).toMatchObject({ state: 'completed', tickets: 3, pages: 1 });
  expect(simulator.requests.slice(asked).filter(({ path }) => path.includes('incremental'))).toHaveLength(1);
  await expectWholeAccount(stage);
  await client.schedule.getHandle(scheduleId).delete();
});
