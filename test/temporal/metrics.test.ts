import { Registry } from 'prom-client';
import getPort from 'get-port';
import { ExportGauges } from '../../src/metrics/exports';
import { Metrics } from '../../src/metrics/metrics';
import { readSeries, scrape, valueOf, type Series } from '../support/scrape';
import { eventually, setStage, untilStatus, type Stage } from './stage';

let stage: Stage;

afterEach(async () => stage.close());

const ACME = { subdomain: 'acme' };
const TICKETS = { stream: 'tickets' };

test('the metrics agree with the result, whatever failed on the way', async () => {
  stage = await setStage({ tickets: 3000 });
  const port = await getPort();
  stage.startWorker({ EXPORT_METRICS_ADDRESS: String(port) });
  const { simulator } = stage;
  simulator.fault({ kind: 'throttle', retryAfter: 1 });
  simulator.fault({ kind: 'truncate' });
  const handle = await stage.startExport({ perPage: 100 });
  const status = await untilStatus(handle, 'the end', ({ state }) => state === 'completed');
  const series = await scrape(port);
  const value = (name: string, labels = {}): number | undefined =>
    valueOf(series, `zendesk_export_${name}`, { ...ACME, ...labels });

  expect(value('records_total', TICKETS)).toBe(3000);
  expect(value('records_deleted_total', TICKETS)).toBe(status.deleted);
  expect(value('pages_total', TICKETS)).toBe(status.pages);
  expect(value('records_quarantined_total', TICKETS)).toBe(0);
  expect(value('failures_total', { type: 'Throttled' })).toBe(1);
  expect(value('failures_total', { type: 'ZendeskUnavailable' })).toBe(1);
  const answered = simulator.requests.filter(({ path }) => path.startsWith('/api/v2/incremental/'));
  const exports = series.filter(
    ({ name, labels }) =>
      name === 'zendesk_export_requests_total' &&
      labels['endpoint'] === 'export' &&
      labels['outcome'] !== 'aborted',
  );
  expect(value('requests_total', { endpoint: 'export', outcome: '429' })).toBe(1);
  expect(exports.reduce((sum, each) => sum + each.value, 0)).toBe(answered.length);
  expect(value('request_duration_seconds_count', { endpoint: 'export' })).toBeGreaterThanOrEqual(
    answered.length,
  );
  expect(value('pages_read', TICKETS)).toBe(status.pages);
  expect(value('state', { state: 'completed' })).toBe(1);
  expect(value('state', { state: 'running' })).toBe(0);
  expect(value('watermark_timestamp_seconds', TICKETS)).toBe(Date.parse(status.watermark ?? '') / 1000);
});

test('a worker that has just started shows what a blocked export waits for, and until when it had read', async () => {
  stage = await setStage({ tickets: 2000 });
  const first = stage.startWorker();
  stage.simulator.fault({ kind: 'status', status: 403, body: 'errorObject', times: 'always' });
  const handle = await stage.startExport();
  await untilStatus(handle, 'the block', ({ state }) => state === 'blocked');
  await first.kill('SIGTERM');

  const port = await getPort();
  stage.startWorker({ EXPORT_METRICS_ADDRESS: String(port) });
  await eventually(async () => {
    const series = await scrape(port).catch(() => []);
    return valueOf(series, 'zendesk_export_state', { ...ACME, state: 'blocked' }) === 1 ? true : undefined;
  }, 'the gauge');
});

/** Gauges of this process, beside those of the worker. */
function gaugesOf({ client, taskQueue }: Stage): { gauges: ExportGauges; shown: () => Promise<Series[]> } {
  const registry = new Registry();
  return {
    gauges: new ExportGauges(client.workflow, taskQueue, new Metrics(registry)),
    shown: async () => readSeries(await registry.metrics()),
  };
}

/** The states that exports are in, by what is shown: `<workflow id> <subdomain> <state>`. */
function statesOf(series: readonly Series[]): string[] {
  return series
    .filter(({ name, value }) => name === 'zendesk_export_state' && value === 1)
    .map(
      ({ labels }) => `${labels['workflow_id'] ?? ''} ${labels['subdomain'] ?? ''} ${labels['state'] ?? ''}`,
    )
    .sort();
}

async function untilShown(
  { gauges, shown }: ReturnType<typeof gaugesOf>,
  states: readonly string[],
): Promise<void> {
  await eventually(
    async () => {
      await gauges.look();
      return JSON.stringify(statesOf(await shown())) === JSON.stringify([...states].sort())
        ? true
        : undefined;
    },
    `the states ${states.join(', ')}`,
  );
}

test('the gauges of a terminated export are those of an ended one', async () => {
  stage = await setStage({ tickets: 10 });
  const seen = gaugesOf(stage);
  stage.startWorker();
  const handle = await stage.startExport({ follow: { everySeconds: 3600 } });
  await untilStatus(handle, 'the first poll', (status) => status.state === 'waiting');
  await untilShown(seen, [`${stage.workflowId} acme waiting`]);
  await handle.terminate();
  await untilShown(seen, [`${stage.workflowId} acme terminated`]);
});

test('exports are distinguished by their ids, whatever those are, and runs of a schedule are one', async () => {
  stage = await setStage({ tickets: 10 });
  const seen = gaugesOf(stage);
  const port = await getPort();
  stage.startWorker({ EXPORT_METRICS_ADDRESS: String(port) });
  const { taskQueue, workflowId, client } = stage;
  const start = async (id: string, input: Record<string, unknown>): Promise<void> => {
    const handle = await client.workflow.start('exportTickets', {
      taskQueue,
      workflowId: id,
      args: [{ subdomain: 'acme', startTime: 0, requestsPerMinute: 1000, ...input }],
    });
    const isThere = ({ state }: { state: string }): boolean => ['waiting', 'completed'].includes(state);
    await untilStatus(handle, 'all tickets', isThere);
  };
  const follow = { follow: { everySeconds: 3600 } };
  await start(`${workflowId}-2026-11-24T02:00:00Z`, {});
  await start(`${workflowId}-2026-11-25T02:00:00Z`, {});
  await start(`any ${taskQueue}`, follow);
  await start(`other ${taskQueue}`, follow);

  const expected = [`any ${taskQueue} acme waiting`, `other ${taskQueue} acme waiting`];
  await untilShown(seen, expected);
  expect(statesOf(await scrape(port))).toEqual([...expected, `${workflowId} acme completed`].sort());
});

test('one that cannot be queried hides none of the others', async () => {
  stage = await setStage({ tickets: 10 });
  const seen = gaugesOf(stage);
  // Its state cannot be read, as with a key that the worker lacks: every workflow task fails, and so does a query.
  const unreadable = `a-${stage.workflowId}`;
  await stage.cli(
    ...['workflow', 'start', '--type', 'exportTickets', '--task-queue', stage.taskQueue],
    ...['--workflow-id', unreadable, '--input', '{}', '--input-meta', 'encoding=json/plain'],
    ...['--input', 'x', '--input-meta', 'encoding=cbor/plain'],
  );
  stage.startWorker();
  stage.simulator.fault({ kind: 'status', status: 403, body: 'errorObject', times: 'always' });
  const handle = await stage.startExport();
  await untilStatus(handle, 'the block', ({ state }) => state === 'blocked');
  await untilShown(seen, [`${stage.workflowId} acme blocked`]);
  await stage.client.workflow.getHandle(unreadable).terminate();
});
