import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Position } from '../../src/contract/page';
import { textOf } from '../../src/destinations/recordText';
import { STREAMS } from '../../src/streams';
import { tickets } from '../../src/streams/tickets';
import type { Endpoint } from '../../src/streams/stream';
import { NotAPage } from '../../src/zendesk/notAPage';
import { parsePage, type ParsedPage } from '../../src/zendesk/parsePage';

const START: Position = { endpoint: 'time', startTime: 100 };

function read(body: unknown, position = START, perPage = 1000): ParsedPage {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return parsePage(bytes, { stream: tickets, position, perPage });
}

function ticket(id: number, generated_timestamp: number): Record<string, unknown> {
  return { id, generated_timestamp, updated_at: '2024-01-01T00:00:00Z', status: 'open' };
}

function fixture(name: string): string {
  return readFileSync(join(__dirname, 'fixtures', `${name}.json`), 'utf8');
}

function textsOf(sideloads: ParsedPage['sideloads']): unknown {
  return [...sideloads].map(([table, objects]) => [table, objects.map(({ json }) => textOf(json))]);
}

test('reads the list and the sideloads that the stream names, and no other', () => {
  const stream = { ...tickets, list: 'events', sideloads: [{ name: 'authors', table: 'groups' }] };
  const page = {
    events: [ticket(1, 200)],
    tickets: [ticket(2, 200)],
    authors: [{ id: 3 }],
    users: [{ id: 4 }],
  };
  const body = Buffer.from(JSON.stringify({ ...page, end_time: 200, end_of_stream: true }));
  const { records, sideloads } = parsePage(body, { stream, position: START, perPage: 10 });
  expect(records.map(({ id }) => id)).toEqual([1]);
  expect(textsOf(sideloads)).toEqual([['groups', ['{"id":3}']]]);
});

test('reads the identities beside users as user identities', () => {
  const body = {
    users: [{ id: 1, updated_at: '2024-01-01T00:00:00Z' }],
    identities: [
      { id: 5, user_id: 1, updated_at: '2024-01-01T00:00:01Z' },
      { id: 'x', user_id: 1 },
    ],
    after_cursor: 'c',
    end_of_stream: true,
  };
  const page = parsePage(Buffer.from(JSON.stringify(body)), {
    stream: STREAMS.users,
    position: { endpoint: 'cursor', startTime: 0 },
    perPage: 10,
  });
  expect(page.records).toMatchObject([{ id: 1, version: 1_704_067_200 }]);
  expect([...page.sideloads.keys()]).toEqual(['user_identities']);
  expect(page.sideloads.get('user_identities')).toMatchObject([
    { kind: 'record', id: 5, version: 1_704_067_201 },
    { kind: 'rejected', stream: 'user_identities', json: '{"id":"x","user_id":1}' },
  ]);
  // Those are of another stream.
  expect(page.rejected).toEqual([]);
});

test('reads the metric sets within tickets, like those beside them', () => {
  const [within, beside] = [
    { id: 3, ticket_id: 1 },
    { id: 4, ticket_id: 2 },
  ];
  const page = read({
    tickets: [
      { ...ticket(1, 200), metric_set: within },
      { ...ticket(2, 200), metric_set: null },
    ],
    metric_sets: [beside],
    end_of_stream: true,
  });
  expect(textsOf(page.sideloads)).toEqual([
    ['metric_sets', [within, beside].map((set) => JSON.stringify(set))],
  ]);
  // The ticket is complete.
  expect(JSON.parse(textOf(page.records[0]?.json ?? ''))).toMatchObject({ metric_set: within });
});

