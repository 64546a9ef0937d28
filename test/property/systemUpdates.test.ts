import fc from 'fast-check';
import type { Status } from '../../src/contract/status';
import { startSimulator, type Simulator } from '../../src/simulator';
import { earliest } from '../../workflows/streamState';
import { reset } from '../../workflows/actions';
import { MemoryDestination } from '../../src/simulation/memoryDestination';
import { Clock } from '../../src/simulation/clock';
import { Drive } from '../../src/simulation/drive';
import { holds, PATIENCE_MS } from './property';

const DAY = 86_400;
const TICKETS = 8;
/** Before the first run began. */
const OLDEST = 400 * DAY;

/** Of one ticket: what a person does, and the one time that the system touches it afterwards. */
const life = fc.record({
  /** Between which runs; 0 is during the first one, which takes long. */
  after: fc.integer({ min: 0, max: 4 }),
  byPerson: fc.boolean(),
  /** How many runs later the system touches it. */
  later: fc.integer({ min: 0, max: 3 }),
  /** Seconds before a run ends its reading that each of them does so: some of them are held back. */
  before: fc.constantFrom(0, 1, 30, 59, 61, 250, 600, 20_000),
});

const scheduled = fc.record({
  lives: fc.array(life, { minLength: TICKETS, maxLength: TICKETS }),
  /** From run to run: one right after the other, an interval, an outage, a night, a weekend. */
  gaps: fc.array(fc.constantFrom(20, 60, 120, 3600, DAY, 3 * DAY), { minLength: 7, maxLength: 7 }),
  /** A minute, on older accounts five. */
  holdBackSeconds: fc.constantFrom(60, 300),
  follow: fc.boolean(),
  perPage: fc.constantFrom(2, 1000),
});

describe('without what only the system touched', () => {
  test(
    'every update of a person is exported, whenever the system touches the ticket next and whatever is between two polls',
    async () => {
      await holds(scheduled, 100, async ({ lives, gaps, holdBackSeconds, follow, perPage }) => {
        const clock = new Clock();
        const simulator = await open(clock, holdBackSeconds);
        const destination = new MemoryDestination();
        const runs = follow ? following : nightly;
        try {
          const next = runs({ url: simulator.url, destination, clock, perPage });
          const live = (run: number, ends: number, gap: number): void => {
            for (const [index, { after, byPerson, later, before }] of lives.entries()) {
              const at = ends - Math.min(before, gap - 10);
              if (byPerson && run === after) simulator.update(index + 1, { at: at - 5 });
              if (run === after + later) simulator.update(index + 1, { at, system: true });
            }
          };
          for (const [run, gap] of gaps.entries()) {
            // Of the first run, whose reading takes long, changes come while it reads.
            clock.advance(run === 0 ? 50_000 : gap);
            live(run, clock.seconds, gap);
            await next();
          }
          clock.advance(DAY);
          await next();
          expect(updatesOf(destination)).toEqual(updatesIn(simulator));
        } finally {
          await simulator.close();
        }
      });
    },
    PATIENCE_MS,
  );

  test.each([
    { of: 'runs of every night', gap: DAY, runs: nightly },
    { of: 'runs of every minute', gap: 60, runs: nightly },
    { of: 'a follower that polls every minute', gap: 60, runs: following },
  ])('what nobody has updated since the export caught up is left out: $of', async ({ gap, runs }) => {
    const clock = new Clock();
    const simulator = await open(clock);
    const destination = new MemoryDestination();
    try {
      const next = runs({ url: simulator.url, destination, clock, perPage: 1000 });
      for (let waited = 0; waited < 4 * Math.max(gap, 300); waited += gap) {
        await next();
        clock.advance(gap);
      }
      await next();
      simulator.update(3, { system: true });
      simulator.update(4);
      const before = destination.versions.size;
      for (let run = 0; run < 4; run += 1) {
        clock.advance(gap);
        await next();
      }
      expect(destination.versions.size).toBe(before + 1);
    } finally {
      await simulator.close();
    }
  });
});

test('a reset in the middle of a backfill loses no ticket that the system has moved to its end', async () => {
  const clock = new Clock();
  const simulator = await open(clock);
  const destination = new MemoryDestination();
  const input = { startTime: 0, excludeSystemUpdates: true, requestsPerMinute: 600, perPage: 2 };
  const drive = new Drive({ url: simulator.url, destination, clock, input });
  try {
    await drive.run(() => drive.pages.length === 1);
    simulator.update(6, { system: true });
    await drive.run(() => destination.tickets.has(7));
    drive.act((state) =>
      reset(state, 'tickets', { startTime: earliest(drive.tickets).watermark }, clock.now),
    );
    clock.advance(120);
    expect(await drive.run()).toBe('end');
    expect(updatesOf(destination)).toEqual(updatesIn(simulator));
  } finally {
    await simulator.close();
  }
});

async function open(clock: Clock, holdBackSeconds = 60): Promise<Simulator> {
  const to = Math.floor(clock.seconds) - 2 * holdBackSeconds;
  return startSimulator({
    tickets: TICKETS,
    from: to - OLDEST,
    to,
    holdBackSeconds,
    clock: () => clock.seconds,
    ticketBytes: 1200,
  });
}

interface Account {
  readonly url: string;
  readonly destination: MemoryDestination;
  readonly clock: Clock;
  readonly perPage: number;
}

/** Each run continues from the result of the one before. */
function nightly({ perPage, ...account }: Account): () => Promise<void> {
  let lastResult: Status | undefined;
  let run = 0;
  return async () => {
    const drive = new Drive({
      ...account,
      exportId: `run-${run}`,
      input: { startTime: 0, excludeSystemUpdates: true, requestsPerMinute: 600, perPage },
      ...(lastResult === undefined ? {} : { lastResult }),
    });
    run += 1;
    expect(await drive.run()).toBe('end');
    lastResult = JSON.parse(JSON.stringify(drive.status)) as Status;
  };
}

/** One export that polls every minute, and is held up in between. */
function following({ perPage, ...account }: Account): () => Promise<void> {
  const drive = new Drive({
    ...account,
    input: {
      startTime: 0,
      excludeSystemUpdates: true,
      follow: { everySeconds: 60 },
      requestsPerMinute: 600,
      perPage,
    },
  });
  return async () => {
    const before = drive.polls;
    await drive.run(() => drive.polls > before);
  };
}

function updatesOf({ tickets }: MemoryDestination): [number, unknown][] {
  return [...tickets].map(([id, { json }]) => [id, updatedAt(json)] as [number, unknown]).sort(byId);
}

function updatesIn(simulator: Simulator): [number, unknown][] {
  return [...simulator.truth()]
    .map(([id, ticket]) => [id, updatedAt(ticket.json())] as [number, unknown])
    .sort(byId);
}

function updatedAt(json: string): unknown {
  return (JSON.parse(json) as { updated_at: unknown }).updated_at;
}

function byId([one]: [number, unknown], [other]: [number, unknown]): number {
  return one - other;
}
