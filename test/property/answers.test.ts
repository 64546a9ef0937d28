import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { ZendeskError } from '../../src/zendesk/failure';
import { startSimulator, type Simulator } from '../../src/simulator';
import { MemoryDestination } from '../../src/simulation/memoryDestination';
import { startMirror, type Reflection } from '../support/mirror';
import { bend, bent, harmless, type Bend, type Spoiled } from './bend';
import { Clock } from '../../src/simulation/clock';
import { Drive } from '../../src/simulation/drive';
import * as plan from '../../src/simulation/plan';
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
  test(
    'end in a named failure or in quarantine: no ticket is lost, and the export completes once they are over',
    async () => {
      await holds(answers(bend), 80, async (example) => {
        const { failures } = await exported(example);
        expect(failures.filter((error) => !isNamed(error))).toEqual([]);
      });
    },
    PATIENCE_MS,
  );

  test(
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

const MEGABYTE = 2 ** 20;
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const inside = (body: string, json: string): string => `${body.slice(0, -1)},${json}}`;
const zipped = (text: string): Reflection => ({ body: gzipSync(text), encoding: 'gzip' });

describe('answers of every size', () => {
  test.each<{ of: string; body: (body: string) => Reflection; failures: number }>([
    { of: 'nothing', body: () => ({ body: '' }), failures: 1 },
    { of: 'a byte', body: () => ({ body: '{' }), failures: 1 },
    { of: 'a byte of gzip', body: () => ({ body: '\u001f', encoding: 'gzip' }), failures: 1 },
    { of: '60 MB of space', body: (body) => ({ body: ' '.repeat(60 * MEGABYTE) + body }), failures: 0 },
    {
      of: '60 MB beside',
      body: (body) => zipped(inside(body, `"x":"${'é'.repeat(30 * MEGABYTE)}"`)),
      failures: 0,
    },
    { of: '20 MB in one ticket', body: (body) => ({ body: withText(body, 20 * MEGABYTE) }), failures: 0 },
    {
      of: '60 MB of numbers',
      body: (body) => zipped(inside(body, `"x":[${'1,'.repeat(30 * MEGABYTE)}1]`)),
      failures: 0,
    },
    {
      of: 'ten million lists in lists',
      body: (body) => ({ body: inside(body, `"x":${nested(10_000_000)}`) }),
      failures: 0,
    },
    {
      of: 'a count of lists in lists',
      body: (body) => ({ body: `{"count":${nested(1_000_000)},${body.slice(1)}` }),
      failures: 1,
    },
    { of: '60 MB of junk', body: () => ({ body: '{"tickets":[{'.repeat(5 * MEGABYTE) }), failures: 1 },
    { of: 'more than is read', body: (body) => zipped(' '.repeat(200 * MEGABYTE) + body), failures: 1 },
  ])('$of', async ({ body, failures }) => {
    const clock = new Clock();
    const simulator = await startSimulator({
      tickets: 4,
      from: 1_749_000_000,
      to: 1_749_000_100,
      gzip: false,
      clock: () => clock.seconds,
    });
    let isFirst = true;
    const mirror = await startMirror(simulator.url, (text) => {
      const isBent = isFirst;
      isFirst = false;
      return isBent ? body(text) : undefined;
    });
    const errors: unknown[] = [];
    const memory = watchMemory();
    const destination = new MemoryDestination();
    const drive = new Drive({
      url: mirror.url,
      destination,
      clock,
      failed: (error) => errors.push(error),
      input: { startTime: 0, requestsPerMinute: 600 },
    });
    try {
      expect(await drive.run()).toBe('end');
      expect([...destination.tickets.keys()]).toEqual([1, 2, 3, 4]);
      expect(errors).toHaveLength(failures);
      expect(errors.filter((error) => !isNamed(error))).toEqual([]);
      // What the other side holds is in it, too.
      expect(memory.most() / MEGABYTE).toBeLessThan(1536);
    } finally {
      memory.most();
      await mirror.close();
      await simulator.close();
    }
  });
});

/** How many bytes more this process holds than now, at most, until it is asked. */
function watchMemory(): { readonly most: () => number } {
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 10);
  return {
    most: () => {
      clearInterval(timer);
      return most - before;
    },
  };
}

function withText(body: string, length: number): string {
  return body.replace('"description":"', `"description":"${'ü'.repeat(length / 2)}`);
}

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
    await drive.landAll();
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
