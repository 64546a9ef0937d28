import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  InvalidConfig,
  readConfig,
  readDestinations,
  type ConfiguredAccount,
} from '../../src/account/config';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'config-'))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

type Variables = Record<string, string>;

function write(content: unknown): Variables {
  const file = join(folder, 'export.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return { EXPORT_CONFIG: file };
}

function accountsIn(content: unknown, variables: Variables = {}): readonly ConfiguredAccount[] {
  return readConfig({ ...write(content), ...variables }).readAccounts();
}

function problemsIn(content: unknown, variables: Variables = {}): readonly string[] {
  return problemsOf(() => accountsIn(content, variables));
}

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof InvalidConfig) return error.problems;
    throw error;
  }
  throw new Error('accepted');
}

const ACME = { subdomain: 'acme', oauthToken: 't0ken' };
const ONE = { lake: 'file:./lake' };
const TWO = { ...ONE, warehouse: 'postgres://export:hunter2@db/zendesk' };

describe('the file of EXPORT_CONFIG', () => {
  test('holds accounts with every kind of credentials, and the destinations they name', () => {
    const accounts = accountsIn({
      destinations: TWO,
      accounts: [
        {
          subdomain: 'https://acme.zendesk.com',
          clientId: 'id',
          clientSecret: 's3cret',
          destination: 'lake',
        },
        {
          subdomain: 'globex',
          oauthToken: 't0ken',
          destination: 'warehouse',
          baseUrl: 'https://proxy/globex/',
        },
        { subdomain: 'initech', email: 'a@b.c', apiToken: 'k', destination: 'lake' },
      ],
    });
    expect(accounts).toEqual([
      {
        account: {
          subdomain: 'acme',
          baseUrl: 'https://acme.zendesk.com',
          credentials: { kind: 'oauthClient', clientId: 'id', clientSecret: 's3cret' },
        },
        destination: { name: 'lake', url: TWO.lake },
      },
      {
        account: {
          subdomain: 'globex',
          baseUrl: 'https://proxy/globex',
          credentials: { kind: 'oauthToken', token: 't0ken' },
        },
        destination: { name: 'warehouse', url: TWO.warehouse },
      },
      {
        account: {
          subdomain: 'initech',
          baseUrl: 'https://initech.zendesk.com',
          credentials: { kind: 'apiToken', email: 'a@b.c', token: 'k' },
        },
        destination: { name: 'lake', url: TWO.lake },
      },
    ]);
  });

  test('leaves out the destination of an account where there is only one', () => {
    const [account] = accountsIn({ destinations: ONE, accounts: [ACME] });
    expect(account?.destination).toEqual({ name: 'lake', url: ONE.lake });
  });

  test('takes secrets from variables and files, as they are and without the line break at the end', () => {
    const secret = join(folder, 'secret');
    writeFileSync(secret, '$& ${NOT_A_VARIABLE} "quoted"\n');
    const [account] = accountsIn(
      {
        destinations: { warehouse: 'postgres://export:${PASSWORD}@${HOST}/zendesk' },
        accounts: [{ subdomain: 'acme', clientId: '${ID}', clientSecret: `\${file:${secret}}` }],
      },
      { PASSWORD: 'p%40ss', HOST: 'db', ID: ' id ' },
    );
    expect(account).toMatchObject({
      account: { credentials: { clientId: 'id', clientSecret: '$& ${NOT_A_VARIABLE} "quoted"' } },
      destination: { url: 'postgres://export:p%40ss@db/zendesk' },
    });
  });

  test('has every problem named with its place', () => {
    const empty = join(folder, 'empty');
    writeFileSync(empty, '\n');
    expect(
      problemsIn(
        {
          destinations: { lake: 'lake', warehouse: 'postgres://${USER}@db/zendesk' },
          accounts: [
            { subdomain: 'acme', oauthToken: '${ACME_TOKEN}', destination: 'lake' },
            { subdomain: 'ACME.zendesk.com', oauthToken: '', destination: 'attic' },
            { subdomain: 'a b', clientId: `\${file:${empty}}`, clientSecret: '${file:/nowhere}' },
            { clientId: 'id', destination: 7 },
            { subdomain: 'globex', clientID: 'id', baseUrl: 'http://globex.com', destination: 'lake' },
            { subdomain: 'initech', clientId: 'id', destination: 'lake' },
            { subdomain: 'umbrella', destination: 'lake' },
          ],
        },
        { ACME_TOKEN: ' ' },
      ),
    ).toEqual([
      expect.stringMatching(/^EXPORT_CONFIG: destinations\.lake: must name a DuckDB file/),
      'EXPORT_CONFIG: destinations.warehouse: the variable USER is not set',
      'EXPORT_CONFIG: accounts.0.oauthToken: the variable ACME_TOKEN is not set',
      'EXPORT_CONFIG: accounts.1.oauthToken: is empty',
      expect.stringMatching(/^EXPORT_CONFIG: accounts\.2\.subdomain: is not a Zendesk subdomain/),
      `EXPORT_CONFIG: accounts.2.clientId: the file ${empty} is empty`,
      'EXPORT_CONFIG: accounts.2.clientSecret: the file /nowhere cannot be read (ENOENT)',
      expect.stringMatching(/^EXPORT_CONFIG: accounts\.3\.subdomain: is required/),
      expect.stringMatching(/^EXPORT_CONFIG: accounts\.3\.destination: /),
      expect.stringMatching(/^EXPORT_CONFIG: accounts\.4\.baseUrl: plain http .*ZENDESK_HTTP_HOSTS/),
      'EXPORT_CONFIG: accounts.4: unknown field clientID',
      'EXPORT_CONFIG: accounts.5: clientId and clientSecret: one is set without the other',
      expect.stringMatching(
        /^EXPORT_CONFIG: accounts\.6: no credentials: set clientId and clientSecret, or oauthToken/,
      ),
      'EXPORT_CONFIG: accounts.1.subdomain: acme is a duplicate of accounts.0',
      'EXPORT_CONFIG: accounts.1.destination: must be one of lake, warehouse',
      'EXPORT_CONFIG: accounts.2.destination: must be one of lake, warehouse',
      'EXPORT_CONFIG: accounts.3.destination: must be one of lake, warehouse',
    ]);
  });

  test.each([
    ['', 'is not valid JSON'],
    ['{"destinations": {},\n"accounts": hunter2}', 'is not valid JSON'],
    ['[]', 'must be a JSON object with "destinations" and "accounts"'],
    ['{}', 'accounts: must be a list of one account or more'],
    [{ destinations: {}, accounts: [ACME] }, 'destinations: names no destination'],
    [{ destinations: ONE, accounts: [] }, 'accounts: must be a list of one account or more'],
    [{ destinations: ONE, accounts: {} }, 'accounts: must be a list of one account or more'],
    [{ destinations: 'file:.', accounts: [ACME] }, 'destinations: must be an object of names and URLs'],
    [{ destinations: ONE, accounts: [ACME], taskQueue: 'x' }, 'unknown field taskQueue'],
    [{ destinations: TWO, accounts: [ACME] }, 'accounts.0.destination: must be one of lake, warehouse'],
    [
      { destinations: ONE, accounts: [{ ...ACME, destination: 'constructor' }] },
      'accounts.0.destination: must be one of',
    ],
  ])('is refused when it is %j', (content, problem) => {
    const problems = problemsIn(content).join('\n');
    expect(problems).toContain(problem);
    expect(problems).not.toContain('hunter2');
  });

  test('that is missing is named', () => {
    expect(problemsOf(() => readConfig({ EXPORT_CONFIG: '/nowhere/export.json' }))).toEqual([
      'EXPORT_CONFIG: the file /nowhere/export.json cannot be read (ENOENT)',
    ]);
  });

  test('never has a secret quoted, whatever is wrong with it', () => {
    const problems = problemsIn({
      destinations: { warehouse: 'postgres://me:hunter2@', other: 'mysql://me:hunter2@db' },
      accounts: [
        { subdomain: 'me:hunter2@acme', oauthToken: 'hunter2 ${hunter2', destination: 'other' },
        {
          subdomain: 'acme',
          oauthToken: '${hunter2!}',
          baseUrl: 'https://me:hunter2@acme',
          destination: 'other',
        },
      ],
    });
    expect(problems.length).toBeGreaterThan(4);
    expect(problems.join('\n')).not.toContain('hunter2');
  });

  test('gives the same accounts until it, or a file that it refers to, holds something else', () => {
    const secret = join(folder, 'token');
    writeFileSync(secret, 'one');
    const account = { subdomain: 'acme', oauthToken: `\${file:${secret}}` };
    const { readAccounts } = readConfig(write({ destinations: ONE, accounts: [account] }));
    const first = readAccounts();
    expect(readAccounts()).toBe(first);
    writeFileSync(secret, 'two');
    const [second] = readAccounts();
    expect(second.account.credentials).toEqual({ kind: 'oauthToken', token: 'two' });
    write({ destinations: ONE, accounts: [account, { ...account, subdomain: 'globex' }] });
    expect(readAccounts()).toHaveLength(2);
    rmSync(secret);
    expect(problemsOf(readAccounts)).toHaveLength(2);
    writeFileSync(secret, 'two');
    expect(readAccounts()).toHaveLength(2);
  });

  test('takes the place of the variables of a single account', () => {
    const content = { destinations: ONE, accounts: [ACME] };
    const read = (variables: Variables) => () => accountsIn(content, variables);
    expect(problemsOf(read({ ZENDESK_OAUTH_TOKEN: 'x', EXPORT_DESTINATION: 'file:.' }))).toEqual([
      'EXPORT_CONFIG takes the place of ZENDESK_OAUTH_TOKEN, EXPORT_DESTINATION: unset one or the other',
    ]);
    const hosts = { ZENDESK_HTTP_HOSTS: 'simulator', EXPORT_TASK_QUEUE: 'mine', ZENDESK_EMAIL: '' };
    expect(read(hosts)()).toHaveLength(1);
  });
});

