import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { ZendeskError } from '../../src/zendesk/failure';
import type { Simulator } from '../../src/simulator';
import { MemoryDestination } from '../support/memoryDestination';
import { startMirror } from '../support/mirror';
import { bend, bent, harmless, type Bend, type Spoiled } from './bend';
import { Clock, Drive } from './drive';
import * as plan from './plan';
import { holds, PATIENCE_MS } from './property';

const answers = (bends: fc.Arbitrary<Bend>) =>
  fc.record({
    // Small ones: what matters is an answer.
    account: plan.accountPlan.map((account) => ({
      ...account,
      tickets: account.tickets % 50,
      gzip: false,
      shapes: [{ bytes: 1200 }],
    })),
    pagination: plan.pagination,
    perPage: plan.perPage,
    ranges: fc.constantFrom(1, 1, 3),
    landings: plan.landings,
    // One for each answer.
    bends: fc.array(fc.option(bends, { nil: undefined, freq: 4 }), { maxLength: 25 }),
  });

describe('answers that are bent on their way', () => {
  it(
    'end in a named failure or in quarantine: no ticket is lost, and the export completes once they are over',
    async () => {
      await holds(answers(bend), 80, async (example) => {
        const { failures } = await exported(example);
        expect(failures.filter((error) => !isNamed(error))).toEqual([]);
      });
    },
    PATIENCE_MS,
  );

  it(
    'cost nothing where they say the same',
    async () => {
      await holds(answers(harmless), 30, async (example) => {
        const { failures, quarantined } = await exported(example);
        expect({ failures, quarantined }).toEqual({ failures: [], quarantined: 0 });
      });
    },
    PATIENCE_MS,
  );
});

type Example = ReturnType<typeof answers> extends fc.Arbitrary<infer T> ? T : never;

async function exported({
  account,
  ranges,
  landings,
  bends,
  ...input
}: Example): Promise<{ readonly failures: readonly unknown[]; readonly quarantined: number }> {
  const clock = new Clock();
  const simulator = await plan.open(account, clock);
  const left = [...bends];
  const spoiled: Spoiled[] = [];
  const mirror = await startMirror(simulator.url, (body, url) => {
    const how = left.shift();
    return how && bent(how, body, url, (record) => spoiled.push(record));
  });
  const destination = new MemoryDestination();
  const failures: unknown[] = [];
  const drive = new Drive({
    url: mirror.url,
    destination,
    clock,
    failed: (error) => failures.push(error),
    ...plan.landing(ranges, landings),
    input: { startTime: 0, ...input, ranges, requestsPerMinute: 600, follow: { everySeconds: 60 } },
  });
  try {
    const isDone = (): boolean => left.length === 0;
    for (let waits = 0; !isDone() && waits < 100; waits += 1) {
      await drive.run(() => {
        const watermark = Date.parse(drive.status.watermark ?? '') / 1000;
        expect(lost(simulator, destination, spoiled, watermark)).toEqual([]);
        return isDone();
      });
      plan.help(drive, clock);
    }
    drive.landAll();
    plan.help(drive, clock);
    const { polls } = drive;
    expect(await drive.run(() => drive.polls === polls + 2)).toBe('poll');
    expect(lost(simulator, destination, spoiled, Infinity)).toEqual([]);
    return { failures, quarantined: destination.quarantine.size };
  } finally {
    await mirror.close();
    await simulator.close();
  }
}

/** The tickets generated before a second that are neither as they are in Zendesk nor, as they came, in quarantine. */
function lost(
  simulator: Simulator,
  { tickets, quarantine }: MemoryDestination,
  spoiled: readonly Spoiled[],
  before: number,
): number[] {
  const isHere = (id: number, json: string): boolean => {
    const stored = tickets.get(id)?.json;
    if (stored !== undefined) return isDeepStrictEqual(JSON.parse(stored), JSON.parse(json));
    return spoiled.some((record) => record.id === id && quarantine.has(record.json));
  };
  return [...simulator.newestVersions()]
    .filter((ticket) => ticket.generatedTimestamp < before && !isHere(ticket.id, ticket.json()))
    .map(({ id }) => id);
}

/** What a broken answer may be called; anything else would send an operator to the wrong place. */
function isNamed(error: unknown): boolean {
  return (
    error instanceof ZendeskError &&
    ['unavailable', 'contradiction', 'tooHeavy'].includes(error.failure.kind) &&
    error.message.length < 500
  );
}
