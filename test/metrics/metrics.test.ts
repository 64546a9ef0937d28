import { Metrics } from '../../src/metrics/metrics';
import { RecordingMeter } from '../support/recordingMeter';
import { EMPTY_PAGE } from '../workflows/summary';

const PAGE = { ...EMPTY_PAGE, received: 10, written: 9, deleted: 2, quarantined: 1, bytes: 1000 };
const key = (page: number): { exportId: string; epoch: number; page: number } => ({
  exportId: 'x',
  epoch: 0,
  page,
});

test('a page that several attempts find in the destination counts once', () => {
  const recording = new RecordingMeter();
  const metrics = new Metrics(recording.meter);
  metrics.account('acme');
  expect(recording.value('zendesk_export_tickets', { subdomain: 'acme' })).toBe(0);
  metrics.page('acme', key(1), PAGE);
  metrics.page('acme', key(2), PAGE);
  metrics.page('acme', key(1), PAGE);
  for (const [name, value] of [
    ['tickets', 18],
    ['tickets_deleted', 4],
    ['tickets_quarantined', 2],
    ['pages', 2],
    ['bytes', 2000],
  ] as const) {
    expect(recording.value(`zendesk_export_${name}`, { subdomain: 'acme' })).toBe(value);
  }
});

test('an export is in one state at a time', () => {
  const recording = new RecordingMeter();
  const metrics = new Metrics(recording.meter);
  const inState = (state: string): number | undefined =>
    recording.value('zendesk_export_state', { subdomain: 'acme', state });
  metrics.inState('acme', 'running');
  metrics.inState('acme', 'blocked');
  expect([inState('running'), inState('blocked'), inState('completed')]).toEqual([0, 1, 0]);
});

test('credentials that have been replaced by some without an end alert no more', () => {
  const recording = new RecordingMeter();
  const metrics = new Metrics(recording.meter);
  const ends = (): number | undefined =>
    recording.value('zendesk_export_credentials_expire_timestamp_seconds', { subdomain: 'acme' });
  metrics.credentials('acme', null);
  expect(ends()).toBeUndefined();
  metrics.credentials('acme', 1000);
  expect(ends()).toBe(1000);
  metrics.credentials('acme', null);
  expect(ends()).toBeNaN();
});
