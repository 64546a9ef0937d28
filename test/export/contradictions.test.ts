import { encodeCursor } from '../../src/simulator';
import { replayQuarantine } from '../../src/export/replayQuarantine';
import { reset, resume } from '../../workflows/actions';
import { expectTruth } from '../property/truth';
import { clock, closeStages, script, stage, ticket, TO } from './stage';

afterEach(closeStages);

describe('an answer that cannot be followed', () => {
  const cases = [
    { pagination: 'time', kind: 'endTimeBackwards', says: /end_time .* lies before the start_time/ },
    { pagination: 'cursor', kind: 'cursorStuck', says: /cursor does not advance/ },
    { pagination: 'cursor', kind: 'cursorMissing', says: /no after_cursor before the end of the stream/ },
  ] as const;

  test.each(cases)('is asked for again: once $kind', async ({ pagination, kind }) => {
    const { simulator, destination, start } = await stage();
    const drive = start({ pagination, perPage: 20 });
    await drive.run(() => drive.pages.length === 2);
    simulator.fault({ kind, times: 2 });
    expect(await drive.run()).toBe('end');
    expectTruth(destination, simulator);
    expect(drive.status).toMatchObject({ tickets: 100, requests: simulator.requests.length });
  });

  test.each(cases)('blocks with its name at the third time: $kind', async ({ pagination, kind, says }) => {
    const { simulator, destination, start } = await stage();
    const drive = start({ pagination, perPage: 20 });
    await drive.run(() => drive.pages.length === 2);
    simulator.fault({ kind, times: 'always' });
    const { position, tickets } = drive.status;
    expect(await drive.run()).toBe('blocked');
    expect(drive.blocked?.type).toBe('Contradiction');
    expect(drive.blocked?.message).toMatch(says);
    expect(drive.status).toMatchObject({ state: 'blocked', position, tickets });
    simulator.clearFaults();
    drive.act((state) => resume(state, clock.now));
    expect(await drive.run()).toBe('end');
    expectTruth(destination, simulator);
  });
});

test('does not loop over several cursors', async () => {
  const cursors = [1, 2, 3].map((id) => encodeCursor({ second: TO, id }));
  const { zendesk, start } = await script((url) => {
    const index = 1 + cursors.indexOf(url.searchParams.get('cursor') ?? '');
    return { tickets: [ticket(1, TO)], after_cursor: cursors[index % 3], end_of_stream: false };
  });
  const drive = start({ pagination: 'cursor' });
  expect(await drive.run()).toBe('blocked');
  expect(drive.blocked?.type).toBe('Contradiction');
  expect(zendesk.asked).toHaveLength(6);
});

test.each([1, 2, 3, 7])('does not loop over a list that goes in a circle of %i cursors', async (length) => {
  const { zendesk, start } = await script((url) => {
    const page = Number(url.searchParams.get('page[after]') ?? -1) + 1;
    return { groups: [{ id: page + 1 }], meta: { has_more: true, after_cursor: String(page % length) } };
  });
  const drive = start({ streams: ['groups'] });
  expect(await drive.run()).toBe('blocked');
  expect(drive.progress.streams.groups?.blocked?.message).toMatch(/list does not advance/);
  expect(zendesk.asked.length).toBeLessThanOrEqual(3 * length + 6);
});

test('a missing end_time before the end of the stream blocks with its name', async () => {
  const { start } = await script(() => ({ tickets: [ticket(1, TO)], end_time: null, end_of_stream: false }));
  const drive = start();
  expect(await drive.run()).toBe('blocked');
  expect(drive.blocked?.message).toMatch(/no end_time before the end of the stream/);
});

test.each(['time', 'cursor'])("never follows another account's host in %s mode", async (pagination) => {
  const { simulator, destination, start } = await stage();
  simulator.fault({ kind: 'wrongHost', host: '127.0.0.1:1', times: 'always' });
  expect(await start({ pagination, perPage: 30 }).run()).toBe('end');
  expectTruth(destination, simulator);
});

test.each([
  { name: 'HTML with status 200', fault: { kind: 'html200' } },
  { name: 'cut JSON of a matching length', fault: { kind: 'truncate' } },
  { name: 'a connection reset in the body', fault: { kind: 'reset', point: 'midBody' } },
] as const)('is retried and never taken for the end: $name', async ({ fault }) => {
  for (const pagination of ['time', 'cursor']) {
    const { simulator, destination, start } = await stage();
    const drive = start({ pagination, perPage: 40 });
    await drive.run(() => drive.pages.length === 1);
    simulator.fault({ ...fault, times: 5 });
    expect(await drive.run()).toBe('end');
    expectTruth(destination, simulator);
    expect(drive.failedAttempts).toBe(5);
  }
});

