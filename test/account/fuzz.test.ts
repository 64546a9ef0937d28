import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { InvalidConfig, readConfig, readDestinations, type Environment } from '../../src/account/config';
import { openDestination } from '../../src/destinations/open';
import { mutated, mutatedJson } from '../support/mutations';

/** In every value that may be secret. */
const SECRET = 'hunter2hunter2';
const KEY = Buffer.alloc(32, SECRET).toString('base64');

const FILE = {
  destinations: {
    lake: 's3://tickets/acme?region=eu-west-1',
    warehouse: `postgres://export:${SECRET}@db/zendesk?schema=raw`,
    local: 'duckdb:./${NAME}.duckdb',
    folder: 'file:./export?format=parquet',
  },
  accounts: [
    { subdomain: 'acme', clientId: 'id', clientSecret: SECRET, destination: 'lake' },
    { subdomain: 'https://globex.zendesk.com', oauthToken: '${TOKEN}', destination: 'warehouse' },
    {
      subdomain: 'initech',
      email: 'a@b.c',
      apiToken: SECRET,
      destination: 'local',
      baseUrl: 'https://proxy.example.com/initech',
    },
    { subdomain: 'umbrella', oauthToken: '${file:/run/secrets/none}', destination: 'folder' },
  ],
};

const ENVIRONMENT: Record<string, string> = {
  ZENDESK_SUBDOMAIN: 'acme',
  ZENDESK_BASE_URL: 'http://zendesk.example.com:8080/acme/',
  ZENDESK_HTTP_HOSTS: 'zendesk.example.com, other',
  ZENDESK_CLIENT_ID: 'id',
  ZENDESK_CLIENT_SECRET: SECRET,
  ZENDESK_OAUTH_TOKEN: SECRET,
  ZENDESK_EMAIL: 'a@b.c',
  ZENDESK_API_TOKEN: SECRET,
  EXPORT_DESTINATION: `postgres://export:${SECRET}@db:5432/zendesk?schema=raw&sslmode=verify-full`,
  EXPORT_CODEC_KEYS: `2026:${KEY},2025:${Buffer.alloc(32, 7).toString('base64')}`,
  EXPORT_TASK_QUEUE: 'zendesk-export',
  EXPORT_HEALTH_ADDRESS: '0.0.0.0:8089',
  EXPORT_METRICS_ADDRESS: '[::1]:9464',
  EXPORT_LOG_LEVEL: 'debug',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318',
  TEMPORAL_DEPLOYMENT_NAME: 'exports',
  TEMPORAL_WORKER_BUILD_ID: '1.2.3',
};

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'config-'))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A configuration is what it must be to be used, or is refused with problems that tell no secret. */
function check(environment: Environment): void {
  for (const read of [() => readConfig(environment).readAccounts(), () => readDestinations(environment)]) {
    try {
      for (const found of read()) {
        const { url } = 'destination' in found ? found.destination : found;
        expect(() => openDestination(url)).not.toThrow();
        if (!('account' in found)) continue;
        expect(found.account.subdomain).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
        expect(found.account.baseUrl).toMatch(/^https?:\/\/[^/@?#]+(\/[^?#]*)?$/);
      }
    } catch (error) {
      if (!(error instanceof InvalidConfig)) throw error;
      expect(error.problems.length).toBeGreaterThan(0);
      for (const problem of error.problems) {
        expect(problem).not.toContain(SECRET);
        expect(problem).not.toContain(KEY.slice(0, 20));
        expect(problem).not.toContain('undefined');
      }
    }
  }
}

function checkFile(text: string): void {
  const file = join(folder, 'export.json');
  writeFileSync(file, text);
  check({ EXPORT_CONFIG: file, TOKEN: SECRET, NAME: 'tickets' });
}

test('a file of EXPORT_CONFIG with any member changed is right or refused', () => {
  fc.assert(
    fc.property(mutatedJson(FILE), (value) => {
      checkFile(JSON.stringify({ value }).slice('{"value":'.length, -1));
    }),
    { numRuns: 200 },
  );
});

test('a file of EXPORT_CONFIG with any text changed is right or refused', () => {
  fc.assert(fc.property(mutated(JSON.stringify(FILE, null, 2)), checkFile), { numRuns: 200 });
});

test('variables with any text changed are right or refused', () => {
  const names = Object.keys(ENVIRONMENT);
  const change = fc.constantFrom(...names).chain((name) =>
    fc.record({
      name: fc.constant(name),
      value: fc.oneof(mutated(ENVIRONMENT[name] ?? ''), fc.constantFrom(undefined, ' ', `file:./x?${name}`)),
    }),
  );
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      check({ ...ENVIRONMENT, ...Object.fromEntries(changes.map(({ name, value }) => [name, value])) });
    }),
    { numRuns: 200 },
  );
});
