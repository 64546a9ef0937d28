import { fraction, hash } from './random';

/** Records nobody has touched since the simulator started; times are Unix seconds, index 0 is the first. */
export interface History {
  readonly created: number[];
  readonly updated: number[];
  readonly generated: number[];
  readonly fates: Fate[];
}

/** A soft-deleted ticket keeps its content, a scrubbed one has lost it (§ deleted tickets). */
export type Fate = 'live' | 'deleted' | 'scrubbed';

const THIRTY_DAYS = 2_592_000;
/** The lag of the one scrub whose dates were recorded (§ generated_timestamp). */
const SCRUB_LAG = 2_595_510;

/** From one second to another. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Recorded lag of `generated_timestamp` behind `updated_at`: none 51 %, 1 s 34 %, 2 s 15 %, up to 5 s. */
function writeLag(chance: number): number {
  if (chance < 0.51) return 0;
  if (chance < 0.85) return 1;
  return chance < 0.998 ? 2 : 5;
}

/**
 * `count` records, as a help desk's tickets are, whose newest versions were generated between `from` and `to`. Ids ascend with the time of creation; the
 * order of the stream is another one, for they rest for days or weeks before their last change. About 5 % of
 * them share their second with a neighbour, so that page boundaries repeat.
 */
export function makeHistory(seed: number, count: number, { from, to }: Span): History {
  const created: number[] = [];
  const updated: number[] = [];
  const generated: number[] = [];
  const fates: Fate[] = [];
  for (let index = 0; index < count; index += 1) {
    const id = index + 1;
    const birth = Math.floor(from + ((to - from) * index) / Math.max(1, count - 1));
    const rest = fraction(seed, id, 10) ** 3 * Math.min(to - birth, 2 * THIRTY_DAYS);
    const shared = index > 1 && index < count - 1 && hash(seed, id, 11) % 20 === 0;
    const newest = shared ? (generated[index - 1] ?? birth) : Math.floor(birth + (index === 0 ? 0 : rest));
    const draw = hash(seed, id, 12) % 100;
    fates[index] = draw < 4 ? 'deleted' : draw < 6 ? 'scrubbed' : 'live';
    // 6…8: tickets the system touched last, e.g. a field that was back-filled: updated_at is a month older.
    const lag = draw >= 4 && draw < 9 ? SCRUB_LAG : writeLag(fraction(seed, id, 13));
    created[index] = Math.min(birth, newest);
    generated[index] = newest;
    updated[index] = Math.max(created[index] ?? 0, newest - lag);
  }
  return { created, updated, generated, fates };
}
