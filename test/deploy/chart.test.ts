import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { ACCOUNT_VARIABLES } from '../../src/account/environment';
import { readConfig, type Config } from '../../src/account/config';
import { CHART, DEPLOY, lint, refusal, render, type KubernetesObject } from './chart';
import { connection, problemsOf } from './kubernetes';

const EXAMPLES = join(DEPLOY, 'helm', 'examples');
const DUCKDB = join(EXAMPLES, 'duckdb.yaml');
const POSTGRES = join(EXAMPLES, 'postgres.yaml');
const ACCOUNTS = join(EXAMPLES, 'accounts.yaml');
const LAKE = join(EXAMPLES, 'lake.yaml');
const CONTROLLER = join(DEPLOY, 'worker-controller', 'values.yaml');

const SECRET = 's3cret-of-the-test';
/** All that can be switched on beside what the examples use. */
const FURTHER = {
  image: { tag: '1.2.3' },
  imagePullSecrets: [{ name: 'registry' }],
  secret: { ZENDESK_CLIENT_SECRET: SECRET, EXPORT_DESTINATION: `postgres://export:${SECRET}@db/zendesk` },
  networkPolicy: { egress: [{ ports: [{ port: 443 }] }] },
  podAnnotations: { team: 'data' },
  podLabels: { team: 'data' },
  nodeSelector: { disk: 'ssd' },
  tolerations: [{ key: 'batch', operator: 'Exists' }],
  affinity: { nodeAffinity: {} },
  priorityClassName: 'low',
};

const rendered: readonly (readonly [string, KubernetesObject[]])[] = [
  ...readdirSync(EXAMPLES).map((name) => [name, render(join(EXAMPLES, name))] as const),
  ['the worker controller', render(CONTROLLER)],
  ['everything', render(POSTGRES, FURTHER)],
];

const container = z.looseObject({
  env: z.array(z.object({ name: z.string(), value: z.string() })),
  securityContext: z.unknown(),
  volumeMounts: z.array(z.looseObject({ mountPath: z.string() })),
});
const pod = z.looseObject({
  metadata: z.looseObject({
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
  }),
  spec: z.looseObject({ terminationGracePeriodSeconds: z.number(), containers: z.tuple([container]) }),
});

function find(objects: readonly KubernetesObject[], kind: string): KubernetesObject {
  const found = objects.find((object) => object.kind === kind);
  if (found === undefined) throw new Error(`There is no ${kind}`);
  return found;
}

function podOf(objects: readonly KubernetesObject[]): z.infer<typeof pod> {
  const worker = objects.find(({ kind }) => kind === 'Deployment') ?? find(objects, 'WorkerDeployment');
  return z.looseObject({ template: pod }).parse(worker.spec).template;
}

test.each([DUCKDB, POSTGRES, ACCOUNTS, LAKE, CONTROLLER])(
  'helm finds nothing to complain about in %s',
  (file) => {
    expect(lint(file)).toContain('1 chart(s) linted, 0 chart(s) failed');
  },
);

test('every object is one that Kubernetes and its operators know, to the last name', () => {
  const kinds = new Set(rendered.flatMap(([, objects]) => objects.map(({ kind }) => kind)));
  expect([...kinds].sort()).toEqual([
    'ConfigMap',
    'Deployment',
    'HorizontalPodAutoscaler',
    'NetworkPolicy',
    'PersistentVolumeClaim',
    'PodDisruptionBudget',
    'PrometheusRule',
    'ScaledObject',
    'Secret',
    'Service',
    'ServiceAccount',
    'ServiceMonitor',
    'WorkerDeployment',
  ]);
  // So that it is seen that these would be found.
  const wrong = { resources: { limitz: {} }, tolerations: [{ tolerationSeconds: 'long' }] };
  expect(problemsOf([...rendered.flatMap(([, objects]) => objects), ...render(DUCKDB, wrong)])).toEqual([
    expect.stringContaining('tolerationSeconds must be integer'),
    expect.stringContaining('\'"limitz"\' does not exist'),
    expect.stringContaining("'string' is not assignable to type 'number'"),
  ]);
});

