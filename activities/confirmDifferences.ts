import { z } from 'zod';
import type { OpenAccount } from '../src/account/accounts';
import {
  DIFFERENCES,
  type Confirmed,
  type ConfirmRequest,
  type Difference,
} from '../src/contract/verification';
import type { PageKey } from '../src/contract/page';
import type { Destination } from '../src/destinations/destination';
import type { StoredRecord, Stored } from '../src/destinations/stored';
import type { Attempt } from '../src/export/checkpoint';
import { jsonOrUndefined } from '../src/json';
import { differenceOf } from '../src/verify/differences';
import { showRecords, ticketsDeletedSince, type ShownRecord } from '../src/zendesk/search';

/**
 * Looks again at tickets that seem to differ, in Zendesk's database and not in its index, and repairs those that do, if asked to.
 * @throws ZendeskError, or what the destination throws
 */
export async function confirmDifferences(
  zendesk: OpenAccount['zendesk'],
  destination: Destination,
  stored: Stored,
  request: ConfirmRequest,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<Confirmed> {
  const { subdomain, stream = 'tickets', ids, bound, repair, supportTypeScope, only } = request;
  if (repair && attempt.number > 1) {
    const repaired = await repairedBefore(destination, request, attempt);
    if (repaired !== undefined) return repaired;
  }
  const shown = await showRecords(zendesk, stream, ids, signal);
  const there = new Map(shown.value.map((ticket) => [ticket.id, ticket]));
  // Read after Zendesk was: an export that writes meanwhile makes no difference.
  const rows = await stored.withIds(subdomain, stream, ids);
  const here = new Map(rows.map((row) => [row.id, row]));
  const seemGone = rows.some(({ id, deleted }) => !there.has(id) && !deleted);
  const deleted =
    seemGone && stream === 'tickets' ? await ticketsDeletedSince(zendesk, bound, signal) : undefined;
  const differences: Record<Difference, number[]> = { missing: [], stale: [], extra: [] };
  for (const id of ids) {
    // When another record was deleted, nobody knows: gone it is.
    const isDeletedSince = stream === 'tickets' ? (deleted?.value?.has(id) ?? null) : false;
    const evidence = { here: here.get(id), there: thereOf(there.get(id)), isDeletedSince };
    const difference = differenceOf(evidence, bound, supportTypeScope);
    if (difference !== undefined && (only ?? difference) === difference) differences[difference].push(id);
  }
  const { quota } = deleted?.quota === undefined || deleted.quota === null ? shown : deleted;
  const result: Confirmed = {
    differences,
    repaired: 0,
    requests: shown.requests + (deleted?.requests ?? 0),
    quota,
  };
  return repair ? writeRepair(destination, request, attempt, result, { here, there }) : result;
}

function thereOf(ticket: ShownRecord | undefined): Parameters<typeof differenceOf>[0]['there'] {
  if (ticket === undefined) return undefined;
  const { id, version, supportType } = ticket;
  return { id, updatedAt: version, supportType };
}

interface Sides {
  readonly here: ReadonlyMap<number, StoredRecord>;
  readonly there: ReadonlyMap<number, ShownRecord>;
}

async function writeRepair(
  destination: Destination,
  request: ConfirmRequest,
  attempt: Attempt,
  result: Confirmed,
  { here, there }: Sides,
): Promise<Confirmed> {
  const { missing, stale, extra } = result.differences;
  if (missing.length + stale.length + extra.length === 0) return result;
  const records = [...missing, ...stale].flatMap((id) => {
    const ticket = there.get(id);
    if (ticket === undefined) return [];
    // Without `generated_timestamp` a ticket has no version of its own. It takes that of the row that it replaces, if that is later:
    // it is newer than this, and the next version that the export brings is newer still.
    return [{ ...ticket, version: Math.max(ticket.version, here.get(id)?.version ?? 0) }];
  });
  const gone = extra.flatMap((id) => here.get(id) ?? []);
  const versions = records.map(({ version }) => version);
  const done = (swept: number, unstorable: number): Confirmed => ({
    ...result,
    repaired: records.length - unstorable + swept,
  });
  const { swept, unstorable } = await destination.write({
    subdomain: request.subdomain,
    stream: request.stream ?? 'tickets',
    key: keyOfStep(request),
    records,
    gone,
    rejected: [],
    sideloads: new Map(),
    sweep: null,
    position: 'verification',
    first: versions.length === 0 ? null : Math.min(...versions),
    last: versions.length === 0 ? null : Math.max(...versions),
    checkpoint: (written) =>
      JSON.stringify({
        of: attempt.of,
        ids: request.ids,
        result: done(written.swept, written.unstorable),
      }),
  });
  return done(swept, unstorable);
}

/** The key of a step in the page log. */
export function keyOfStep({
  verificationId,
  step,
}: Pick<ConfirmRequest, 'verificationId' | 'step'>): PageKey {
  return { exportId: `verify-${verificationId}`, epoch: 0, page: step };
}

/** What an earlier attempt has repaired, whose answer was lost. */
async function repairedBefore(
  destination: Destination,
  request: ConfirmRequest,
  { of }: Attempt,
): Promise<Confirmed | undefined> {
  const text = await destination.checkpoint(request.subdomain, keyOfStep(request));
  const { data } = written.safeParse(jsonOrUndefined(text ?? ''));
  const isSame = data?.of === of && data.ids.join() === request.ids.join();
  // The quota that it saw is out of date.
  return isSame ? { ...data.result, quota: null } : undefined;
}

const ids = z.array(z.int());
const written = z.object({
  of: z.string(),
  ids,
  result: z.object({
    differences: z.record(z.enum(DIFFERENCES), ids),
    repaired: z.int(),
    requests: z.int(),
  }),
});