describe('readDestinations', () => {
  test('takes all that are named, and asks for no secret of an account', () => {
    const file = write({ destinations: TWO, accounts: [{ subdomain: 'acme', oauthToken: '${UNSET}' }] });
    expect(readDestinations(file)).toEqual([
      { name: 'lake', url: TWO.lake },
      { name: 'warehouse', url: TWO.warehouse },
    ]);
  });

  test('takes the one of the environment', () => {
    expect(readDestinations({ EXPORT_DESTINATION: ' file:./lake\n' })).toEqual([
      { name: 'EXPORT_DESTINATION', url: 'file:./lake' },
    ]);
    expect(readDestinations({})).toEqual([
      { name: 'EXPORT_DESTINATION', url: 'duckdb:./export/tickets.duckdb' },
    ]);
  });

  test('names what is wrong', () => {
    expect(problemsOf(() => readDestinations({ EXPORT_DESTINATION: 'lake' }))[0]).toMatch(
      /^EXPORT_DESTINATION: must name/,
    );
    expect(problemsOf(() => readDestinations(write({ destinations: {} })))).toEqual([
      'EXPORT_CONFIG: destinations: names no destination',
    ]);
  });
});

describe('notices', () => {
  const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
  const URL_OF_ACME = 'https://hooks.example.com/acme';

  test('go where the account says, with a secret by reference, or where those of the worker go', () => {
    const content = {
      destinations: ONE,
      accounts: [
        { ...ACME, notifyUrl: '${HOOK}', notifySecret: '${KEY}' },
        { ...ACME, subdomain: 'globex' },
      ],
    };
    const variables = { HOOK: URL_OF_ACME, KEY: SECRET, EXPORT_NOTIFY_URL: 'https://hooks.example.com/all' };
    const [acme, globex] = accountsIn(content, variables);
    expect(acme?.notices).toEqual({ url: URL_OF_ACME, secret: Buffer.alloc(32, 5) });
    expect(globex?.notices).toBeUndefined();
    const { notices } = readConfig({ ...write(content), ...variables });
    expect(notices).toEqual({ url: 'https://hooks.example.com/all', secret: null });
  });

  test('a bad URL or key is named by its place and never quoted; a key needs a URL', () => {
    const account = { ...ACME, notifyUrl: 'http://hooks.example.com/acme', notifySecret: 'hunter2' };
    const problems = problemsIn({ destinations: ONE, accounts: [account] });
    expect(problems).toEqual([
      expect.stringMatching(/^EXPORT_CONFIG: accounts\.0\.notifyUrl: must be a URL/),
      expect.stringMatching(/^EXPORT_CONFIG: accounts\.0\.notifySecret: must be whsec_/),
    ]);
    expect(problems.join()).not.toMatch(/hunter2|hooks\.example\.com/);
    expect(problemsIn({ destinations: ONE, accounts: [{ ...ACME, notifySecret: SECRET }] })).toEqual([
      'EXPORT_CONFIG: accounts.0: notifySecret is set without notifyUrl',
    ]);
    expect(problemsIn({ destinations: ONE, accounts: [ACME] }, { EXPORT_NOTIFY_SECRET: SECRET })).toEqual([
      'EXPORT_NOTIFY_SECRET is set without EXPORT_NOTIFY_URL',
    ]);
  });
});