describe('recorded shapes', () => {
  test('2019: without end_of_stream and the keys that came later', () => {
    const body = fixture('time2019');
    expect(body).not.toMatch(/end_of_stream|custom_status_id/);
    const page = read(body, { endpoint: 'time', startTime: 1_550_645_445 });
    expect(page).toMatchObject({
      endTime: 1_550_645_523,
      endOfStream: false,
      rejected: [],
      afterCursor: null,
    });
    expect(page.records.map(({ id, version }) => [id, version])).toEqual([
      [2, 1_550_645_445],
      [1, 1_550_645_445],
      [3, 1_550_645_523],
    ]);
  });

  test('metric sets at the top level: a sideload beside the tickets', () => {
    const page = read(fixture('metricSetsTopLevel'));
    expect([...page.sideloads.keys()]).toEqual(['metric_sets']);
    const [metricSet] = page.sideloads.get('metric_sets') ?? [];
    expect(JSON.parse(textOf(metricSet?.json ?? ''))).toMatchObject({ id: 634, ticket_id: 2 });
    expect(page.records).toHaveLength(1);
    expect(page.endOfStream).toBe(true);
  });

  test('deleted: softly with its content, and scrubbed', () => {
    const page = read(fixture('deleted'));
    expect(page.records.map(({ id, deleted }) => [id, deleted])).toEqual([
      [11, true],
      [12, true],
    ]);
    // A scrub is a version of its own, 30 days after the last update.
    const [, scrubbed] = page.records;
    expect((scrubbed?.version ?? 0) - (scrubbed?.updatedAt ?? 0)).toBe(2_595_510);
    expect(page.rejected).toEqual([]);
  });

  test('cursor based, with every form of via, its absence included', () => {
    const body = fixture('cursorViaVariants');
    const page = read(body, { endpoint: 'cursor', startTime: 0 });
    expect(page).toMatchObject({ afterCursor: 'MTc5MDIwMTAwNS4wfHwyNnw=', endTime: null, endOfStream: true });
    expect(page.records).toHaveLength(6);
    expect(page.rejected).toEqual([]);
    const original = (JSON.parse(body) as { tickets: unknown[] }).tickets;
    expect(page.records.map(({ json }) => JSON.parse(textOf(json)) as unknown)).toEqual(original);
  });
});

describe('the end of the stream', () => {
  test('is what the flag says, whatever count, next_page and the number of tickets suggest', () => {
    const full = {
      tickets: [ticket(1, 200), ticket(2, 200)],
      count: 2,
      end_time: 200,
      next_page: 'https://x',
    };
    expect(read({ ...full, end_of_stream: true }, START, 2).endOfStream).toBe(true);
    const short = { tickets: [ticket(1, 100)], count: 1, end_time: 100, next_page: null };
    expect(read({ ...short, end_of_stream: false }).endOfStream).toBe(false);
  });

  test.each([
    ['a page that brings nothing later than the second asked from', [ticket(1, 100)], 100, true],
    ['an empty page', [], null, true],
    ['a page with a later ticket', [ticket(1, 100), ticket(2, 101)], 101, false],
    ['a page without a readable ticket whose end_time advances', [{ id: 'x' }], 300, false],
  ])('is found in an answer of 2019 for %s', (_case, tickets, end_time, endOfStream) => {
    const body = { tickets, count: tickets.length, end_time, next_page: 'https://x' };
    expect(read(body).endOfStream).toBe(endOfStream);
  });

  test('is not found without the flag on a full page of one second, rejected records counted', () => {
    const tickets = [ticket(1, 100), { id: 'x' }];
    expect(read({ tickets, end_time: 100 }, START, 2).endOfStream).toBe(false);
  });

  const empty = { tickets: [], count: 0, end_time: null, next_page: null };
  test.each(['count', 'end_time', 'next_page', 'count end_time next_page'])(
    'is not found without the flag where an answer of 2019 would have %s',
    (missing) => {
      const kept = Object.entries(empty).filter(([key]) => !missing.split(' ').includes(key));
      expect(() => read(Object.fromEntries(kept))).toThrow('does not say whether the stream continues');
    },
  );

  test('is never found without the flag by cursor, where there always was one', () => {
    const cursor: Position = { endpoint: 'cursor', cursor: 'c' };
    expect(() => read({ ...empty, after_cursor: 'c' }, cursor)).toThrow(NotAPage);
    expect(read({ tickets: [ticket(1, 1)], after_cursor: 'd' }, cursor).endOfStream).toBe(false);
  });
});

