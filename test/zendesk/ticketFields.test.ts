import { startSimulator } from '../../src/simulator';
import { ZendeskClient } from '../../src/zendesk/client';
import { readFields } from '../../src/zendesk/ticketFields';
import { failureOf } from './failures';
import { closeServers, serve, serveAlways } from './oddServer';

afterEach(closeServers);

const never = new AbortController().signal;

function clientOf(baseUrl: string): ZendeskClient {
  return new ZendeskClient({
    subdomain: 'demo',
    baseUrl,
    credentials: { kind: 'oauthToken', token: 't0ken' },
  });
}

const record = (id: number, rest: object = {}): object => ({
  id,
  title: `Field ${id}`,
  type: 'text',
  active: true,
  ...rest,
});

describe('ticketFields', () => {
  test("reads the simulator's", async () => {
    const simulator = await startSimulator({ tickets: 1 });
    try {
      const fields = await clientOf(simulator.url).ticketFields(never);
      expect(fields?.[0]).toMatchObject({ title: 'Custom field 1 (tagger)', type: 'tagger', active: true });
      expect(fields?.[0]?.options).toContainEqual({ value: 'gold', name: 'gold' });
    } finally {
      await simulator.close();
    }
  });

  test('follows cursors on our own host, and reads a field of two pages once', async () => {
    const { url, requests } = await serve((response, _request, count) => {
      const meta = { has_more: count < 3, after_cursor: `c=${count}` };
      const links = { next: 'https://elsewhere.example/api/v2/ticket_fields?page[after]=x' };
      response.end(JSON.stringify({ ticket_fields: [record(count), record(count + 1)], meta, links }));
    });
    const fields = await clientOf(url).ticketFields(never);
    expect(fields?.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    expect(requests.map((path) => decodeURIComponent(path))).toEqual([
      '/api/v2/ticket_fields?page[size]=100',
      '/api/v2/ticket_fields?page[size]=100&page[after]=c=1',
      '/api/v2/ticket_fields?page[size]=100&page[after]=c=2',
    ]);
  });

  test('follows numbered pages on our own host', async () => {
    const { url, requests } = await serve((response, _request, count) => {
      const next = `https://elsewhere.example/api/v2/ticket_fields.json?page=${count + 1}&per_page=2`;
      response.end(JSON.stringify({ ticket_fields: [record(count)], next_page: count < 3 ? next : null }));
    });
    expect((await clientOf(url).ticketFields(never))?.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(requests.slice(1)).toEqual([
      '/api/v2/ticket_fields?page=2&per_page=2',
      '/api/v2/ticket_fields?page=3&per_page=2',
    ]);
  });

  test.each([
    ['stands', () => 'same', 2],
    ['goes round in a circle', (count: number) => `cursor ${count % 3}`, 4],
    ['never ends', (count: number) => `cursor ${count}`, 100],
  ])('gives up at once on a list whose cursor %s', async (_case, cursor, most) => {
    const { url, requests } = await serve((response, _request, count) => {
      const meta = { has_more: true, after_cursor: cursor(count) };
      response.end(JSON.stringify({ ticket_fields: [record(1)], meta }));
    });
    const error = await failureOf(clientOf(url).ticketFields(never));
    expect(error.failure).toEqual({ kind: 'refused' });
    expect(error.message).toContain(`the list of ticket fields has no end (${most} pages)`);
    expect(requests).toHaveLength(most);
  });

  test.each([403, 404])('is undefined for %i: a token may be limited to tickets', async (status) => {
    const { url } = await serveAlways(status, '{"error":"Forbidden"}');
    expect(await clientOf(url).ticketFields(never)).toBeUndefined();
  });

  test.each([
    [401, '{"error":"Couldn\'t authenticate you"}', 'unauthorized'],
    [500, '', 'unavailable'],
    [429, '{}', 'throttled'],
    [200, '<html>maintenance</html>', 'unavailable'],
    [200, '{"tickets":[]}', 'unavailable'],
  ])('fails for %i %s as every request does', async (status, body, kind) => {
    const { url } = await serveAlways(status, body);
    expect(await failureOf(clientOf(url).ticketFields(never))).toMatchObject({ failure: { kind } });
  });
});

describe('readFields', () => {
  test('leaves out what every account has and what cannot be read', () => {
    const system = ['subject', 'description', 'status', 'tickettype', 'priority', 'group', 'assignee'];
    const fields = [
      ...system.map((type, index) => record(index + 1, { type })),
      record(20, {
        type: 'type of tomorrow',
        custom_field_options: [{ name: 'A', value: 'a' }, { odd: 1 }, 7],
      }),
      record(21, { title: null, active: null, custom_field_options: 'none' }),
      { title: 'no id' },
      null,
    ];
    expect(readFields(JSON.stringify({ ticket_fields: fields }))).toEqual({
      fields: [
        {
          id: 20,
          title: 'Field 20',
          type: 'type of tomorrow',
          active: true,
          options: [{ name: 'A', value: 'a' }],
        },
        { id: 21, title: '', type: 'text', active: true, options: [] },
      ],
      next: undefined,
    });
  });
});
