import fc from 'fast-check';
import type { PageRequest } from '../../src/contract/page';
import { startSimulator } from '../../src/simulator';
import { boundaryBefore, writtenBefore } from '../../src/export/checkpoint';
import { isRepeat, isRepeatedReject } from '../../src/export/boundary';
import { jsonOrUndefined } from '../../src/json';
import { readState } from '../../workflows/carried';
import { landPage } from '../../workflows/page';
import type { ExportState } from '../../workflows/state';
import { statusOf } from '../../workflows/status';
import { MemoryDestination } from '../../src/simulation/memoryDestination';
import { always } from '../workflows/states';
import { json, mutated, mutatedJson, replaced } from '../support/mutations';
import { Clock } from '../../src/simulation/clock';
import { Drive } from '../../src/simulation/drive';
import { holds, PATIENCE_MS } from './property';

/** A store that answers whatever it holds for a page. */
class Holding extends MemoryDestination {
  constructor(private readonly text: string) {
    super();
  }

  override async checkpoint(): Promise<string> {
    return this.text;
  }
}

describe('a checkpoint that is read back', () => {
  const clock = new Clock();
  const written: { readonly text: string; readonly asked: PageRequest; readonly before: ExportState }[] = [];

  beforeAll(async () => {
    const to = clock.seconds - 120;
    const simulator = await startSimulator({ tickets: 60, to, clock: () => clock.seconds });
    for (const pagination of ['time', 'cursor']) {
      const destination = new MemoryDestination(({ id }) => id === 7);
      const drive = new Drive({
        url: simulator.url,
        destination,
        clock,
        input: { startTime: 0, perPage: 20, pagination, requestsPerMinute: 600 },
      });
      let before = drive.state;
      for (let pages = 0; (await drive.turn()) !== 'end'; before = drive.state) {
        const asked = drive.asked.at(-1);
        const text = [...destination.checkpoints.values()].at(-1);
        if (drive.pages.length === pages || asked === undefined || text === undefined) continue;
        pages = drive.pages.length;
        written.push({ text, asked, before });
      }
    }
    await simulator.close();
  });

  test(
    'with a part replaced is no answer, or is one that an export can go on from',
    async () => {
      const example = fc.record({ page: fc.nat(), part: fc.nat(), odd: json, isMissing: fc.boolean() });
      await holds(example, 5000, async ({ page, part, odd, isMissing }) => {
        const { text, asked, before } = at(page);
        const whole = jsonOrUndefined(text) as { readonly of: string };
        const changed = JSON.stringify(replaced(whole, part, odd, isMissing).value);
        await isNoneOrGood(changed, whole.of, asked, before);
      });
    },
    PATIENCE_MS,
  );

  test(
    'with its text changed is no answer, or is one that an export can go on from',
    async () => {
      const texts = fc
        .constantFrom(...written)
        .chain((page) => mutated(page.text).map((changed) => ({ ...page, changed })));
      await holds(texts, 1000, async ({ changed, text, asked, before }) => {
        const { of } = JSON.parse(text) as { readonly of: string };
        await isNoneOrGood(changed, of, asked, before);
      });
    },
    PATIENCE_MS,
  );

  test(
    'of something else that was asked is no answer',
    async () => {
      const others = fc
        .constantFrom(...written)
        .chain((page) => mutatedJson(page.asked).map((other) => ({ ...page, other })));
      await holds(others, 500, async ({ text, asked, other }) => {
        const whole = JSON.parse(text) as { readonly of: string };
        const destination = new Holding(JSON.stringify({ ...whole, request: other }));
        const summary = await writtenBefore(destination, asked, { of: whole.of, number: 2 });
        expect(summary !== undefined).toBe(JSON.stringify(other) === JSON.stringify(asked));
      });
    },
    PATIENCE_MS,
  );

  test(
    'may be any text',
    async () => {
      const texts = fc.oneof(
        json.map((value) => JSON.stringify(value)),
        fc.string(),
        fc.record({ page: fc.nat(), length: fc.nat() }),
      );
      await holds(texts, 1000, async (text) => {
        const { text: whole, asked } = at(typeof text === 'string' ? 0 : text.page);
        const destination = new Holding(
          typeof text === 'string' ? text : whole.slice(0, text.length % whole.length),
        );
        expect(await writtenBefore(destination, asked, { of: 'any', number: 2 })).toBeUndefined();
        await usesBoundary(destination, asked);
      });
    },
    PATIENCE_MS,
  );

  test('is an answer where it is whole', async () => {
    expect(written.length).toBeGreaterThan(5);
    for (const { text, asked } of written) {
      const { of } = JSON.parse(text) as { readonly of: string };
      expect(await writtenBefore(new Holding(text), asked, { of, number: 2 })).toMatchObject({
        received: expect.any(Number) as number,
      });
      const { boundary } = JSON.parse(text) as { readonly boundary: { readonly second: number | null } };
      const { second } = await boundaryBefore(new Holding(text), { ...asked, previous: asked.key });
      expect(second).toBe(boundary.second);
    }
  });

  async function isNoneOrGood(
    text: string,
    of: string,
    asked: PageRequest,
    before: ExportState,
  ): Promise<void> {
    const destination = new Holding(text);
    const summary = await writtenBefore(destination, asked, { of, number: 2 });
    if (summary !== undefined) {
      const next = landPage(before, asked, summary, clock.now, always);
      expect(readState(JSON.parse(JSON.stringify({ ...next, underway: [] }))).problem).toBeUndefined();
      statusOf(next, clock.now);
    }
    await usesBoundary(destination, asked);
  }

  function at(page: number): (typeof written)[number] {
    const found = written[page % written.length];
    if (found === undefined) throw new Error('nothing was written');
    return found;
  }
});

async function usesBoundary(destination: MemoryDestination, asked: PageRequest): Promise<void> {
  const boundary = await boundaryBefore(destination, { ...asked, previous: asked.key });
  const record = { kind: 'rejected', stream: 'tickets', reason: '', json: '{}' } as const;
  const ticket = {
    kind: 'record',
    id: 1,
    version: 1,
    updatedAt: null,
    deleted: false,
    json: Buffer.from('{}'),
  } as const;
  const { second, versions, rejected } = boundary;
  expect(second === null || Number.isSafeInteger(second)).toBe(true);
  expect([...versions].every(([id, name]) => Number.isSafeInteger(id) && typeof name === 'string')).toBe(
    true,
  );
  expect([...rejected].every((name) => typeof name === 'string')).toBe(true);
  // Nothing that nobody has written counts as written.
  expect([isRepeat(ticket, boundary), isRepeatedReject(record, boundary)]).toEqual([false, false]);
}
