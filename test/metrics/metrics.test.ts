import { Registry } from 'prom-client';
import type { PageRequest } from '../../src/contract/page';
import { Metrics } from '../../src/metrics/metrics';
import { readSeries, valueOf, type Series } from '../support/scrape';
import { EMPTY_PAGE } from '../workflows/emptyPage';

const PAGE = { ...EMPTY_PAGE, received: 10, written: 9, deleted: 2, quarantined: 1, bytes: 1000 };
const EXPORT = { subdomain: 'acme', workflow_id: 'zendesk-tickets-acme' };
const LABELS = { subdomain: 'acme', stream: 'users' };
const asked = (page: number): PageRequest => ({
  subdomain: 'acme',
  stream: 'users',
  key: { exportId: 'x', epoch: 0, page },
  range: 0,
  position: { endpoint: 'cursor', startTime: 0 },
  perPage: 1000,
  include: [],
  supportTypeScope: 'all',
  excludeDeleted: false,
});

let registry: Registry;
let metrics: Metrics;
beforeEach(() => {
  registry = new Registry();
  metrics = new Metrics(registry);
});

async function shown(): Promise<Series[]> {
  return readSeries(await registry.metrics());
}

test('a page that several attempts find in the destination counts once', async () => {
  metrics.account('acme');
  expect(valueOf(await shown(), 'zendesk_export_records_total', LABELS)).toBe(0);
  metrics.page(asked(1), PAGE);
  metrics.page(asked(2), PAGE);
  metrics.page(asked(1), PAGE);
  const series = await shown();
  for (const [name, value] of [
    ['records', 18],
    ['records_deleted', 4],
    ['records_quarantined', 2],
    ['pages', 2],
    ['bytes', 2000],
  ] as const) {
    expect(valueOf(series, `zendesk_export_${name}_total`, LABELS)).toBe(value);
  }
});

test('an export is in one state at a time', async () => {
  metrics.inState(EXPORT, 'running');
  metrics.inState(EXPORT, 'blocked');
  const states = (await shown()).filter(({ name }) => name === 'zendesk_export_state');
  expect(states.filter(({ value }) => value === 1).map(({ labels }) => labels)).toEqual([
    { ...EXPORT, state: 'blocked' },
  ]);
  expect(states).toHaveLength(10);
});

test('nothing is shown of an export that is forgotten', async () => {
  metrics.inState(EXPORT, 'failed');
  metrics.reached(EXPORT, {
    users: { state: 'running', watermark: '2024-01-01T00:00:00Z', sweptAt: null, pages: 5 },
  });
  metrics.forget(EXPORT);
  expect((await shown()).filter(({ labels }) => 'workflow_id' in labels)).toEqual([]);
});

test('credentials that have been replaced by some without an end are not shown any more', async () => {
  const ends = async (): Promise<number | undefined> =>
    valueOf(await shown(), 'zendesk_export_credentials_expire_timestamp_seconds', { subdomain: 'acme' });
  metrics.credentials('acme', null);
  expect(await ends()).toBeUndefined();
  metrics.credentials('acme', 1000);
  expect(await ends()).toBe(1000);
  metrics.credentials('acme', null);
  expect(await ends()).toBeUndefined();
});
