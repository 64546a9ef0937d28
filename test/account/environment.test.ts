import { NO_KEYS } from '../../src/account/codecKeys';
import { InvalidConfig, readConfig } from '../../src/account/config';

const CLIENT = { ZENDESK_CLIENT_ID: 'exporter', ZENDESK_CLIENT_SECRET: 's3cret' };
const TOKEN = { ZENDESK_OAUTH_TOKEN: 'bearer-t0ken' };
const LEGACY = { ZENDESK_EMAIL: 'ada@acme.com', ZENDESK_API_TOKEN: 'api-t0ken' };

/** The worker's part and its one account, side by side. */
function read(environment: Record<string, string | undefined>) {
  const { readAccounts, ...worker } = readConfig({
    ZENDESK_SUBDOMAIN: 'acme',
    ...CLIENT,
    ...environment,
  });
  const [{ account, destination }] = readAccounts();
  return { ...worker, account, destination: destination.url };
}

function messageOf(environment: Record<string, string | undefined>): string {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof InvalidConfig) return error.message;
    throw error;
  }
  throw new Error('accepted');
}

function problemsOf(environment: Record<string, string | undefined>): string[] {
  const [heading, ...problems] = messageOf({ ZENDESK_SUBDOMAIN: 'acme', ...CLIENT, ...environment }).split(
    '\n- ',
  );
  expect(heading).toBe('The configuration cannot be used:');
  return problems;
}

describe('readConfig', () => {
  test('needs the account and its credentials only', () => {
    expect(read({})).toEqual({
      taskQueue: 'zendesk-export',
      account: {
        subdomain: 'acme',
        baseUrl: 'https://acme.zendesk.com',
        credentials: { kind: 'oauthClient', clientId: 'exporter', clientSecret: 's3cret' },
      },
      destination: 'duckdb:./export/tickets.duckdb',
      health: undefined,
      metrics: undefined,
      logLevel: 'INFO',
      tracing: false,
      codecKeys: NO_KEYS,
      deployment: undefined,
    });
  });

  test('is a version of a deployment where both variables of it are set, and refuses one alone', () => {
    const version = { TEMPORAL_DEPLOYMENT_NAME: 'zendesk-export', TEMPORAL_WORKER_BUILD_ID: '0.2.0' };
    expect(read(version).deployment).toEqual({ deploymentName: 'zendesk-export', buildId: '0.2.0' });
    expect(problemsOf({ ...version, TEMPORAL_WORKER_BUILD_ID: '' })).toEqual([
      'TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID: one is set without the other',
    ]);
  });

  test('names a bad codec key without quoting it', () => {
    const EXPORT_CODEC_KEYS = 'a:bm90LWEta2V5,bm90LWFuLWlk';
    expect(problemsOf({ EXPORT_CODEC_KEYS })).toEqual([
      'EXPORT_CODEC_KEYS: the key a must be 32 bytes in base64, as openssl rand -base64 32 makes them',
      'EXPORT_CODEC_KEYS: entry 2 must be id:key, the id of letters, digits, ".", "_" or "-"',
    ]);
  });

  test('keeps what is set', () => {
    const config = read({
      ZENDESK_SUBDOMAIN: 'https://Acme.zendesk.com/agent',
      EXPORT_TASK_QUEUE: 'mine',
      EXPORT_DESTINATION: 'duckdb:/data/t.duckdb',
      EXPORT_HEALTH_ADDRESS: '0.0.0.0:8089',
    });
    expect(config).toMatchObject({
      taskQueue: 'mine',
      account: { subdomain: 'acme' },
      destination: 'duckdb:/data/t.duckdb',
      health: { host: '0.0.0.0', port: 8089 },
    });
    expect(read({ EXPORT_HEALTH_ADDRESS: '8089' }).health).toEqual({ host: '127.0.0.1', port: 8089 });
  });

  test('takes empty and blank variables for absent ones', () => {
    const blank = {
      EXPORT_TASK_QUEUE: '',
      EXPORT_DESTINATION: ' ',
      EXPORT_HEALTH_ADDRESS: '',
      ZENDESK_BASE_URL: '\n',
      ZENDESK_OAUTH_TOKEN: '',
      ZENDESK_EMAIL: '',
      ZENDESK_API_TOKEN: ' ',
    };
    expect(read(blank)).toEqual(read({}));
    expect(problemsOf({ ...blank, ZENDESK_CLIENT_SECRET: '' })[0]).toContain('one is set without the other');
  });

  test('leaves out the line break at the end of a secret that was read from a file', () => {
    expect(read({ ZENDESK_CLIENT_SECRET: 's3cret\n', ZENDESK_SUBDOMAIN: ' acme\r\n' })).toEqual(read({}));
  });

  test('names every problem at once', () => {
    const message = messageOf({
      ZENDESK_SUBDOMAIN: 'evil.com/',
      ZENDESK_BASE_URL: 'http://evil.com',
      ZENDESK_CLIENT_ID: 'exporter',
      EXPORT_DESTINATION: 'mongodb://localhost/tickets',
      EXPORT_HEALTH_ADDRESS: 'everywhere',
    });
    for (const name of [
      'ZENDESK_SUBDOMAIN: is not a Zendesk subdomain',
      'ZENDESK_BASE_URL: plain http',
      'ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET: one is set without the other',
      'EXPORT_DESTINATION: ',
      'EXPORT_HEALTH_ADDRESS: must be a port or host:port',
    ]) {
      expect(message).toContain(`\n- ${name}`);
    }
  });

  test('names what an empty environment lacks', () => {
    expect(messageOf({})).toMatch(
      /ZENDESK_SUBDOMAIN: is required.*\n- no credentials: set ZENDESK_CLIENT_ID/,
    );
  });

  test('never quotes a value that may be secret', () => {
    const message = messageOf({
      ZENDESK_SUBDOMAIN: 'https://me:hunter2@acme.zendesk.com',
      ZENDESK_BASE_URL: 'https://me:hunter2@acme.zendesk.com',
      ZENDESK_OAUTH_TOKEN: 'hunter2 with a\u0001control character',
      EXPORT_DESTINATION: 'mongodb://me:hunter2@localhost/tickets',
      EXPORT_HEALTH_ADDRESS: 'me:hunter2',
    });
    expect(message.split('\n- ')).toHaveLength(6);
    expect(message).not.toContain('hunter2');
  });
});

