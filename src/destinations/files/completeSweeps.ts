import { z } from 'zod';
import { isList, type Stream } from '../../streams/stream';
import { jsonOrUndefined } from '../../json';
import { sweepBegan, sweepName, sweepsFiles } from './layout';
import type { ObjectStore } from './objectStore';

/** How far the clock that named a sweep may be ahead of ours. */
const SKEW_SECONDS = 86_400;

export interface CompleteSweeps {
  /** The last sweep of each account that has come to its end. */
  readonly complete: readonly { readonly subdomain: string; readonly sweep: string }[];
  /** Names that look like sweeps of the stream and are none. */
  readonly foreign: readonly string[];
}

/** Says that a sweep is complete. */
export function sweepFile(began: number): Buffer {
  return Buffer.from(`${JSON.stringify({ sweep: sweepName(began) })}\n`);
}

/**
 * What these files say decides what counts as deleted, so only one that is as the export wrote it is believed: it has the name of a
 * moment that has been, and says the same.
 */
export async function completeSweeps(store: ObjectStore, stream: Stream): Promise<CompleteSweeps> {
  if (!isList(stream)) return { complete: [], foreign: [] };
  const { folder, pattern } = sweepsFiles(stream);
  const last = new Map<string, string>();
  const foreign: string[] = [];
  // The latest first: by name it comes last.
  for (const name of (await store.list(folder)).toSorted().reverse()) {
    const [, subdomain, sweep] = pattern.exec(name) ?? [];
    if (subdomain === undefined || sweep === undefined || last.has(subdomain)) continue;
    const said = hasBeen(sweep) ? await store.get(name) : undefined;
    if (said !== undefined && sweepIn(said.toString()) === sweep) last.set(subdomain, sweep);
    else foreign.push(name);
  }
  return { complete: [...last].map(([subdomain, sweep]) => ({ subdomain, sweep })), foreign };
}

function hasBeen(sweep: string): boolean {
  return (sweepBegan(sweep) ?? Infinity) <= Date.now() / 1000 + SKEW_SECONDS;
}

function sweepIn(text: string): string | undefined {
  return stored.safeParse(jsonOrUndefined(text)).data?.sweep;
}

const stored = z.object({ sweep: z.string() });
