import fc from 'fast-check';
import { LISTS, startSimulator, type ListName, type Simulator } from '../../src/simulator';
import { pause, reset, resume } from '../../workflows/actions';
import { storedId } from '../../src/development/storedRecord';
import { listTruth } from '../support/listTruth';
import { MemoryDestination } from '../../src/simulation/memoryDestination';
import { Clock } from '../../src/simulation/clock';
import { Drive, type Interruption } from '../../src/simulation/drive';
import * as plan from '../../src/simulation/plan';
import { holds, PATIENCE_MS } from './property';

const TURNS = 60;
const turn = fc.nat({ max: TURNS });
/** The order of tags changes while they are read, so that one can be missed; the sweep after it brings it back. */
const inOrder = LISTS.filter((list) => list !== 'tags');

const change = fc.record({
  turn,
  list: fc.constantFrom(...LISTS),
  kind: fc.constantFrom('change', 'quietly', 'remove', 'restore', 'add'),
  draw: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
});

const operation = fc.record({
  turn,
  kind: fc.constantFrom('pause', 'reset'),
  during: fc.constantFrom<(Interruption['page'] | undefined)[]>(undefined, 'lands', 'lost', 'aborted'),
});

const sweeping = fc.record({
  seed: fc.nat({ max: 1_000_000 }),
  perPage: fc.integer({ min: 1, max: 30 }),
  faults: plan.faultPlans,
  fates: plan.fatePlan,
  changes: fc.array(change, { maxLength: 40 }),
  operations: fc.array(operation, { maxLength: 5 }),
});

test(
  'every list is stored as it is, and nothing is marked as deleted that never was, whatever fails, crashes, changes or is operated',
  async () => {
    await holds(sweeping, 6, async ({ seed, perPage, faults, fates, changes, operations }) => {
      const clock = new Clock();
      const simulator = await startSimulator({ seed, tickets: 20, clock: () => clock.seconds });
      const destination = new MemoryDestination();
      const drive = new Drive({
        url: simulator.url,
        destination,
        clock,
        fates: plan.inTurn(fates),
        input: { streams: LISTS, perPage, follow: { everySeconds: 60 }, lists: { everySeconds: 300 } },
      });
      const everGone = new Set<string>();
      try {
        for (const { kind, probability } of faults) simulator.fault({ ...kind, probability, scope: 'all' });
        await drive.turn();
        for (let now = 0; now <= TURNS; now += 1) {
          for (const each of changes) if (each.turn === now) alter(simulator, each);
          for (const list of LISTS)
            for (const record of simulator.truthOf(list).values())
              if (record.deleted) everGone.add(`${list} ${storedId(record)}`);
          for (const { kind, during, ...of } of operations) {
            if (of.turn !== now) continue;
            const act: Interruption['act'] = (state) =>
              kind === 'pause'
                ? pause(state, clock.now)
                : LISTS.reduce((before, list) => reset(before, list, null, clock.now), state);
            if (during === undefined) drive.act(act);
            else drive.interruption = { act, page: during };
          }
          await drive.turn();
          for (const list of inOrder)
            for (const row of destination.table(list).values())
              if (row.deleted) expect(everGone).toContain(`${list} ${row.id}`);
          if (now % 3 === 0) drive.act((state) => resume(state, clock.now));
        }
        simulator.clearFaults();
        await drive.landAll();
        drive.interruption = undefined;
        drive.act((state) => resume(state, clock.now));
        const changedBy = clock.seconds;
        await drive.run(() => sweptAfter(drive, changedBy));
        for (const list of LISTS) expectList(destination, simulator, list);
        expect(simulator.requests.length).toBeLessThanOrEqual(2 * drive.asked.length + drive.failedAttempts);
      } finally {
        await simulator.close();
      }
    });
  },
  PATIENCE_MS,
);

function alter(
  simulator: Simulator,
  { list, kind, draw }: { readonly list: ListName; readonly kind: string; readonly draw: number },
): void {
  const id = simulator.anyOf(list, draw);
  if (kind === 'add' || id === undefined) simulator.add(list, 1);
  else if (kind === 'remove') simulator.remove(list, id);
  else if (kind === 'restore') simulator.restore(list, id);
  else simulator.change(list, id, { quietly: kind === 'quietly' });
}

function sweptAfter({ status }: Drive, second: number): boolean {
  return LISTS.every((list) => Date.parse(status.streams[list]?.sweptAt ?? '') / 1000 > second);
}

function expectList(destination: MemoryDestination, simulator: Simulator, list: ListName): void {
  const there = [...destination.table(list).values()].filter(({ deleted }) => !deleted);
  const stored = Object.fromEntries(there.map(({ id, json }) => [String(id), json]));
  expect({ list, ...stored }).toEqual({ list, ...Object.fromEntries(listTruth(simulator, list)) });
}
