import type { WorkflowHandle } from '@temporalio/client';
import { expectWholeAccount, setStage, untilStatus, type Stage } from './stage';

let stage: Stage;
afterEach(async () => stage.close());

async function untilMorePages(handle: WorkflowHandle): Promise<void> {
  const { pages } = await untilStatus(handle, 'an answer', () => true);
  await untilStatus(handle, 'more pages', (status) => status.pages > pages || status.percent === 100);
}

test('an export out of quota, beside streams that wait, is taken over again and again, and steered by each worker', async () => {
  stage = await setStage({
    tickets: 3000,
    users: 20,
    latencyMs: 100,
    unavailable: { organizations: 403 },
    quota: { perMinute: 12, windowSeconds: 2 },
  });
  stage.startWorker();
  const handle = await stage.startExport({
    perPage: 50,
    ranges: 3,
    streams: ['tickets', 'users', 'organizations'],
    follow: { everySeconds: 3600 },
    requestsPerMinute: undefined,
  });
  const takeOver = async (): Promise<void> => {
    await stage.killWorkers();
    stage.startWorker();
  };
  await untilMorePages(handle);
  await takeOver();
  await handle.executeUpdate('pause');
  await takeOver();
  await handle.executeUpdate('resume');
  for (const [update, message] of [
    ['resetCursor', { stream: 'users', startTime: 0 }],
    ['resume', { stream: 'organizations' }],
    ['removeStream', { stream: 'organizations' }],
  ] as const) {
    await untilMorePages(handle);
    await takeOver();
    await handle.executeUpdate(update, { args: [message] });
  }
  await untilStatus(
    handle,
    'the end',
    ({ state, streams }) => state === 'waiting' && streams.tickets?.percent === 100,
  );
  await stage.killWorkers();
  await expectWholeAccount(stage);
});