describe('a page of a list', () => {
  const event = { id: 1, time: '2024-01-01T00:00:00Z' };
  const readList = (more: object, endpoint: Endpoint = 'cursor'): ParsedPage =>
    parsePage(Buffer.from(JSON.stringify({ ticket_metric_events: [event], ...more })), {
      stream: STREAMS.ticket_metric_events,
      position: { endpoint, startTime: 0 },
      perPage: 100,
    });

  test('says in meta whether the list continues, and where', () => {
    expect(readList({ meta: { has_more: true, after_cursor: 'x' }, links: {} })).toMatchObject({
      records: [{ id: 1, version: 1_704_067_200 }],
      endTime: null,
      afterCursor: '0.x',
      endOfStream: false,
    });
    expect(readList({ meta: { has_more: false, after_cursor: 'x' } })).toMatchObject({ endOfStream: true });
    expect(readList({ meta: { has_more: false } })).toMatchObject({ afterCursor: null, endOfStream: true });
  });

  test('is not the last where it continues without saying where', () => {
    for (const cursor of [{}, { after_cursor: null }, { after_cursor: '' }])
      expect(readList({ meta: { has_more: true, ...cursor } })).toMatchObject({
        afterCursor: null,
        endOfStream: false,
      });
  });

  test('may say so as an export does', () => {
    expect(readList({ after_cursor: 'x', end_of_stream: false })).toMatchObject({
      afterCursor: '0.x',
      endOfStream: false,
    });
    expect(readList({ meta: {}, end_of_stream: true })).toMatchObject({ endOfStream: true });
  });

  test.each([
    {},
    { meta: null },
    { meta: {} },
    { meta: { has_more: null, after_cursor: 'x' } },
    { meta: { has_more: 'false' } },
    { meta: { has_more: false, after_cursor: 'a b' } },
    { meta: [] },
    { count: 1, end_time: 1_704_067_200, next_page: null },
  ])('is none where it says nothing, or nothing readable: %j', (more) => {
    expect(() => readList(more)).toThrow(NotAPage);
  });

  test('is one of the export by time, where meta says nothing', () => {
    const more = { end_time: 1_704_067_200, end_of_stream: true, meta: 'anything' };
    expect(readList(more, 'time')).toMatchObject({ endTime: 1_704_067_200, endOfStream: true });
    const tickets = { tickets: [ticket(1, 200)], meta: { has_more: false }, after_cursor: 'c' };
    expect(read({ ...tickets, end_of_stream: false }, { endpoint: 'cursor', startTime: 0 })).toMatchObject({
      afterCursor: 'c',
      endOfStream: false,
    });
  });
});

describe('where the next page starts', () => {
  const next_page = 'https://elsewhere.example/api/v2/incremental/tickets?start_time=205&per_page=5';
  const tickets = [ticket(1, 200), ticket(2, 205)];

  test('is in next_page where end_time is missing before the end of the stream', () => {
    for (const more of [{}, { end_time: null }, { end_time: null, end_of_stream: false }])
      expect(read({ tickets, next_page, ...more })).toMatchObject({ endTime: 205, endOfStream: false });
    expect(read({ tickets, next_page, end_time: 206, end_of_stream: false }).endTime).toBe(206);
    expect(read({ tickets, next_page, end_time: null, end_of_stream: true }).endTime).toBeNull();
  });

  test.each([
    null,
    5,
    '',
    'https://x',
    'https://x?start_time=',
    'https://x?start_time=9e9',
    `?start_time=${'9'.repeat(40)}`,
  ])('is not in a next_page that holds no second: %j', (odd) => {
    expect(read({ tickets, next_page: odd, end_of_stream: false }).endTime).toBeNull();
  });

  test('is never what belongs to the other endpoint', () => {
    const both = { tickets, end_time: 5, after_cursor: 'c', end_of_stream: false };
    expect(read(both)).toMatchObject({ endTime: 5, afterCursor: null });
    expect(read(both, { endpoint: 'cursor', startTime: 0 })).toMatchObject({
      endTime: null,
      afterCursor: 'c',
    });
  });
});

