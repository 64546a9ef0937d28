import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import getPort from 'get-port';
import { scrape } from '../support/scrape';
import { eventually, setStage, untilStatus, type Stage } from './stage';

const MONITORING = resolve('monitoring');
const ALERTS = readFileSync(join(MONITORING, 'alerts.yml'), 'utf8');
const DASHBOARD = readFileSync(join(MONITORING, 'grafana', 'dashboards', 'zendesk-export.json'), 'utf8');
const DOCS = readFileSync(join('docs', 'monitoring.md'), 'utf8');

const EMAIL = 'me@example.com';
const API_TOKEN = 'token-of-the-test';

let stage: Stage;
let port: number;

/** A run in which all that is measured happens. */
beforeAll(async () => {
  stage = await setStage({
    tickets: 500,
    quota: { perMinute: 1000, windowSeconds: 60 },
    tokens: { email: EMAIL, apiToken: API_TOKEN },
  });
  const { simulator } = stage;
  const [ticket = 0] = simulator.truth().keys();
  simulator.update(ticket, { set: { sentiment: 'good' }, at: Math.floor(Date.now() / 1000) - 300 });
  simulator.fault({ kind: 'throttle', retryAfter: 1 });
  port = await getPort();
  stage.startWorker({
    EXPORT_METRICS_ADDRESS: String(port),
    ZENDESK_OAUTH_TOKEN: '',
    ZENDESK_EMAIL: EMAIL,
    ZENDESK_API_TOKEN: API_TOKEN,
  });
  const handle = await stage.startExport({
    perPage: 100,
    streams: ['tickets', 'groups'],
    follow: { everySeconds: 3600 },
  });
  await untilStatus(handle, 'the first poll', ({ state }) => state === 'waiting');
  await stage.client.workflow.execute('verifyTickets', {
    taskQueue: stage.taskQueue,
    workflowId: `verify-${stage.taskQueue}`,
    args: [{ subdomain: 'acme' }],
  });
});
afterAll(async () => stage.close());

function namesIn(text: string): string[] {
  return [...new Set(text.match(/\bzendesk_export_[a-z_]*[a-z]\b/g))];
}

test.each([
  ['the alerts', ALERTS],
  ['the dashboard', DASHBOARD],
])('every metric of %s is one that a worker shows', async (_, text) => {
  const shown = new Set((await scrape(port)).map(({ name }) => name));
  expect(namesIn(text).length).toBeGreaterThan(4);
  expect(namesIn(text).filter((name) => !shown.has(name))).toEqual([]);
});

test('the table of metrics has every metric that a worker shows, and no other', async () => {
  const shown = (await scrape(port))
    .map(({ name }) => name.replace(/_(bucket|sum|count)$/, ''))
    .filter((name) => name.startsWith('zendesk_export_'));
  const rows = DOCS.split('\n').filter((line) => /^\| `[^|]*\| (counter|gauge|histogram) /.test(line));
  const documented = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => `zendesk_export_${name ?? ''}`),
  );
  expect(documented.sort()).toEqual([...new Set(shown)].sort());
});

test('every recorded name that the dashboard uses is recorded by the rules', () => {
  const used = new Set(`${DASHBOARD}${ALERTS}`.match(/zendesk_export:\w+/g));
  const recorded = [...ALERTS.matchAll(/record: (\S+)/g)].map(([, name]) => name);
  expect([...used].sort()).toEqual(recorded.sort());
});

// Not by what is installed: where Prometheus is missing, these fail by name.
const withPrometheus = process.env['TEST_WITHOUT_PROMETHEUS'] === 'yes' ? describe.skip : describe;

withPrometheus('with a real Prometheus', () => {
  test.each(['prometheus', 'promtool'])(
    '%s is installed (Debian: apt-get install prometheus), unless TEST_WITHOUT_PROMETHEUS=yes says that it need not be',
    (program) => {
      expect(spawnSync(program, ['--version']).status).toBe(0);
    },
  );

  test('the alerts fire when they should, and only then', () => {
    execFileSync('promtool', ['check', 'config', join(MONITORING, 'prometheus.yml')]);
    execFileSync('promtool', ['test', 'rules', join(MONITORING, 'alerts.test.yml')]);
  });

  test('every query of the dashboard has an answer', async () => {
    const prometheus = await startPrometheus(port);
    try {
      const queries = queriesOf(DASHBOARD);
      expect(queries.length).toBeGreaterThan(15);
      await eventually(async () => {
        const empty = await queriesWithoutAnswer(prometheus.url, queries);
        return empty.length === 0 ? true : undefined;
      }, 'answers to all queries');
    } finally {
      await prometheus.stop();
    }
  });
});

function queriesOf(dashboard: string): string[] {
  const { panels } = JSON.parse(dashboard) as { panels: { targets: { expr: string }[] }[] };
  return panels.flatMap(({ targets }) =>
    targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '1m').replaceAll('$subdomain', '.*')),
  );
}

async function queriesWithoutAnswer(url: string, queries: readonly string[]): Promise<string[]> {
  const empty: string[] = [];
  for (const query of queries) {
    const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query }).toString()}`);
    const { data } = (await response.json()) as { data?: { result: unknown[] } };
    if (data === undefined) throw new Error(`Prometheus refuses ${query}`);
    if (data.result.length === 0) empty.push(query);
  }
  return empty;
}

/** With our configuration, but for the address of the worker and the pace. */
async function startPrometheus(target: number): Promise<{ url: string; stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  const config = readFileSync(join(MONITORING, 'prometheus.yml'), 'utf8')
    .replace(/dns_sd_configs:.*/s, `static_configs: [{ targets: ['127.0.0.1:${target}'] }]`)
    .replace('alerts.yml', join(MONITORING, 'alerts.yml'))
    .replaceAll('15s', '1s');
  writeFileSync(join(folder, 'prometheus.yml'), config);
  const address = `127.0.0.1:${await getPort()}`;
  const server = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${folder}`,
      `--web.listen-address=${address}`,
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise((end) => server.once('close', end));
  const url = `http://${address}`;
  await eventually(async () => {
    const ready = await fetch(`${url}/-/ready`).catch(() => undefined);
    return ready?.ok === true ? true : undefined;
  }, 'Prometheus');
  return {
    url,
    stop: async () => {
      server.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
