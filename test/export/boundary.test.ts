import { encodeCursor } from '../../src/simulator';
import { reset } from '../../workflows/actions';
import { iso } from '../../src/contract/time';
import { expectTruth } from '../property/truth';
import { clock, closeStages, FROM, script, stage, ticket, TO } from './stage';

afterEach(closeStages);

test('hundreds of tickets on the boundary second are written and counted once, and the state stays small', async () => {
  const burst = [{ at: FROM + 5000, tickets: 700 }];
  const { simulator, destination, start } = await stage({ tickets: 900, burst });
  const drive = start({ perPage: 800 });
  // The drive itself fails when the state or a summary outgrows its limit.
  expect(await drive.run()).toBe('end');
  expectTruth(destination, simulator);
  expect(drive.status.tickets).toBe(1600);
  expect(drive.status.repeated).toBeGreaterThan(100);
  expect(JSON.stringify(drive.state).length).toBeLessThan(2000);
});

test('polls that find nothing new count nothing', async () => {
  const { destination, start } = await stage({ burst: [{ at: TO, tickets: 30 }] });
  const drive = start({ follow: { everySeconds: 60 } });
  await drive.run(() => drive.polls === 20);
  expect(drive.status.tickets).toBe(130);
  expect(destination.versions.size).toBe(130);
});

test.each(['400', '422', '422text'] as const)(
  'is still known after a poll that came too early (%s)',
  async (form) => {
    const { simulator, start } = await stage({ burst: [{ at: TO, tickets: 30 }] });
    const drive = start({ follow: { everySeconds: 60 } });
    await drive.run(() => drive.tickets.poll.reachedEnd);
    simulator.fault({ kind: 'tooRecent', form });
    await drive.run(() => drive.polls === 4);
    expect(drive.status.tickets).toBe(130);
  },
);

test.each(['time', 'cursor'])('is known to the next run of a schedule in %s mode', async (pagination) => {
  const { destination, start } = await stage({ burst: [{ at: TO, tickets: 30 }] });
  const first = start({ pagination }, { exportId: 'first' });
  await first.run();
  const second = start({ pagination: 'time' }, { exportId: 'second', lastResult: first.status });
  await second.run();
  expect(second.status).toMatchObject({ tickets: 0, watermark: first.status.watermark });
  const third = start({ pagination: 'cursor' }, { exportId: 'third', lastResult: second.status });
  await third.run();
  expect(third.status.tickets).toBe(0);
  expect(destination.versions.size).toBe(130);
});

test.each([
  ['excludeDeleted', { status: 'deleted' }],
  ['excludeSystemUpdates', { updated_at: '2020-01-01T00:00:00Z' }],
])('does not hold what %s left out: a later run without it wants that', async (filter, odd) => {
  const tickets = [ticket(1, TO), ticket(2, TO, odd)];
  const { destination, start } = await script(() => ({ tickets, end_time: TO, end_of_stream: true }));
  const first = start({ [filter]: true, startTime: TO - 10 });
  await first.run();
  expect([...destination.tickets.keys()]).toEqual([1]);
  const second = start({}, { lastResult: first.status });
  await second.run();
  expect([...destination.tickets.keys()]).toEqual([1, 2]);
  expect(second.status).toMatchObject({ tickets: 1, repeated: 1 });
});

test('tells two updates of a ticket within one second apart by their content', async () => {
  const at = TO - 10;
  const page = (subject: string, end: boolean): object => ({
    tickets: [ticket(1, at, { subject: 'same' }), ticket(2, at, { subject })],
    end_time: at,
    end_of_stream: end,
  });
  const { destination, start } = await script((_, index) => page(index === 0 ? 'before' : 'after', true));
  const drive = start({ follow: { everySeconds: 60 } });
  await drive.run(() => drive.polls === 3);
  expect(destination.tickets.get(2)?.json).toContain('after');
  expect(drive.status).toMatchObject({ tickets: 3, repeated: 3 });
});

test('takes the newest of two versions of a ticket on one page, and counts one', async () => {
  const tickets = [ticket(1, TO - 5), ticket(1, TO), ticket(2, TO)];
  const { destination, start } = await script(() => ({ tickets, end_time: TO, end_of_stream: true }));
  const drive = start();
  await drive.run();
  expect(destination.tickets.get(1)?.version).toBe(TO);
  expect(drive.status).toMatchObject({ tickets: 2, repeated: 1 });
});

test('does not come again after a page that was expanded to its whole second', async () => {
  const { simulator, destination, start } = await stage({ tickets: 0, burst: [{ at: TO, tickets: 30 }] });
  const drive = start({ perPage: 10, follow: { everySeconds: 60 } });
  await drive.run(() => drive.polls === 2);
  expect(drive.status).toMatchObject({ tickets: 30, position: { startTime: TO + 1 } });
  simulator.update(3);
  await drive.run(() => drive.polls === 4);
  expectTruth(destination, simulator);
});

test('is kept through a reset to a cursor in time mode, which goes back to time mode', async () => {
  const { simulator, destination, start } = await stage({ tickets: 200 });
  const drive = start({ perPage: 20 });
  await drive.run(() => drive.pages.length === 3);
  const cursor = encodeCursor({ second: FROM, id: 0 });
  drive.act((state) => reset(state, 'tickets', { cursor }, clock.now));
  expect(drive.status).toMatchObject({ position: { cursor }, watermark: iso(FROM) });
  expect(await drive.run()).toBe('end');
  expectTruth(destination, simulator);
  expect(drive.status.tickets).toBe(
    200 + drive.pages.slice(0, 3).reduce((sum, page) => sum + page.written, 0),
  );
  expect(drive.status.position).toEqual({ startTime: TO });
});

test('of a page that landed after a reset moves nothing, and its tickets count', async () => {
  const { simulator, destination, start } = await stage({ tickets: 100 });
  const drive = start({ perPage: 20 });
  await drive.turn();
  drive.interruption = {
    act: (state) => reset(state, 'tickets', { startTime: FROM + 1 }, clock.now),
    page: 'lands',
  };
  await drive.turn();
  expect(drive.status).toMatchObject({ tickets: 20, position: { startTime: FROM + 1 } });
  expect(drive.tickets).toMatchObject({
    epoch: 1,
    ranges: [{ previous: null, watermark: FROM + 1 }],
  });
  expect(await drive.run()).toBe('end');
  expectTruth(destination, simulator);
});