describe('credentials', () => {
  test.each([
    ['an OAuth client', { ...CLIENT, ...TOKEN, ...LEGACY }, 'oauthClient'],
    ['a token', { ...TOKEN, ...LEGACY }, 'oauthToken'],
    ['the legacy API token', LEGACY, 'apiToken'],
  ])('are, of all that are set, those of %s', (_name, set, kind) => {
    const [{ account }] = readConfig({ ZENDESK_SUBDOMAIN: 'acme', ...set }).readAccounts();
    expect(account.credentials.kind).toBe(kind);
  });

  test.each([
    [{ ZENDESK_CLIENT_ID: 'exporter', ...TOKEN }, 'ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET: one is set'],
    [{ ZENDESK_CLIENT_SECRET: 's3cret' }, 'ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET: one is set'],
    [{ ZENDESK_EMAIL: 'ada@acme.com' }, 'ZENDESK_EMAIL and ZENDESK_API_TOKEN: one is set'],
    [{ ZENDESK_API_TOKEN: 'k' }, 'ZENDESK_EMAIL and ZENDESK_API_TOKEN: one is set'],
    [
      { ZENDESK_OAUTH_TOKEN: 'two words' },
      'ZENDESK_OAUTH_TOKEN: contains characters that are not valid in a token',
    ],
    [{}, 'no credentials'],
  ])('that are incomplete are refused by name: %j', (set, problem) => {
    expect(messageOf({ ZENDESK_SUBDOMAIN: 'acme', ...set })).toContain(`- ${problem}`);
  });
});

