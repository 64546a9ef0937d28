import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidConfig, readConfig, readPrivacy } from '../../src/account/config';
import { privacyFacts } from '../../src/check/privacy';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'privacy-'))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const PRIVACY_KEY = '0123456789abcdef0123456789abcdef';
const ONE = { ZENDESK_SUBDOMAIN: 'acme', ZENDESK_OAUTH_TOKEN: 't0ken', PRIVACY_KEY };

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

function problemsOf(privacy: unknown): readonly string[] {
  try {
    readConfig({ ...ONE, EXPORT_PRIVACY: file('privacy.json', privacy) });
  } catch (error) {
    if (error instanceof InvalidConfig) return error.problems;
    throw error;
  }
  throw new Error('accepted');
}

const USERS = { users: { hash: ['email'] } };

describe('privacy rules', () => {
  test('are in the file that EXPORT_PRIVACY names, with their key among the secrets', () => {
    const privacy = { key: '${PRIVACY_KEY}', rules: { ...USERS, tickets: { drop: ['subject'] } } };
    const variables = { ...ONE, EXPORT_PRIVACY: file('privacy.json', privacy) };
    const [{ account }] = readConfig(variables).readAccounts();
    expect(account.privacy).toEqual({
      key: PRIVACY_KEY,
      rules: { users: { drop: [], hash: ['email'] }, tickets: { drop: ['subject'], hash: [] } },
    });
    expect(readPrivacy(variables)('acme')).toEqual(account.privacy);
  });

  test('are those of the account in EXPORT_CONFIG, and of EXPORT_PRIVACY for accounts without', () => {
    const own = { rules: { tickets: { drop: ['subject'] } } };
    const accounts = [
      { subdomain: 'acme', oauthToken: 't0ken', privacy: own },
      { subdomain: 'globex', oauthToken: 't0ken' },
    ];
    const variables = {
      EXPORT_CONFIG: file('export.json', { destinations: { lake: `file:${folder}` }, accounts }),
      EXPORT_PRIVACY: file('privacy.json', { rules: { tickets: { drop: ['description'] } } }),
    };
    const read = readConfig(variables).readAccounts();
    const drops = read.map(({ account }) => account.privacy?.rules.tickets?.drop);
    expect(drops).toEqual([['subject'], ['description']]);
    expect(readPrivacy(variables)('acme')).toEqual(read[0].account.privacy);
    expect(readPrivacy(variables)('globex')).toEqual(read[1]?.account.privacy);
  });

  test('are read again when their file changes', () => {
    const variables = { ...ONE, EXPORT_PRIVACY: file('privacy.json', { rules: {} }) };
    const { readAccounts } = readConfig(variables);
    expect(readAccounts()[0].account.privacy?.rules).toEqual({});
    file('privacy.json', { rules: { tags: { drop: ['count'] } } });
    expect(readAccounts()[0].account.privacy?.rules).toEqual({ tags: { drop: ['count'], hash: [] } });
  });

  test('are refused with every problem, which quotes no secret', () => {
    const rules = {
      tickets: {
        drop: ['id', 'a..b', 'status', '*', 'metric_set.id', 'generated_timestamp'],
        hash: ['requester_id', 'metric_set', 'created_at'],
      },
      people: {},
      users: { drop: ['*.id', 'active'] },
    };
    const away = (key: string): string => `would take ${key} away, without which the export cannot work`;
    expect(problemsOf({ key: 'short', rules })).toEqual([
      'EXPORT_PRIVACY: key: must have 16 characters or more; openssl rand -base64 32 makes a good one',
    ]);
    expect(problemsOf({ rules })).toEqual(
      [
        `rules.tickets.drop.0: id ${away('id')}`,
        'rules.tickets.drop.1: a..b must be keys with dots between them, such as via.source.from.address',
        `rules.tickets.drop.2: status ${away('status')}`,
        `rules.tickets.drop.3: * ${away('id')}`,
        `rules.tickets.drop.4: metric_set.id ${away('metric_set.id')}`,
        `rules.tickets.drop.5: generated_timestamp ${away('generated_timestamp')}`,
        'rules.tickets.hash.0: requester_id cannot be hashed: its column does not hold texts. Drop it',
        `rules.tickets.hash.1: metric_set ${away('metric_set.id')}`,
        `rules.tickets.hash.2: created_at ${away('created_at')}`,
        'rules.people: is not a stream',
        `rules.users.drop.1: active ${away('active')}`,
        'key: is required, because rules hash',
      ].map((problem) => `EXPORT_PRIVACY: ${problem}`),
    );
    expect(problemsOf({ key: 'x'.repeat(16), rules: { users: { forget: ['x'] } } })).toEqual([
      'EXPORT_PRIVACY: rules.users: unknown field forget',
    ]);
  });

  test('of paths that Zendesk does not document are reported by a check, and copies that have none', () => {
    const paths = [
      ...['description', 'raw_subject', 'via.source.from.address', 'custom_fields.360021289000', '*.email'],
      ...['descripton', 'subject.text', 'via.sorce.from', 'custom_fields.ssn', 'metric_set.url', 'dates'],
    ];
    const facts = privacyFacts({
      ...{ subdomain: 'acme', baseUrl: '', credentials: { kind: 'oauthToken', token: '' } },
      privacy: { rules: { tickets: { drop: paths, hash: [] } } },
    });
    expect(facts.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'ok privacy rules for tickets (11 dropped, 0 hashed)',
      'warn privacy: tickets descripton is unknown: tickets have no documented key descripton',
      'warn privacy: tickets subject.text is unknown: subject of tickets holds nothing that has keys',
      'warn privacy: tickets via.sorce.from is unknown: via has a channel and a source, and that has from, to and rel',
      'warn privacy: tickets custom_fields.ssn is unknown: custom_fields of tickets are named by their ids, such as custom_fields.360021289000',
      'warn privacy: tickets description has a rule, and ticket_events child_events.body, which may hold the same, has none',
      'warn privacy: tickets description has a rule, and suspended_tickets content, which may hold the same, has none',
    ]);
  });
});
