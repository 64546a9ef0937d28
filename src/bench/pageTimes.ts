import { medianBy } from './median';

/**
 * How long each page of an export took, in milliseconds: from the end of the one before, by the worker's log.
 * @param began epoch milliseconds
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

/** Along the whole export, in at most `columns` medians of as many pages each. */
export function growthCurve(
  pageMs: readonly number[],
  columns: number,
): { readonly pagesPerColumn: number; readonly medians: readonly number[] } {
  const pagesPerColumn = Math.ceil(pageMs.length / columns);
  const medians: number[] = [];
  for (let at = 0; at < pageMs.length; at += pagesPerColumn)
    medians.push(median(pageMs.slice(at, at + pagesPerColumn)));
  return { pagesPerColumn, medians };
}

const median = (values: readonly number[]): number => medianBy(values, (value) => value) ?? 0;
