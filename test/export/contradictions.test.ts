import { encodeCursor } from '../../src/simulator';
import { resumed } from '../../workflows/state';
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
    expect(drive.state.blocked?.type).toBe('Contradiction');
    expect(drive.state.blocked?.message).toMatch(says);
    expect(drive.status).toMatchObject({ state: 'blocked', position, tickets });
    simulator.clearFaults();
    drive.state = resumed(drive.state, clock.now);
    expect(await drive.run()).toBe('end');
    expectTruth(destination, simulator);
  });
});

it('does not loop over several cursors', async () => {
  const cursors = [1, 2, 3].map((id) => encodeCursor({ second: TO, id }));
  const { zendesk, start } = await script((url) => {
    const index = 1 + cursors.indexOf(url.searchParams.get('cursor') ?? '');
    return { tickets: [ticket(1, TO)], after_cursor: cursors[index % 3], end_of_stream: false };
  });
  const drive = start({ pagination: 'cursor' });
  expect(await drive.run()).toBe('blocked');
  expect(drive.state.blocked?.type).toBe('Contradiction');
  expect(zendesk.asked).toHaveLength(6);
});

it('a missing end_time before the end of the stream blocks with its name', async () => {
  const { start } = await script(() => ({ tickets: [ticket(1, TO)], end_time: null, end_of_stream: false }));
  const drive = start();
  expect(await drive.run()).toBe('blocked');
  expect(drive.state.blocked?.message).toMatch(/no end_time before the end of the stream/);
});

it.each(['time', 'cursor'])("never follows another account's host in %s mode", async (pagination) => {
  const { simulator, destination, start } = await stage();
  simulator.fault({ kind: 'wrongHost', host: '127.0.0.1:1', times: 'always' });
  expect(await start({ pagination, perPage: 30 }).run()).toBe('end');
  expectTruth(destination, simulator);
});

it.each([
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

it.each(['time', 'cursor'])(
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

it('an answer of 2019 that lacks its end_time is followed by its next_page', async () => {
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

it.each([20, 600])(
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