describe('a page', () => {
  test('may be larger than asked for, and empty', () => {
    const tickets = [1, 2, 3].map((id) => ticket(id, 100));
    expect(read({ tickets, end_time: 101, end_of_stream: false }, START, 1).records).toHaveLength(3);
    const empty = { tickets: [], count: 0, end_time: null, next_page: null, end_of_stream: true };
    expect(read(empty)).toMatchObject({ records: [], endTime: null, endOfStream: true });
  });

  test('has no cursor where Zendesk sends null, nothing or an empty one', () => {
    for (const more of [{ after_cursor: null, after_url: null }, {}, { after_cursor: '' }]) {
      const body = { tickets: [], end_of_stream: false, ...more };
      expect(read(body, { endpoint: 'cursor', startTime: 0 }).afterCursor).toBeNull();
    }
  });

  test('keeps unusable records apart, with their text and the reason', () => {
    const page = read(
      '{"tickets":[{"id":1,"generated_timestamp":5},null,{"id":1.5,"secret":"s"}],"end_of_stream":true}',
    );
    expect(page.records).toHaveLength(1);
    expect(page.rejected.map(({ json }) => json)).toEqual(['null', '{"id":1.5,"secret":"s"}']);
    for (const { reason } of page.rejected) expect(reason).not.toContain('secret');
  });

  test('hands on every sideload that has a table, a list or one object in its place, and keeps nothing else', () => {
    const page = read({
      tickets: [],
      end_of_stream: true,
      brands: [{ id: 1 }],
      users: { id: 2 },
      groups: null,
    });
    expect(textsOf(page.sideloads)).toEqual([['users', ['{"id":2}']]]);
  });

  test('has no sideloads in what always stands beside the tickets', () => {
    expect([...read(fixture('cursorViaVariants'), { endpoint: 'cursor', startTime: 0 }).sideloads]).toEqual(
      [],
    );
    expect([...read(fixture('time2019')).sideloads]).toEqual([]);
  });
});

describe('what is no page', () => {
  test.each([
    '{}',
    '{"error":"InternalError"}',
    '{"tickets":null}',
    '{"tickets":{}}',
    '{"tickets":"[]"}',
    '{"tickets":[],"end_time":"soon"}',
    '{"tickets":[],"end_of_stream":"false"}',
    '{"tickets":[],"end_time":-1,"end_of_stream":true}',
    '{"tickets":[],"end_time":1.5,"end_of_stream":true}',
    '{"tickets":[],"end_time":1e400,"end_of_stream":true}',
    '{"tickets":[],"after_cursor":5}',
    '{"tickets":[],"after_cursor":"a b","end_of_stream":true}',
    '{"tickets":[],"after_cursor":"a\\u0000b","end_of_stream":true}',
    `{"tickets":[],"after_cursor":"${'x'.repeat(1025)}","end_of_stream":true}`,
    // Whichever was meant, the other would be lost.
    '{"tickets":[{"id":1,"generated_timestamp":200}],"tickets":[],"end_of_stream":true}',
    '{"tickets":[],"end_of_stream":false,"end_of_stream":true}',
    '{"users":[{"id":1}],"users":[],"tickets":[],"end_of_stream":true}',
  ])('is refused as such: %s', (body) => {
    expect(() => read(body)).toThrow(NotAPage);
  });

  test('is named by its key, without the value', () => {
    expect(() => read('{"tickets":[],"end_time":"hidden","end_of_stream":true}')).toThrow(
      /^unreadable end_time$/,
    );
  });

  test('is refused wherever it is cut', () => {
    const body = fixture('deleted').trimEnd();
    for (let at = 0; at < body.length; at += 7) expect(() => read(body.slice(0, at))).toThrow();
  });

  test.each([
    '{"tickets":[{"id":1]}',
    '{"tickets":[{"id":tru}]}',
    '{"tickets":[],"end_time":nul}',
    '{"tickets":[{} {}]}',
  ])('is refused where its JSON is broken: %s', (body) => {
    expect(() => read(body)).toThrow();
  });
});