test.each(['time', 'cursor'])(
  'JSON that is no page is retried and never taken for the end: by %s',
  async (pagination) => {
    const odd = [
      {},
      '[]',
      'null',
      { tickets: null, end_of_stream: true },
      { tickets: [] },
      { tickets: [], count: 0, next_page: `https://x?start_time=${TO}` },
      { tickets: [], end_of_stream: null },
      `{"tickets":[{"id":2,"generated_timestamp":${TO}}],"tickets":[],"end_time":${TO},"end_of_stream":true}`,
    ];
    const { start } = await script(
      (_, index) => odd[index] ?? { tickets: [ticket(1, TO)], end_time: TO, end_of_stream: true },
    );
    const drive = start({ pagination });
    expect(await drive.run()).toBe('end');
    expect(drive.status).toMatchObject({ tickets: 1, requests: odd.length + 1 });
  },
);

test('an answer of 2019 that lacks its end_time is followed by its next_page', async () => {
  const next_page = `https://elsewhere.example/?start_time=${TO - 1}`;
  const { zendesk, destination, start } = await script((_, index) =>
    index === 0
      ? { tickets: [ticket(1, TO - 2), ticket(2, TO - 1)], count: 1000, next_page }
      : { tickets: [ticket(2, TO - 1), ticket(3, TO)], end_time: TO, end_of_stream: true },
  );
  expect(await start().run()).toBe('end');
  expect(zendesk.asked[1]?.searchParams.get('start_time')).toBe(String(TO - 1));
  expect(destination.tickets.size).toBe(3);
});

test.each([20, 600])(
  'a cursor of %i characters is sent as it came, and its summary stays small',
  async (length) => {
    const cursor = '+/='.repeat(length / 2).slice(0, length);
    const { zendesk, start } = await script((_, index) => ({
      tickets: [ticket(index + 1, TO)],
      after_cursor: index === 0 ? cursor : `${cursor}x`,
      end_of_stream: index === 1,
    }));
    const drive = start({ pagination: 'cursor' });
    expect(await drive.run()).toBe('end');
    expect(zendesk.asked[1]?.searchParams.get('cursor')).toBe(cursor);
    expect(zendesk.asked[1]?.search).toContain('cursor=%2B%2F%3D');
    for (const page of drive.pages) expect(JSON.stringify(page).length).toBeLessThan(1024);
  },
);

describe('a page that no true one can be', () => {
  const NOW = Math.floor(clock.seconds);
  const FAR = 1_749_999_000_000;
  const after = (second: number): object => ({ after_cursor: encodeCursor({ second, id: 1 }) });
  const cases: readonly [string, string, { tickets: object[] } & Record<string, unknown>, RegExp][] = [
    [
      'time',
      'end_time in milliseconds',
      { tickets: [ticket(1, TO)], end_time: FAR },
      /end_time \+0574.* in the future/,
    ],
    [
      'time',
      'end_time tomorrow',
      { tickets: [ticket(1, TO)], end_time: NOW + 86_400 },
      /end_time .* in the future/,
    ],
    [
      'time',
      'end_time beyond every date',
      { tickets: [], end_time: 1e15 },
      /end_time Unix time 1000000000000000 lies/,
    ],
    [
      'time',
      'a ticket after end_time',
      { tickets: [ticket(1, TO - 5), ticket(2, TO)], end_time: TO - 5 },
      /ticket 2 of .*, after its own end_time/,
    ],
    [
      'time',
      'a ticket before start_time',
      { tickets: [ticket(1, TO - 200), ticket(2, TO)], end_time: TO },
      /ticket 1 of .*, before .*, where the page starts/,
    ],
    [
      'time',
      'no order',
      { tickets: [ticket(1, TO - 1), ticket(2, TO - 2)], end_time: TO },
      /ticket 2 of .* after ticket 1 of .*: not in the order/,
    ],
    [
      'cursor',
      'a cursor of the future',
      { tickets: [ticket(1, TO)], ...after(FAR) },
      /after_cursor \+0574.* in the future/,
    ],
    [
      'cursor',
      'a ticket after the cursor',
      { tickets: [ticket(1, TO)], ...after(TO - 5) },
      /ticket 1 of .*, after its own after_cursor/,
    ],
    [
      'cursor',
      'a ticket before start_time',
      { tickets: [ticket(1, TO - 200)], ...after(TO) },
      /ticket 1 of .*, before/,
    ],
    [
      'cursor',
      'no order',
      { tickets: [ticket(1, TO - 1), ticket(2, TO - 2)], ...after(TO) },
      /not in the order/,
    ],
  ];

  test.each(cases)(
    'by %s, with %s, blocks with its name, and moves nothing',
    async (pagination, _, page, says) => {
      for (const end_of_stream of [false, true]) {
        const truth = { tickets: [ticket(9, TO)], end_time: TO, end_of_stream: true };
        const { destination, start } = await script((_url, index) =>
          index < 3 ? { ...page, end_of_stream } : truth,
        );
        const drive = start({ pagination, startTime: TO - 100 });
        expect(await drive.run()).toBe('blocked');
        expect(drive.blocked).toMatchObject({
          type: 'Contradiction',
          message: expect.stringMatching(says) as unknown,
        });
        expect(drive.status).toMatchObject({ tickets: 0, position: { startTime: TO - 100 } });
        drive.act((state) => resume(state, clock.now));
        expect(await drive.run()).toBe('end');
        expect([...destination.tickets.keys()]).toEqual([9]);
      }
    },
  );
});

