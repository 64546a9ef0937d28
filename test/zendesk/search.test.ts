import { startSimulator } from '../../src/simulator';
import { ZendeskClient } from '../../src/zendesk/client';
import { countRecords, searchRecords, showRecords, ticketsDeletedSince } from '../../src/zendesk/search';
import { scriptZendesk, type ScriptedZendesk } from '../support/scriptedZendesk';

const WINDOW = { from: 0, to: 1_750_000_000 };
const FIRST = { after: null, perPage: 1000 };
const { signal } = new AbortController();

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(async (server) => server.close()));
});

function clientOf(baseUrl: string): ZendeskClient {
  return new ZendeskClient({
    subdomain: 'acme',
    baseUrl,
    credentials: { kind: 'oauthToken', token: 'secret' },
  });
}

async function answering(
  answer: (url: URL) => unknown,
): Promise<{ zendesk: ZendeskClient; asked: ScriptedZendesk['asked'] }> {
  const script = await scriptZendesk(answer);
  opened.push(script);
  return { zendesk: clientOf(script.url), asked: script.asked };
}

test('asks for the window in words that Zendesk understands, without a type in the query of an export', async () => {
  const { zendesk, asked } = await answering(({ pathname }) =>
    pathname.endsWith('/count') ? { count: 7 } : { results: [], meta: { has_more: false } },
  );
  expect(await countRecords(zendesk, 'tickets', WINDOW, signal)).toMatchObject({
    value: 7,
    requests: 1,
    quota: null,
  });
  await searchRecords(zendesk, 'tickets', WINDOW, { after: 'abc+/=', perPage: 900 }, signal);
  const created = 'created>=1970-01-01T00:00:00Z created<2025-06-15T15:06:40Z';
  expect(asked.map(({ searchParams }) => Object.fromEntries(searchParams))).toEqual([
    { query: `type:ticket ${created}` },
    { 'filter[type]': 'ticket', query: created, 'page[size]': '900', 'page[after]': 'abc+/=' },
  ]);
});

test.each([
  ['no count', { total: 7 }],
  ['HTML', '<html></html>'],
  ['a cut answer', '{"count": 7'],
])('%s is no number of tickets: it is asked for again', async (_, body) => {
  const { zendesk } = await answering(() => body);
  await expect(countRecords(zendesk, 'tickets', WINDOW, signal)).rejects.toMatchObject({
    failure: { kind: 'unavailable' },
  });
});

test.each([
  ['a ticket without updated_at', { results: [{ id: 1 }], meta: { has_more: false } }],
  ['no word about the end', { results: [] }],
  ['no cursor before the end', { results: [], meta: { has_more: true } }],
])('%s is no page of results', async (_, body) => {
  const { zendesk } = await answering(() => body);
  await expect(searchRecords(zendesk, 'tickets', WINDOW, FIRST, signal)).rejects.toMatchObject({
    failure: { kind: 'unavailable' },
  });
});

test('a cursor that has expired has the window read again', async () => {
  const simulator = await startSimulator({ tickets: 20, to: WINDOW.to - 100 });
  opened.push(simulator);
  await expect(
    searchRecords(clientOf(simulator.url), 'tickets', WINDOW, { after: 'MXwx', perPage: 5 }, signal),
  ).rejects.toMatchObject({ failure: { kind: 'unavailable' } });
});

test('shows tickets as they came, at the version of their updated_at, without deleted ones', async () => {
  const ticket =
    '{"id":7,  "updated_at":"2025-01-01T00:00:07Z","status":"open","support_type":"ai_agent","x":1.10}';
  const { zendesk } = await answering(
    () => `{"tickets":[${ticket},{"id":8,"updated_at":"2025-01-01T00:00:08Z","status":"deleted"}],"count":2}`,
  );
  const { value } = await showRecords(zendesk, 'tickets', [7, 8], signal);
  expect(value).toMatchObject([{ id: 7, version: 1_735_689_607, deleted: false, supportType: 'ai_agent' }]);
  expect(value.map(({ json }) => Buffer.from(json).toString())).toEqual([ticket]);
});

test('reads the list of deleted tickets as far as it must, and says where nobody can tell', async () => {
  const deletedAt = (page: number): string => `2025-01-0${9 - page}T00:00:00Z`;
  const { zendesk, asked } = await answering((url) => {
    const page = Number(url.searchParams.get('page'));
    return { deleted_tickets: [{ id: page, deleted_at: deletedAt(page) }], next_page: url.href };
  });
  const since = async (day: number): Promise<readonly number[] | null> => {
    const { value } = await ticketsDeletedSince(
      zendesk,
      Date.parse(`2025-01-0${day}T00:00:00Z`) / 1000,
      signal,
    );
    return value === null ? null : [...value];
  };
  expect(await since(7)).toEqual([1, 2]);
  expect(asked).toHaveLength(3);
  expect(await since(1)).toBeNull();
});
