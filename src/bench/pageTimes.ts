import { medianBy } from './median';

/**
 * How long each page of an export took, in milliseconds: from the end of the one before, by the worker's log.
 * @param began Unix milliseconds
 */
export function pageTimes(log: string, began: number): number[] {
  const ends = log
    .split('\n')
    .filter((line) => line.includes('"message":"page exported"'))
    .map((line) => Date.parse((JSON.parse(line) as { time: string }).time));
  return ends.map((end, index) => end - (ends[index - 1] ?? began));
}

const NEIGHBOURS = 20;

/** The median of the pages around the `page`th. */
export function timeAround(pageMs: readonly number[], page: number): number {
  const first = Math.max(0, Math.min(page - NEIGHBOURS / 2, pageMs.length - NEIGHBOURS));
  return median(pageMs.slice(first, first + NEIGHBOURS));
}

const median = (values: readonly number[]): number => medianBy(values, (value) => value) ?? 0;
