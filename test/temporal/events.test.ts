import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { startDevServer, type DevServer } from '../../src/development/devServer';
import { installTelemetry } from '../../src/temporal/telemetry';
import { BUNDLE } from './bundles';
import { setStage, untilStatus, type Stage } from './stage';

/** The server of the other tests ends a run after 200 events, most of which would belong to its beginning. */
let server: DevServer;
beforeAll(async () => {
  await installTelemetry('ERROR');
  server = await startDevServer();
});
afterAll(async () => server.teardown());

let stage: Stage;
afterEach(async () => stage.close());

/** Counts events from the first page on, of a history that can be replayed. */
async function eventsOf(
  handle: WorkflowHandle,
): Promise<{ readonly perPage: number; readonly waits: number }> {
  const history = await handle.fetchHistory();
  await Worker.runReplayHistory(BUNDLE, history, handle.workflowId);
  const events = history.events ?? [];
  const pages = events.flatMap(({ activityTaskScheduledEventAttributes: scheduled }, index) =>
    scheduled?.activityType?.name === 'exportPage' ? index : [],
  );
  const waits = events.filter(({ timerFiredEventAttributes: fired }) => fired).length;
  return { perPage: (events.length - (pages[0] ?? 0)) / pages.length, waits };
}

const BESIDE = { streams: ['tickets', 'users', 'organizations'] };

// Of the streams beside the tickets, users have been read and wait for their poll, and organizations are unavailable.
test.each([
  ['tickets alone', undefined, { streams: ['tickets'] }, 6.1],
  ['tickets, out of quota, beside streams that wait', { perMinute: 20, windowSeconds: 8 }, BESIDE, 6.5],
  ['all streams, out of quota', { perMinute: 12, windowSeconds: 6 }, { streams: 'all' }, 6.7],
])('a page costs few events of the history: %s', async (_, quota, input, most) => {
  stage = await setStage(
    { tickets: 20_000, users: 20, unavailable: { organizations: 403 }, quota },
    { address: server.address },
  );
  stage.startWorker();
  const requestsPerMinute = quota === undefined ? 100_000 : undefined;
  const handle = await stage.startExport({
    perPage: 100,
    follow: { everySeconds: 3600 },
    requestsPerMinute,
    ...input,
  });
  await untilStatus(handle, 'many pages', ({ pages }) => pages >= 65);
  const { perPage, waits } = await eventsOf(handle);
  expect(perPage).toBeLessThanOrEqual(most);
  expect(waits > 0).toBe(quota !== undefined);
});
