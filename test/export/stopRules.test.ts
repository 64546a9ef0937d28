import { iso, SETTLED_SECONDS } from '../../src/contract/time';
import { expectTruth } from '../property/truth';
import { clock, closeStages, script, stage, ticket, TO } from './stage';

afterEach(closeStages);

const END = TO;

test('continues after an empty page that is not the end', async () => {
  const pages = [
    { tickets: [], end_time: END - 100, end_of_stream: false },
    { tickets: [ticket(1, END)], end_time: END, end_of_stream: true },
  ];
  const { zendesk, destination, start } = await script((_, index) => pages[index]);
  expect(await start().run()).toBe('end');
  expect(destination.tickets.size).toBe(1);
  expect(zendesk.asked[1]?.searchParams.get('start_time')).toBe(String(END - 100));
});

test('continues after a page of fewer tickets than asked for', async () => {
  const { destination, start } = await script((_, index) => ({
    tickets: [ticket(index + 1, END - 10 + index)],
    end_time: END - 10 + index,
    end_of_stream: index === 4,
  }));
  await start({ perPage: 100 }).run();
  expect(destination.tickets.size).toBe(5);
});

test('takes a page of more tickets than asked for', async () => {
  const tickets = Array.from({ length: 30 }, (_, index) => ticket(index + 1, END - 30 + index));
  const { destination, start } = await script(() => ({ tickets, end_time: END - 1, end_of_stream: true }));
  const drive = start({ perPage: 10 });
  await drive.run();
  expect(destination.tickets.size).toBe(30);
});

test('keeps its place when an empty last page has no end_time', async () => {
  const { zendesk, start } = await script((_, index) =>
    index === 0
      ? { tickets: [ticket(1, END)], end_time: END, end_of_stream: true }
      : { tickets: [], count: 0, end_time: null, next_page: null, end_of_stream: true },
  );
  const drive = start({ follow: { everySeconds: 60 } });
  await drive.run(() => drive.polls === 4);
  const times = zendesk.asked.map((url) => url.searchParams.get('start_time'));
  expect(times).toEqual(['0', ...Array<string>(3).fill(String(END))]);
  expect(drive.status.position).toEqual({ startTime: END });
});

test('does not export a last page without end_time again', async () => {
  const tickets = [ticket(1, END - 5), ticket(2, END)];
  const { zendesk, start } = await script(() => ({ tickets, end_time: null, end_of_stream: true }));
  const drive = start({ follow: { everySeconds: 60 } });
  await drive.run(() => drive.polls === 1);
  expect(await drive.turn()).toBe('exportPage');
  expect(zendesk.asked.at(-1)?.searchParams.get('start_time')).toBe(String(END));
});

test.each([true, false])(
  'reads bodies of 2019, which have no end_of_stream, to their end (full pages: %s)',
  async (full) => {
    const all = Array.from({ length: 25 }, (_, index) => ticket(index + 1, END - 100 + index));
    const { zendesk, destination, start } = await script((url) => {
      const from = Number(url.searchParams.get('start_time'));
      const tickets = all
        .filter((_, index) => END - 100 + index >= from)
        .slice(0, Number(url.searchParams.get('per_page')));
      const end_time = END - 100 + all.indexOf(tickets.at(-1) ?? {});
      return { tickets, count: tickets.length, end_time, next_page: `x?start_time=${end_time}` };
    });
    expect(await start({ perPage: full ? 9 : 10 }).run()).toBe('end');
    expect(destination.tickets.size).toBe(25);
    expect(zendesk.asked).toHaveLength(4);
  },
);

