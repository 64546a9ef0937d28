import { reset } from '../../workflows/actions';
import { expectTruth } from '../property/truth';
import { MemoryDestination } from '../../src/simulation/memoryDestination';
import { inTurn } from '../../src/simulation/plan';
import { clock, closeStages, FROM, stage } from './stage';

const DIES_BEFORE = { kind: 'dies', at: 'write' } as const;
const DIES_AFTER = { kind: 'dies', at: 'written' } as const;

afterEach(closeStages);

test('a checkpoint that cannot be read is as good as none', async () => {
  const { simulator, destination, start } = await stage({ tickets: 50 });
  const drive = start({ perPage: 20 });
  await drive.run(() => drive.pages.length === 1);
  for (const name of destination.checkpoints.keys())
    destination.checkpoints.set(name, '{"of":"another version"}');
  expect(await drive.run()).toBe('end');
  expect(destination.tickets.size).toBe(simulator.size);
});

test('a page that was written before its worker died is not asked for again', async () => {
  const { simulator, start } = await stage({ tickets: 50 });
  const drive = start({ perPage: 1000 }, { fates: inTurn([DIES_AFTER, DIES_AFTER]) });
  expect(await drive.run()).toBe('end');
  expect(simulator.requests).toHaveLength(1);
  expect(drive.status).toMatchObject({ tickets: 50, pages: 1, requests: 1 });
});

test('a page that was not written before its worker died is asked for again', async () => {
  const { simulator, start } = await stage({ tickets: 50 });
  const drive = start({ perPage: 1000 }, { fates: inTurn([DIES_BEFORE, DIES_BEFORE]) });
  expect(await drive.run()).toBe('end');
  expect(simulator.requests).toHaveLength(3);
  expect(drive.status).toMatchObject({ tickets: 50, pages: 1, requests: 3 });
});

test('a page that was written before its worker died counts what could not be stored as quarantined', async () => {
  const destination = new MemoryDestination(({ id }) => Number(id) % 10 === 0);
  const { start } = await stage({ tickets: 50 });
  const drive = start({}, { destination, fates: inTurn([DIES_AFTER]) });
  expect(await drive.run()).toBe('end');
  expect(drive.status).toMatchObject({ tickets: 45, quarantined: 5, requests: 1 });
});

describe('a checkpoint of the same key, of something else that was asked', () => {
  test('is not taken for the answer by the next run of a cron or retry chain', async () => {
    const { simulator, destination, start } = await stage({ tickets: 20 });
    // Temporal's first run id, which is in the key, is the same for all of a chain.
    const first = start();
    await first.run();
    let lastResult = first.status;
    for (const changed of [3, 4, 5]) {
      clock.advance(600);
      simulator.update(changed);
      clock.advance(600);
      simulator.fault({ kind: 'status', status: 500 });
      const next = start({}, { lastResult });
      expect(await next.run()).toBe('end');
      expect(next.status).toMatchObject({ state: 'completed', tickets: 1 });
      expectTruth(destination, simulator);
      lastResult = next.status;
    }
  });

  test('is not taken for the answer where the next run asks for the very same', async () => {
    const { simulator, destination, start } = await stage({ tickets: 20 });
    for (const run of [0, 1]) {
      simulator.fault({ kind: 'status', status: 500 });
      const drive = start();
      expect(await drive.run()).toBe('end');
      expect(simulator.requests).toHaveLength(2 * (run + 1));
      simulator.update(1);
      clock.advance(600);
    }
    expect(destination.tickets.size).toBe(20);
  });

  test('is not taken for the answer after a reset of the workflow, and another one of the cursor', async () => {
    const { simulator, destination, start } = await stage({ tickets: 100 });
    const before = start({ perPage: 20 });
    await before.run(() => before.pages.length === 1);
    const { state } = before;
    before.act(() => reset(state, 'tickets', { startTime: FROM + 9000 }, clock.now));
    expect(await before.run()).toBe('end');
    destination.tickets.clear();

    const carried = reset(state, 'tickets', { startTime: 0 }, clock.now);
    const after = start({ perPage: 20 }, { carried });
    simulator.fault({ kind: 'status', status: 500, times: 3 });
    expect(await after.run()).toBe('end');
    expectTruth(destination, simulator);
  });
});