test.each(rendered)('%s: a worker is not root, and may do and write as little as possible', (_, objects) => {
  const { spec } = podOf(objects);
  expect(spec).toMatchObject({
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
  });
  expect(spec.containers[0].securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
});

test.each(rendered)('%s: what selects pods selects those of the worker', (_, objects) => {
  const { labels } = podOf(objects).metadata;
  const selector = z.record(z.string(), z.string());
  const selectors = objects.flatMap(({ kind, spec }) => {
    if (kind === 'Service') return [z.object({ selector }).loose().parse(spec).selector];
    if (!['Deployment', 'PodDisruptionBudget', 'NetworkPolicy'].includes(kind)) return [];
    const { selector: chosen, podSelector } = z
      .looseObject({ selector: z.unknown().optional(), podSelector: z.unknown().optional() })
      .parse(spec);
    return [z.object({ matchLabels: selector }).parse(chosen ?? podSelector).matchLabels];
  });
  for (const selected of selectors) expect(labels).toMatchObject(selected);
});

test('a worker has more time to end than it takes', () => {
  const worker = readFileSync(join(__dirname, '../../src/temporal/worker.ts'), 'utf8');
  const [, most] = /shutdownForceTime: '(\d+) seconds'/.exec(worker) ?? [];
  expect(podOf(render(DUCKDB)).spec.terminationGracePeriodSeconds).toBeGreaterThan(Number(most));
  expect(refusal(DUCKDB, { terminationGracePeriodSeconds: Number(most) })).toContain(
    'terminationGracePeriodSeconds',
  );
});

describe('the environment', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chart-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** As Kubernetes would: later sources win, `env` over all of them; files are where their volumes are mounted. */
  function configOf(objects: readonly KubernetesObject[], secrets: Record<string, string>): Config {
    const { env } = podOf(objects).spec.containers[0];
    const set = {
      ...find(objects, 'ConfigMap').data,
      ...objects.find(({ kind }) => kind === 'Secret')?.stringData,
      ...secrets,
      ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
    };
    const accounts = objects.find(({ data }) => data?.['accounts.json'] !== undefined)?.data?.[
      'accounts.json'
    ];
    if (accounts === undefined) return readConfig(set);
    for (const [, name = ''] of accounts.matchAll(/\/run\/secrets\/zendesk\/(\w+)/g)) {
      writeFileSync(join(folder, name), SECRET);
    }
    const file = join(folder, 'accounts.json');
    writeFileSync(file, accounts.replaceAll('/run/secrets/zendesk', folder));
    return readConfig({ ...set, EXPORT_CONFIG: file });
  }

  test.each([
    ['duckdb.yaml', {}, 'duckdb:./export/tickets.duckdb'],
    [
      'postgres.yaml',
      { EXPORT_DESTINATION: 'postgres://export:pw@db/zendesk' },
      'postgres://export:pw@db/zendesk',
    ],
    ['lake.yaml', {}, 's3://acme-lake/zendesk?format=parquet&region=eu-central-1'],
    ['accounts.yaml', { WAREHOUSE_PASSWORD: 'pw' }, 'postgres://export:pw@db.internal/zendesk'],
  ])('of %s is one that a worker takes', (name, secrets, destination) => {
    const credentials = name === 'accounts.yaml' ? {} : { ZENDESK_CLIENT_SECRET: SECRET };
    const config = configOf(render(join(EXAMPLES, name)), { ...credentials, ...secrets });
    expect(config.readAccounts()[0]).toMatchObject({
      account: { subdomain: 'acme', credentials: { kind: 'oauthClient' } },
      destination: { url: destination },
    });
    expect(config).toMatchObject({ health: { port: 8089 }, metrics: { port: 9464 } });
  });

  test('of a Secret that the chart makes is nowhere else', () => {
    const objects = render(POSTGRES, FURTHER);
    expect(configOf(objects, {}).readAccounts()[0].destination.url).toBe(FURTHER.secret.EXPORT_DESTINATION);
    const others = objects.filter(({ kind }) => kind !== 'Secret');
    expect(JSON.stringify(others)).not.toContain(SECRET);
  });

  test('takes every variable of docs/configuration.md that the chart does not set itself, secrets in a Secret alone', () => {
    const docs = readFileSync(join(__dirname, '../../docs/configuration.md'), 'utf8');
    const [table = ''] = docs.split('## The input of an export');
    const own = ['EXPORT_HEALTH_ADDRESS', 'EXPORT_METRICS_ADDRESS', 'EXPORT_CONFIG'];
    const names = new Set([...table.matchAll(/`([A-Z]+_[A-Z_]+[A-Z])`/g)].map(([, name = '']) => name));
    expect([...names]).toEqual(expect.arrayContaining([...ACCOUNT_VARIABLES, ...own]));
    const values = { EXPORT_LOG_LEVEL: 'DEBUG', EXPORT_DESTINATION: 's3://bucket/prefix' };
    const plain = [...names].filter(
      (name) => !own.includes(name) && !/SECRET|TOKEN|KEYS?$|NOTIFY_URL/.test(name),
    );
    const config = { ...Object.fromEntries(plain.map((name) => [name, 'x'])), ...values };
    expect(find(render(POSTGRES, { config }), 'ConfigMap').data).toMatchObject(config);
    for (const name of names) {
      if (plain.includes(name)) continue;
      const reason = own.includes(name) ? `'${name}' not allowed` : `config.${name}: a ConfigMap is no place`;
      expect(refusal(POSTGRES, { config: { [name]: 'x' } })).toContain(reason);
    }
  });

  test('begins a new rollout where it changes, but not where accounts change, which are read while the worker runs', () => {
    const annotations = (file: string, values: object) => podOf(render(file, values)).metadata.annotations;
    expect(annotations(DUCKDB, { config: { EXPORT_LOG_LEVEL: 'DEBUG' } })).not.toEqual(
      annotations(DUCKDB, {}),
    );
    const destinations = { warehouse: 's3://other/bucket' };
    expect(annotations(ACCOUNTS, { accounts: { destinations } })).toEqual(annotations(ACCOUNTS, {}));
  });
});