describe.each(['400', '422', '422text'] as const)('"too recent" (%s)', (form) => {
  // Zendesk held changes back for five minutes, and its clock need not be ours.
  test.each([70, 14 * 60])('of a place %i s ago means having caught up, and keeps the place', async (age) => {
    const to = Math.floor(clock.seconds) - age;
    const { simulator, start } = await stage({ from: to - 1000, to });
    const first = start({}, { exportId: 'first' });
    await first.run();
    simulator.fault({ kind: 'tooRecent', form });
    const second = start({}, { exportId: 'second', lastResult: first.status });
    expect(await second.run()).toBe('end');
    expect(second.status).toMatchObject({
      state: 'completed',
      position: first.status.position,
      watermark: first.status.watermark,
      lastError: null,
      tickets: 0,
      requests: 1,
    });
  });

  test.each(['time', 'cursor'])(
    'of any other place is asked for again, and never taken for having caught up, by %s',
    async (pagination) => {
      for (const pages of [0, 2]) {
        const { simulator, destination, start } = await stage({ tickets: 100 });
        const drive = start({ pagination, perPage: 30 });
        await drive.run(() => drive.pages.length === pages);
        simulator.fault({ kind: 'tooRecent', form, times: 2 });
        expect(await drive.run()).toBe('end');
        expectTruth(destination, simulator);
        expect(drive.failedAttempts).toBe(2);
      }
    },
  );

  test('of a place long ago blocks with its name at the third time', async () => {
    const { simulator, start } = await stage({ tickets: 10 });
    simulator.fault({ kind: 'tooRecent', form, times: 'always' });
    const drive = start({ startTime: TO - 5 });
    expect(await drive.run()).toBe('blocked');
    expect(drive.blocked).toMatchObject({
      type: 'Contradiction',
      message: expect.stringMatching(
        /2025-06-15T14:49:55Z cannot be too recent \(this worker's clock says 2025-06-15T15:/,
      ) as unknown,
    });
  });
});

test.each(['time', 'cursor'])(
  'gets a ticket changed in the last minute with the next poll in %s mode',
  async (pagination) => {
    const { simulator, destination, start } = await stage({ tickets: 50 });
    simulator.update(7);
    const drive = start({ pagination, follow: { everySeconds: 60 } });
    await drive.run(() => drive.tickets.poll.reachedEnd);
    expect(destination.tickets.size).toBe(49);
    await drive.run(() => drive.polls === 2);
    expectTruth(destination, simulator);
    expect(drive.status.tickets).toBe(50);
  },
);

test.each(['time', 'cursor'])(
  'polls an account without tickets until there is one, in %s mode',
  async (pagination) => {
    const { simulator, destination, start } = await stage({ tickets: 0 });
    const drive = start({ pagination, follow: { everySeconds: 60 } });
    await drive.run(() => drive.polls === 2);
    expect(simulator.requests.map(({ startTime }) => startTime)).toEqual([0, 0]);
    simulator.create(3);
    await drive.run(() => drive.polls === 5);
    expectTruth(destination, simulator);
    expect(drive.status.tickets).toBe(3);
  },
);

test.each(['time', 'cursor'])(
  'polls at its interval, exports nothing again, and is up to date, in %s mode',
  async (pagination) => {
    const { simulator, start } = await stage({ tickets: 250 });
    const drive = start({ pagination, perPage: 100, follow: { everySeconds: 300 } });
    await drive.run(() => drive.tickets.poll.reachedEnd);
    const read = simulator.requests.length;
    await drive.run(() => drive.polls === 6);
    const polls = simulator.requests.slice(read).map(({ at }) => at);
    expect(polls.map((at, index) => at - (polls[index - 1] ?? at - 300))).toEqual([300, 300, 300, 300, 300]);
    expect(drive.status).toMatchObject({ tickets: 250, lagSeconds: 300 + SETTLED_SECONDS });
  },
);

test('ends a following export when its watermark passes the endTime', async () => {
  const { simulator, destination, start } = await stage({ tickets: 20 });
  const endTime = Math.floor(clock.seconds) + 600;
  const drive = start({ follow: { everySeconds: 60 }, endTime });
  await drive.run(() => drive.polls === 3);
  simulator.update(1, { at: endTime });
  simulator.update(2, { at: endTime + 1 });
  expect(await drive.run()).toBe('end');
  expect(destination.tickets.get(1)?.version).toBe(endTime);
  expect(destination.tickets.get(2)?.version).toBeLessThan(endTime);
  expect(drive.status.watermark).toBe(iso(endTime));
});

test('ends a following export some minutes after the endTime where nothing changes any more', async () => {
  const { simulator, start } = await stage({ tickets: 20 });
  const endTime = Math.floor(clock.seconds) + 600;
  const drive = start({ follow: { everySeconds: 60 }, endTime });
  expect(await drive.run()).toBe('end');
  expect(clock.seconds).toBeGreaterThanOrEqual(endTime + 60);
  expect(drive.status).toMatchObject({ state: 'completed', tickets: 20, watermark: iso(endTime) });
  expect(simulator.requests.length).toBeLessThan(25);
});
