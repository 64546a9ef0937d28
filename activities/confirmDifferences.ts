import { z } from 'zod';
import type { OpenAccount } from '../src/account/accounts';
import {
  DIFFERENCES,
  type Confirmed,
  type ConfirmRequest,
  type Difference,
} from '../src/contract/verification';
import type { Destination } from '../src/destinations/destination';
import type { StoredRecord, StoredRecords } from '../src/destinations/storedRecords';
import type { Attempt } from '../src/export/checkpoint';
import { differenceOf } from '../src/verify/differences';
import { showRecords, ticketsDeletedSince, type ShownRecord } from '../src/zendesk/search';
import { repairedBefore, writeRepair, type Repair } from './repair';

/**
 * Looks again at records that seem to differ, in Zendesk's database and not in its index, and repairs those that do, if asked to.
 * @throws ZendeskError, or what the destination throws
 */
export async function confirmDifferences(
  zendesk: OpenAccount['zendesk'],
  destination: Destination,
  stored: StoredRecords,
  request: ConfirmRequest,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<Confirmed> {
  const { subdomain, stream = 'tickets', ids, bound, repair, supportTypeScope, only } = request;
  if (repair && attempt.number > 1) {
    const repaired = await repairedBefore(destination, request, attempt, confirmed);
    if (repaired !== undefined) return repaired;
  }
  const shown = await showRecords(zendesk, stream, ids, signal);
  const there = new Map(shown.value.map((record) => [record.id, record]));
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
  if (!repair || DIFFERENCES.every((kind) => differences[kind].length === 0)) return result;
  return writeRepair(
    destination,
    request,
    attempt,
    repairOf(differences, { here, there }),
    (repaired): Confirmed => ({ ...result, repaired }),
  );
}

function thereOf(record: ShownRecord | undefined): Parameters<typeof differenceOf>[0]['there'] {
  if (record === undefined) return undefined;
  const { id, version, supportType } = record;
  return { id, updatedAt: version, supportType };
}

interface Sides {
  readonly here: ReadonlyMap<number, StoredRecord>;
  readonly there: ReadonlyMap<number, ShownRecord>;
}

/** What is written to repair what differs. */
function repairOf({ missing, stale, extra }: Confirmed['differences'], { here, there }: Sides): Repair {
  const records = [...missing, ...stale].flatMap((id) => {
    const record = there.get(id);
    if (record === undefined) return [];
    // Without `generated_timestamp` a ticket has no version of its own. It takes that of the row that it replaces, if that is later:
    // it is newer than this, and the next version that the export brings is newer still.
    return [{ ...record, version: Math.max(record.version, here.get(id)?.version ?? 0) }];
  });
  return { records, gone: extra.flatMap((id) => here.get(id) ?? []) };
}

const ids = z.array(z.int());
const confirmed = z
  .object({ differences: z.record(z.enum(DIFFERENCES), ids), repaired: z.int(), requests: z.int() })
  // The quota that it saw is out of date.
  .transform((result): Confirmed => ({ ...result, quota: null }));
