import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Batch } from '../../src/destinations/destination';
import { openDestination } from '../../src/destinations/open';
import { exportPage } from '../../src/export/exportPage';
import { replayQuarantine } from '../../src/export/replayQuarantine';
import type { Position } from '../../src/contract/page';
import type { StreamName } from '../../src/streams';
import { ZendeskClient } from '../../src/zendesk/client';
import type { Privacy } from '../../src/zendesk/privacy/privacy';
import { queryFiles } from '../destinations/files/lake';
import { queryDuckDb } from '../destinations/queryDuckDb';
import { scriptZendesk, type ScriptedZendesk } from '../support/scriptedZendesk';

const PLANTED = 'planted-name-or-text';
const MAIL = 'planted@example.com';
const NOW = 1_700_000_000;
const BIG = '12345678901234567890';

const PRIVACY: Privacy = {
  key: 'a key of the tests, long enough',
  rules: {
    tickets: {
      drop: ['subject', 'description', 'custom_fields.1'],
      hash: ['via.source.from.address', 'custom_fields.2', 'recipient', 'tags'],
    },
    users: { drop: ['name'], hash: ['email'] },
    ticket_events: { drop: ['child_events.body'], hash: [] },
  },
};
const HASH = createHmac('sha256', PRIVACY.key ?? '')
  .update(MAIL)
  .digest('hex');

const WHEN = { generated_timestamp: NOW - 500, updated_at: '2023-11-14T00:00:00Z' };

function ticketText(id: unknown): string {
  const fields = [
    { id: 1, value: PLANTED },
    { id: 2, value: MAIL },
    { id: 3, value: 'plain' },
  ];
  const ticket = {
    ...{ subject: PLANTED, raw_subject: PLANTED, description: PLANTED, recipient: MAIL, tags: [MAIL] },
    ...{ custom_fields: fields, fields, via: { source: { from: { address: MAIL } } }, priority: 'high' },
  };
  return JSON.stringify({ id, ...WHEN, ...ticket }).replace('"priority"', `"problem_id":${BIG},"priority"`);
}

const USERS = [{ id: 5, name: PLANTED, email: MAIL, updated_at: WHEN.updated_at }];
const EVENTS = [
  {
    ...{ id: 9, ticket_id: 1, timestamp: WHEN.generated_timestamp },
    child_events: [
      { id: 1, type: 'Comment', body: PLANTED, html_body: `<p>${PLANTED}</p>`, plain_body: PLANTED },
      { id: 2, event_type: 'Change', subject: PLANTED, previous_value: PLANTED },
      { id: 3, event_type: 'Change', custom_ticket_fields: { 2: MAIL }, previous_value: MAIL },
    ],
  },
];

/** Two tickets, of which the second has half of a surrogate pair; one without a usable id, and one that is no object. */
function body(path: string): string {
  if (path.includes('ticket_events'))
    return `{"ticket_events":${JSON.stringify(EVENTS)},"end_time":${NOW - 500},"end_of_stream":true}`;
  const odd = ticketText(2).replace('"high"', '"\\ud800"');
  const tickets = [ticketText(1), odd, ticketText('x'), JSON.stringify(`${PLANTED} ${MAIL}`)];
  return `{"tickets":[${tickets.join(',\n')}],"users":${JSON.stringify(USERS)},"end_time":${NOW - 500},"end_of_stream":true}`;
}

let folder: string;
let server: ScriptedZendesk;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'privacy-'));
  server = await scriptZendesk(({ pathname }) => body(pathname));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

async function exportInto(url: string, privacy: Privacy | null = PRIVACY): Promise<string> {
  const zendesk = new ZendeskClient({
    ...{ subdomain: 'acme', baseUrl: server.url, credentials: { kind: 'oauthToken', token: 'x' } },
    ...(privacy === null ? {} : { privacy }),
  });
  const destination = openDestination(url);
  await destination.prepare();
  const streams: readonly StreamName[] = ['tickets', 'ticket_events'];
  const results: unknown[] = [];
  for (const [index, stream] of streams.entries()) {
    const position: Position = { endpoint: 'time', startTime: NOW - 1000 };
    const request = {
      ...{ subdomain: 'acme', stream, range: 0, perPage: 10, include: ['users'], position },
      ...({ supportTypeScope: 'all', excludeDeleted: false } as const),
      key: { exportId: 'export', epoch: 0, page: index + 1 },
    };
    const tools = { zendesk, destination, now: () => NOW };
    const attempt = { of: stream, number: 1 };
    results.push(await exportPage(tools, request, attempt, new AbortController().signal));
  }
  await destination.close();
  return JSON.stringify(results);
}

/** The bytes of all files, unpacked where they are packed. */
function bytesBelow(path: string): string {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      return (entry.name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
    })
    .join('\n');
}

const DUCKDB = (): string => `duckdb:${folder}/t.duckdb`;

test('without rules, all of it would be there', async () => {
  await exportInto(`file:${folder}`, null);
  expect(bytesBelow(folder)).toContain(PLANTED);
  expect(bytesBelow(folder)).toContain(MAIL);
});

test('lines of files, quarantine and manifests hold nothing that a rule takes away, and the rest as it came', async () => {
  const result = await exportInto(`file:${folder}`);
  const all = bytesBelow(folder);
  expect(`${all}${result}`).not.toMatch(/planted/);
  expect(all).toContain(`"problem_id":${BIG}`);
  expect(all).toContain(`"address":"${HASH}"`);
  expect(all).toContain(`"tags":["${HASH}"]`);
  expect(all).toContain('{"id":3,"value":"plain"}');
});

test('Parquet has typed columns that agree with the records', async () => {
  await exportInto(`file:${folder}?format=parquet`);
  const rows = await queryFiles(
    [],
    `SELECT recipient, tags, subject, custom_fields, ticket FROM read_parquet('${folder}/tickets/*/*/*.parquet') ORDER BY id LIMIT 1`,
  );
  expect(rows[0]?.slice(0, 3)).toMatchObject([HASH, expect.anything(), null]);
  expect(
    JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)),
  ).not.toMatch(/planted/);
  expect(bytesBelow(folder)).not.toMatch(/planted/);
});

test('DuckDB has typed columns that agree with the records, and the same hash for the same value', async () => {
  await exportInto(DUCKDB());
  const rows = await queryDuckDb(
    `${folder}/t.duckdb`,
    `SELECT t.id::INTEGER AS id, recipient, t.tags[1] AS tag, subject, raw_subject, problem_id, u.name AS name, ticket->>'problem_id' AS problem
     FROM tickets t JOIN users u ON u.email = (ticket->'via'->'source'->'from'->>'address') ORDER BY t.id`,
  );
  const rest = { recipient: HASH, tag: HASH, subject: null, raw_subject: null, problem_id: null, name: null };
  expect(rows).toEqual([1, 2].map((id) => ({ id, ...rest, problem: BIG })));
  expect(bytesBelow(folder)).not.toMatch(/planted/);
});

test('what was quarantined before a rule comes out of it by the rule', async () => {
  await exportInto(DUCKDB(), null);
  const destination = openDestination(DUCKDB());
  const batches: Batch[] = [];
  const write = destination.write.bind(destination);
  destination.write = async (page) => {
    batches.push(page);
    return write(page);
  };
  await replayQuarantine(destination, 'replay', NOW, () => PRIVACY);
  await destination.close();
  const texts = batches.flatMap(({ records }) => records.map(({ json }) => Buffer.from(json).toString()));
  expect(texts.length).toBeGreaterThan(0);
  expect(texts.join()).not.toMatch(/planted/);
});