test.each([
  ['a page inside one second, whose end_time is the second after', [ticket(2, TO), ticket(1, TO)], TO + 1],
  ['any order within a second', [ticket(3, TO - 1), ticket(2, TO), ticket(1, TO)], TO],
  ['an end_time after the last ticket, as filters leave it', [ticket(1, TO - 50)], TO],
  ['no ticket, and a later end_time', [], TO],
  ["tickets a little later than this worker's clock", [ticket(1, TO), ticket(2, TO + 1500)], TO + 1500],
])('no contradiction: %s', async (_, tickets, end_time) => {
  const { destination, start } = await script((_url, index) =>
    index === 0
      ? { tickets, end_time, end_of_stream: false }
      : { tickets: [], count: 0, end_time: null, next_page: null, end_of_stream: true },
  );
  expect(await start({ startTime: TO - 100 }).run()).toBe('end');
  expect(destination.tickets.size).toBe(tickets.length);
});

test('a place in the future, as earlier releases could reach, blocks until it is reset', async () => {
  const { simulator, destination, start } = await stage();
  const drive = start({ follow: { everySeconds: 60 } });
  await drive.run(() => drive.polls === 1);
  destination.tickets.clear();
  const startTime = Math.floor(clock.seconds) + 86_400;
  drive.act((state) => reset(state, 'tickets', { startTime }, clock.now));
  expect(await drive.run()).toBe('blocked');
  expect(drive.blocked).toMatchObject({
    type: 'RequestRefused',
    message: expect.stringMatching(
      /^The place to read from, 2025-.*, lies in the future .* Send resetCursor/,
    ) as unknown,
  });
  drive.act((state) => reset(state, 'tickets', { startTime: 0 }, clock.now));
  await drive.run(() => drive.tickets.poll.reachedEnd);
  expectTruth(destination, simulator);
});

describe('a version generated in the future', () => {
  const FAR = TO * 1000;

  test.each(['time', 'cursor'])(
    'goes into quarantine by %s, and true ones replace each other',
    async (pagination) => {
      const { destination, start } = await script((_, index) =>
        index === 0
          ? {
              tickets: [ticket(1, TO - 5), ticket(2, FAR, { subject: 'old' }), ticket(3, TO - 4)],
              end_time: TO - 4,
              after_cursor: encodeCursor({ second: TO - 4, id: 3 }),
              end_of_stream: false,
            }
          : { tickets: [ticket(2, TO, { subject: 'new' })], end_time: TO, end_of_stream: true },
      );
      const drive = start({ pagination });
      expect(await drive.run()).toBe('end');
      expect(destination.tickets.get(2)?.json).toContain('new');
      expect([...destination.quarantine.values()]).toMatchObject([
        { reason: 'generated_timestamp: in the future', json: expect.stringContaining('old') as unknown },
      ]);
      expect(drive.status).toMatchObject({ tickets: 3, quarantined: 1 });
    },
  );

  test('is taken out of quarantine once its time has come, and not before', async () => {
    const { destination, start } = await script(() => ({
      tickets: [ticket(2, TO + 86_400)],
      end_time: TO,
      end_of_stream: true,
    }));
    await start().run();
    expect(await replayQuarantine(destination, 'early', TO)).toEqual({ stored: 0, left: 1 });
    expect(await replayQuarantine(destination, 'due', TO + 86_400)).toEqual({ stored: 1, left: 0 });
    expect(destination.tickets.has(2)).toBe(true);
  });
});