describe('ZENDESK_BASE_URL', () => {
  const baseUrlOf = (url: string, more = {}): string =>
    read({ ZENDESK_BASE_URL: url, ...more }).account.baseUrl;

  test.each([
    ['https://acme.zendesk.com', 'https://acme.zendesk.com'],
    ['https://acme.zendesk.com//', 'https://acme.zendesk.com'],
    ['https://ACME.zendesk.com:443/', 'https://acme.zendesk.com'],
    ['https://proxy.corp/zendesk/', 'https://proxy.corp/zendesk'],
    ['https://acme.zendesk.com/?', 'https://acme.zendesk.com'],
    ['https://acme.zendesk.com#', 'https://acme.zendesk.com'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ])('%s is %s', (url, baseUrl) => {
    expect(baseUrlOf(url)).toBe(baseUrl);
  });

  test.each([
    'acme.zendesk.com',
    'ftp://acme.zendesk.com',
    'file:///etc/passwd',
    'https://me@acme.zendesk.com',
    'https://me:pw@acme.zendesk.com',
    'https://:pw@acme.zendesk.com',
    'https://acme.zendesk.com?x=y',
    'https://acme.zendesk.com/#x',
    'https://',
  ])('%s is refused', (url) => {
    expect(problemsOf({ ZENDESK_BASE_URL: url })).toEqual([
      'ZENDESK_BASE_URL: must be a plain URL such as https://acme.zendesk.com',
    ]);
  });

  test.each([
    'http://acme.zendesk.com',
    'http://localhost.evil.com',
    'http://127.0.0.1.evil.com',
    'http://10.0.0.1',
  ])('%s would show the credentials on the way, and is refused', (url) => {
    expect(problemsOf({ ZENDESK_BASE_URL: url })).toEqual([
      expect.stringMatching(/plain http.*ZENDESK_HTTP_HOSTS/),
    ]);
  });

  test('may be plain http for hosts that are named, and for no others', () => {
    const named = { ZENDESK_HTTP_HOSTS: 'other, Simulator ' };
    expect(baseUrlOf('http://simulator:8080', named)).toBe('http://simulator:8080');
    expect(problemsOf({ ZENDESK_BASE_URL: 'http://simulator.evil.com', ...named })).toHaveLength(1);
  });
});

describe.each([
  ['EXPORT_HEALTH_ADDRESS', 'health'],
  ['EXPORT_METRICS_ADDRESS', 'metrics'],
] as const)('%s', (variable, field) => {
  test.each([
    ['8089', { host: '127.0.0.1', port: 8089 }],
    ['0.0.0.0:0', { host: '0.0.0.0', port: 0 }],
    ['worker.internal:8089', { host: 'worker.internal', port: 8089 }],
    ['[::1]:8089', { host: '::1', port: 8089 }],
  ])('%s is a place to listen', (address, parts) => {
    expect(read({ [variable]: address })[field]).toEqual(parts);
  });

  test.each([
    '',
    '65536',
    '123456',
    'host:',
    'host:port',
    '-1',
    '80.5',
    '[::1]',
    '[::1:80',
    '::1]:80',
    '[host]:80',
  ])('%j is never a guess', (address) => {
    if (address === '') expect(read({ [variable]: address })[field]).toBeUndefined();
    else expect(problemsOf({ [variable]: address })).toHaveLength(1);
  });
});

test('OTEL_EXPORTER_OTLP_ENDPOINT must be a URL of http', () => {
  expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' }).tracing).toBe(true);
  for (const endpoint of ['localhost:4318', 'nonsense', 'grpc://localhost']) {
    expect(problemsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })).toEqual([
      'OTEL_EXPORTER_OTLP_ENDPOINT: must be a URL such as http://localhost:4318',
    ]);
  }
});

test('EXPORT_LOG_LEVEL may be in small letters, and must be a level', () => {
  expect(read({ EXPORT_LOG_LEVEL: 'debug' }).logLevel).toBe('DEBUG');
  expect(problemsOf({ EXPORT_LOG_LEVEL: 'loud' })).toEqual([
    'EXPORT_LOG_LEVEL: must be one of DEBUG, INFO, WARN, ERROR',
  ]);
});
