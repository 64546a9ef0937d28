import type { Gap } from '../src/contract/request';

/**
 * Which spans of time have been read. A reset to a later time skips a span, which stays noted here until it has been read.
 * Times are Unix seconds.
 */
export interface Coverage {
  /** Where this epoch began to read; null after a reset to a cursor that nobody can read, until its first page. */
  readonly from: number | null;
  /** Everything before it was read, but for what is left out. */
  readonly furthest: number;
  readonly leftOut: readonly Gap[];
}

/** More are merged. */
const MOST_GAPS = 10;

export function coverageFrom(from: number, leftOut: readonly Gap[] = []): Coverage {
  return { from, furthest: from, leftOut };
}

/** @param watermark up to where this epoch has read */
export function leftOut({ from, leftOut: gaps }: Coverage, watermark: number): readonly Gap[] {
  return from === null ? gaps : gaps.flatMap((gap) => without(gap, { from, to: watermark }));
}

/**
 * Reading continues from another place.
 * @param to null where nobody can tell: {@link begunAt} says it later
 * @param end of what is wanted at all
 */
export function movedTo(coverage: Coverage, watermark: number, to: number | null, end = Infinity): Coverage {
  const furthest = Math.max(coverage.furthest, watermark);
  const moved = { from: null, furthest, leftOut: leftOut(coverage, watermark) };
  return to === null ? moved : begunAt(moved, to, end);
}

/** The place where this epoch began has become known. */
export function begunAt({ furthest, leftOut: gaps }: Coverage, from: number, end = Infinity): Coverage {
  const gap = { from: furthest, to: Math.min(from, end) };
  const all = gap.from < gap.to ? [...gaps, gap] : gaps;
  return { from, furthest: Math.max(furthest, from), leftOut: fewer(all) };
}

/** What a reset to `to` would leave out. */
export function skippedBy(coverage: Coverage, watermark: number, to: number, end = Infinity): Gap | null {
  const from = Math.max(coverage.furthest, watermark);
  return from < Math.min(to, end) ? { from, to: Math.min(to, end) } : null;
}

function without({ from, to }: Gap, read: Gap): Gap[] {
  const rest = [
    { from, to: Math.min(to, read.from) },
    { from: Math.max(from, read.to), to },
  ];
  return read.to <= read.from ? [{ from, to }] : rest.filter((gap) => gap.from < gap.to);
}

/** The first two become one: to say that more is missing than is does no harm. */
function fewer(gaps: readonly Gap[]): readonly Gap[] {
  const [first, second, ...rest] = gaps;
  if (gaps.length <= MOST_GAPS || first === undefined || second === undefined) return gaps;
  return fewer([{ from: first.from, to: second.to }, ...rest]);
}