describe('what could not run is refused by name', () => {
  const url = 'postgres://export:pw@db/zendesk';
  test.each<[string, string, object, string]>([
    [
      'two workers of a DuckDB file',
      DUCKDB,
      { replicas: 2 },
      'config.EXPORT_DESTINATION: a DuckDB file belongs to one worker at a time, and there would be 2',
    ],
    ['as many by autoscaling', DUCKDB, { autoscaling: { hpa: { enabled: true } } }, 'there would be 5'],
    [
      'one DuckDB file of many destinations',
      ACCOUNTS,
      { accounts: { destinations: { lake: 'duckdb:/data/lake/a' } } },
      'accounts.destinations.lake: a DuckDB file belongs to one',
    ],
    [
      'a DuckDB file whose URL is in a Secret of the chart',
      POSTGRES,
      { secret: { EXPORT_DESTINATION: 'DuckDB:./export/x' } },
      'secret.EXPORT_DESTINATION: a DuckDB file belongs to one',
    ],
    [
      'two versions of a worker of a DuckDB file',
      DUCKDB,
      { workerController: { enabled: true, connection: 't' } },
      'runs two versions side by side',
    ],
    [
      'a folder without a volume',
      LAKE,
      { config: { EXPORT_DESTINATION: 'file:./export' } },
      'Set volume.enabled',
    ],
    [
      'a folder beside the volume',
      DUCKDB,
      { config: { EXPORT_DESTINATION: 'file:///app/export2?format=parquet' } },
      '/app/export2 is not on the volume, which is at /app/export',
    ],
    [
      'a way out of the volume',
      DUCKDB,
      { config: { EXPORT_DESTINATION: 'duckdb:./export/../x' } },
      '/app/x is not on the volume',
    ],
    [
      'a volume of one node for many workers',
      DUCKDB,
      { replicas: 2, config: { EXPORT_DESTINATION: 'file:./export' } },
      'volume.accessModes: 2 workers on several nodes need ReadWriteMany',
    ],
    [
      'a password in a ConfigMap',
      POSTGRES,
      { config: { EXPORT_DESTINATION: url } },
      'config.EXPORT_DESTINATION: a ConfigMap is no place for a password',
    ],
    [
      'a password in the ConfigMap of accounts',
      ACCOUNTS,
      { accounts: { destinations: { warehouse: url } } },
      'accounts.destinations.warehouse: a ConfigMap is no place for a password',
    ],
    [
      'a secret of an account in a ConfigMap',
      ACCOUNTS,
      { accounts: { accounts: [{ subdomain: 'acme', clientId: 'c', clientSecret: 'plain' }] } },
      'clientSecret',
    ],
    [
      'a server that nobody names',
      DUCKDB,
      { config: { TEMPORAL_ADDRESS: '' } },
      'config.TEMPORAL_ADDRESS: name the Temporal server',
    ],
    [
      'an account that nobody names',
      DUCKDB,
      { config: { ZENDESK_SUBDOMAIN: '' } },
      'config.ZENDESK_SUBDOMAIN: name the account',
    ],
    [
      'one account beside many',
      ACCOUNTS,
      { config: { ZENDESK_SUBDOMAIN: 'acme' } },
      'accounts takes the place of config.ZENDESK_SUBDOMAIN',
    ],
    ['credentials that nobody names', DUCKDB, { existingSecrets: [] }, 'existingSecrets: name the Secret'],
    [
      'a destination of no kind',
      LAKE,
      { config: { EXPORT_DESTINATION: 'mysql://db' } },
      'EXPORT_DESTINATION',
    ],
    ['a variable that there is not', DUCKDB, { config: { SUBDOMAIN: 'acme' } }, 'SUBDOMAIN'],
    ['a value that there is not', DUCKDB, { replica: 2 }, 'replica'],
    ['a worker that is root', DUCKDB, { podSecurityContext: { runAsNonRoot: false } }, 'runAsNonRoot'],
    [
      'two ways of scaling',
      LAKE,
      { autoscaling: { hpa: { enabled: true } } },
      'hpa and keda cannot both be enabled',
    ],
    [
      'the controller without its connection',
      CONTROLLER,
      { workerController: { connection: '' } },
      'workerController.connection: name the Connection',
    ],
  ])('%s', (_, file, values, message) => {
    expect(refusal(file, values)).toContain(message);
  });
});

