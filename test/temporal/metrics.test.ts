import { ExportGauges } from '../../src/metrics/exports';
import { Metrics } from '../../src/metrics/metrics';
import { freePort } from '../../src/temporal/port';
import { RecordingMeter } from '../support/recordingMeter';
import { scrape, valueOf } from '../support/scrape';
import { eventually, setStage, untilStatus, type Stage } from './stage';

let stage: Stage;

afterEach(async () => stage.close());

const ACME = { subdomain: 'acme' };

test('the metrics agree with the result, whatever failed on the way', async () => {
  stage = await setStage({ tickets: 3000 });
  const port = await freePort();
  stage.startWorker({ EXPORT_METRICS_ADDRESS: String(port) });
  const { simulator } = stage;
  simulator.fault({ kind: 'throttle', retryAfter: 1 });
  simulator.fault({ kind: 'truncate' });
  const handle = await stage.startExport({ perPage: 100 });
  const status = await untilStatus(handle, 'the end', ({ state }) => state === 'completed');
  const series = await scrape(port);
  const value = (name: string, labels = {}): number | undefined =>
    valueOf(series, `zendesk_export_${name}`, { ...ACME, ...labels });

  expect(value('tickets_total')).toBe(3000);
  expect(value('tickets_deleted_total')).toBe(status.deleted);
  expect(value('pages_total')).toBe(status.pages);
  expect(value('tickets_quarantined_total')).toBe(0);
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
  expect(value('state', { state: 'completed' })).toBe(1);
  expect(value('state', { state: 'running' })).toBe(0);
  expect(value('watermark_timestamp_seconds')).toBe(Date.parse(status.watermark ?? '') / 1000);
});

test('a worker that starts anew shows what a blocked export waits for, and until when it had read', async () => {
  stage = await setStage({ tickets: 2000 });
  const first = stage.startWorker();
  stage.simulator.fault({ kind: 'status', status: 403, body: 'errorObject', times: 'always' });
  const handle = await stage.startExport();
  await untilStatus(handle, 'the block', ({ state }) => state === 'blocked');
  await first.kill('SIGTERM');

  const port = await freePort();
  stage.startWorker({ EXPORT_METRICS_ADDRESS: String(port) });
  await eventually(async () => {
    const series = await scrape(port).catch(() => []);
    return valueOf(series, 'zendesk_export_state', { ...ACME, state: 'blocked' }) === 1 ? true : undefined;
  }, 'the gauge');
});

test('the gauges of a terminated export are those of an ended one', async () => {
  stage = await setStage({ tickets: 10 });
  const { meter, state } = recorder();
  const gauges = new ExportGauges(stage.client.workflow, stage.taskQueue, new Metrics(meter));
  stage.startWorker();
  const handle = await stage.startExport({ follow: { everySeconds: 3600 } });
  await untilStatus(handle, 'the first poll', (status) => status.state === 'waiting');
  await eventually(async () => {
    await gauges.look();
    return state('waiting') === 1 ? true : undefined;
  }, 'the export to be listed');

  await handle.terminate();
  await eventually(async () => {
    await gauges.look();
    return state('terminated') === 1 ? true : undefined;
  }, 'the export not to be listed');
  expect(state('waiting')).toBe(0);
});

function recorder(): { meter: RecordingMeter['meter']; state: (state: string) => number | undefined } {
  const recording = new RecordingMeter();
  return {
    meter: recording.meter,
    state: (state) => recording.value('zendesk_export_state', { ...ACME, state }),
  };
}
