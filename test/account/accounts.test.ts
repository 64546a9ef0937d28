import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Accounts } from '../../src/account/accounts';
import { readConfig } from '../../src/account/config';
import { ZendeskClient } from '../../src/zendesk/client';
import { eventually } from '../support/eventually';

type Entry = readonly [message: string, fields: Record<string, unknown> | undefined];

let folder: string;
let accounts: Accounts | undefined;
let entries: Entry[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'accounts-'));
  entries = [];
});
afterEach(async () => {
  await accounts?.close();
  rmSync(folder, { recursive: true });
});

const LAKES = { one: 'file:./one', two: 'file:./two' };
const acme = { subdomain: 'acme', oauthToken: 'hunter2', destination: 'one' };
const globex = { subdomain: 'globex', oauthToken: 'hunter3', destination: 'two' };

const path = (name: string): string => join(folder, name);

/** As editors do: a new file is put in the place of the old one. */
function edit(...list: object[]): void {
  writeFileSync(path('new'), JSON.stringify({ destinations: LAKES, accounts: list }));
  renameSync(path('new'), path('export.json'));
}

function open(file = path('export.json')): Accounts {
  const { readAccounts } = readConfig({ EXPORT_CONFIG: file });
  const log = (message: string, fields?: Record<string, unknown>): void =>
    void entries.push([message, fields]);
  accounts = new Accounts(readAccounts, { info: log, error: log }, (account) => new ZendeskClient(account));
  return accounts;
}

test('an account is added, removed and changed; the others keep their client, and with it their token', async () => {
  edit(acme, globex);
  const opened = open();
  expect(opened.subdomains()).toEqual(['acme', 'globex']);
  const before = { acme: opened.of('acme'), globex: opened.of('globex') };
  edit({ ...acme, destination: 'two' }, { subdomain: 'initech', oauthToken: 'hunter4', destination: 'two' });
  expect(opened.subdomains()).toEqual(['acme', 'initech']);
  expect(opened.of('acme').zendesk).toBe(before.acme.zendesk);
  expect(opened.of('acme').destination).toBe(before.globex.destination);
  expect(() => opened.of('globex')).toThrow('This worker has no credentials for globex.');
  edit({ ...acme, oauthToken: 'hunter5' });
  expect(opened.of('acme').zendesk).not.toBe(before.acme.zendesk);
  // Only one for each place, however often it goes and comes again.
  expect(opened.of('acme').destination).toBe(before.acme.destination);
  expect(entries).toEqual([
    [
      'the configuration has changed',
      { added: ['initech'], removed: ['globex'], otherDestination: ['acme: two'] },
    ],
    [
      'the configuration has changed',
      { removed: ['initech'], otherCredentials: ['acme'], otherDestination: ['acme: one'] },
    ],
  ]);
  expect(JSON.stringify(entries)).not.toContain('hunter');
});

test('a broken file changes nothing and is reported once, also while nobody asks', async () => {
  edit(acme);
  const opened = open();
  const before = opened.of('acme');
  writeFileSync(path('export.json'), '{"accounts": [');
  await eventually(() => entries[0], 'the log to say so');
  for (let asked = 0; asked < 3; asked += 1) {
    expect(opened.of('acme')).toBe(before);
  }
  expect(entries).toEqual([
    [
      'the configuration cannot be used any more: the accounts stay as they were',
      { problems: [expect.stringContaining('is not valid JSON')] },
    ],
  ]);
  edit({ ...acme, clientId: 'x' });
  await eventually(() => entries[1], 'the log to say so');
  expect(entries[1]?.[1]).toEqual({
    problems: ['EXPORT_CONFIG: accounts.0: clientId and clientSecret: one is set without the other'],
  });
  edit(acme);
  await eventually(() => entries[2], 'the log to say so');
  expect(entries[2]).toEqual(['the configuration has changed', {}]);
  expect(opened.of('acme').zendesk).toBe(before.zendesk);
});

test("a secret's file counts as part of it, also behind the links that Kubernetes swaps", async () => {
  const version = (name: string, token: string): void => {
    mkdirSync(path(name));
    writeFileSync(path(`${name}/token`), `${token}\n`);
    symlinkSync(name, path('link'));
    renameSync(path('link'), path('..data'));
  };
  version('..1', 'old');
  symlinkSync('..data/token', path('token'));
  edit({ ...acme, oauthToken: `\${file:${path('token')}}` });
  const opened = open();
  const before = opened.of('acme').zendesk;
  version('..2', 'new');
  expect(opened.of('acme').zendesk).not.toBe(before);
  expect(entries).toEqual([['the configuration has changed', { otherCredentials: ['acme'] }]]);
});

test('two names for one DuckDB file are one destination: a process must not open it twice', () => {
  const file = path('tickets.duckdb');
  symlinkSync(folder, path('here'));
  writeFileSync(
    path('export.json'),
    JSON.stringify({
      destinations: {
        a: `duckdb:${file}`,
        b: `duckdb:${path('here')}/x/../tickets.duckdb`,
      },
      accounts: [
        { ...acme, destination: 'a' },
        { ...globex, destination: 'b' },
      ],
    }),
  );
  const opened = open();
  expect(opened.of('acme').destination).toBe(opened.of('globex').destination);
});

test('of many accounts a change counts without anybody asking for it', async () => {
  const many = Array.from({ length: 200 }, (_, index) => ({ ...acme, subdomain: `acme${index}` }));
  edit(...many);
  const opened = open();
  const before = opened.of('acme199').zendesk;
  edit(...many.with(199, { ...acme, subdomain: 'acme199', oauthToken: 'hunter5' }));
  await eventually(() => entries[0], 'the log to say so');
  expect(opened.of('acme199').zendesk).not.toBe(before);
});