test('its version is that of the program, and its alerts those of monitoring/alerts.yml', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8'))).toMatchObject({
    version,
    appVersion: version,
  });
  const alerts = readFileSync('monitoring/alerts.yml', 'utf8');
  // cp monitoring/alerts.yml deploy/helm/zendesk-ticket-export/files/
  expect(readFileSync(join(CHART, 'files', 'alerts.yml'), 'utf8')).toBe(alerts);
  expect(find(render(POSTGRES), 'PrometheusRule').spec).toEqual(parse(alerts));
});

test('docs/kubernetes.md names every value, and no other', () => {
  const docs = readFileSync(join(__dirname, '../../docs/kubernetes.md'), 'utf8');
  const rows = docs.split('\n').filter((line) => line.startsWith('| `'));
  const named = rows.flatMap((row) => [...row.matchAll(/`([a-z]\w+)/gi)].map(([, name = '']) => name));
  const values = Object.keys(parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')) as object);
  expect(values.filter((name) => !named.includes(name))).toEqual([]);
  const first = rows.map((row) => /^\| `(\w+)/.exec(row)?.[1]);
  expect(first.filter((name) => !values.includes(name ?? ''))).toEqual([]);
});

test('the example of a Connection is one that the worker controller knows', () => {
  const text = readFileSync(join(DEPLOY, 'worker-controller', 'connection.yaml'), 'utf8');
  const { metadata } = connection.parse(parse(text));
  expect(JSON.stringify(render(CONTROLLER))).toContain(`"connectionRef":{"name":"${metadata.name}"}`);
});
