import { z } from 'zod';
import type { OpenAccount } from '../src/account/accounts';
import type { PageRequest } from '../src/contract/page';
import {
  DIFFERENCES,
  MOST_IDS,
  type Difference,
  type Found,
  type Reread,
  type RereadRequest,
} from '../src/contract/verification';
import type { Destination } from '../src/destinations/destination';
import type { Stored } from '../src/destinations/stored';
import { firstSecond, lastSecond } from '../src/export/boundary';
import { resultJson, type Attempt } from '../src/export/checkpoint';
import { fetchPage } from '../src/export/fetchPage';
import { answerOf, caughtUp, pinnedResult } from '../src/export/pageResult';
import { isPinned } from '../src/export/pinnedSecond';
import { newestOfEach } from '../src/export/select';
import { jsonOrUndefined } from '../src/json';
import type { RecordVersion } from '../src/streams/record';
import { differenceFrom, isCompared, reachOf } from '../src/verify/rereading';
import { keyOfStep } from './confirmDifferences';

/** Rows that one answer can name as gone: what passes through Temporal must not grow with the tickets. */
const MOST_GONE = 500;

export interface RereadTools {
  readonly zendesk: OpenAccount['zendesk'];
  readonly destination: Destination;
  readonly stored: Stored;
  /** Unix seconds. */
  readonly now: () => number;
}

/**
 * Reads a page of the export again and compares it with the rows, version by version; writes those that differ, if asked to.
 * @throws ZendeskError, or what the destination throws
 */
export async function rereadPage(
  tools: RereadTools,
  request: RereadRequest,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<Reread> {
  if (request.repair && attempt.number > 1) {
    const repaired = await repairedBefore(tools.destination, request, attempt);
    if (repaired !== undefined) return repaired;
  }
  const page = await fetchPage(tools, pageRequestOf(request), attempt, signal);
  const result =
    page === undefined
      ? caughtUp(attempt)
      : isPinned(page, request.position)
        ? pinnedResult(page, attempt)
        : answerOf(page, attempt);
  if (result.pinned) return { ...NOTHING, page: result, after: request.after };
  const reach = reachOf(result, request);
  const all = newestOfEach(page?.records ?? []);
  const ids = all.flatMap(({ id }) => (typeof id === 'number' ? [id] : []));
  const places = { after: request.after, upTo: reach };
  const gone = await tools.stored.between(request.subdomain, 'tickets', places, ids, MOST_GONE);
  const candidates = gone.map(({ id }) => id);
  const last = gone.at(-1);
  if (last !== undefined && gone.length === MOST_GONE)
    return { ...NOTHING, page: result, isWhole: false, after: last, candidates };
  const records = all.filter((record) => isCompared(record, reach, request));
  const rows = await tools.stored.withIds(request.subdomain, 'tickets', ids);
  const here = new Map(rows.map((row) => [row.id, row]));
  const wrong = records.flatMap((record) => {
    const kind = differenceFrom(
      record,
      typeof record.id === 'number' ? here.get(record.id) : undefined,
      request,
    );
    return kind === undefined ? [] : [{ kind, record }];
  });
  const compared: Reread = {
    page: result,
    isWhole: true,
    compared: records.length,
    after: reach,
    found: foundIn(wrong),
    unreadable: page?.rejected.length ?? 0,
    repaired: 0,
    candidates,
  };
  const repaired = page !== undefined && request.repair && wrong.length > 0;
  const done = repaired ? await write(tools.destination, request, attempt, compared, wrong) : compared;
  page?.memory.release();
  return done;
}

interface Wrong {
  readonly kind: Difference;
  readonly record: RecordVersion;
}

function foundIn(wrong: readonly Wrong[]): Reread['found'] {
  const of = (kind: Difference): Found => {
    const ids = wrong.flatMap(({ kind: other, record: { id } }) =>
      other === kind && typeof id === 'number' ? [id] : [],
    );
    return { count: ids.length, ids: ids.slice(0, MOST_IDS) };
  };
  return { missing: of('missing'), stale: of('stale'), extra: of('extra') };
}

const NOTHING = {
  isWhole: true,
  compared: 0,
  found: foundIn([]),
  unreadable: 0,
  repaired: 0,
  candidates: [],
} as const;

/** Without a boundary: nothing of the page is written but what differs. */
function pageRequestOf(request: RereadRequest): PageRequest {
  const { subdomain, position, perPage, supportTypeScope } = request;
  return {
    subdomain,
    stream: 'tickets',
    key: keyOfStep(request),
    range: 0,
    position,
    perPage,
    include: [],
    supportTypeScope,
    excludeDeleted: false,
  };
}

async function write(
  destination: Destination,
  request: RereadRequest,
  attempt: Attempt,
  compared: Reread,
  wrong: readonly Wrong[],
): Promise<Reread> {
  const records = wrong.map(({ record }) => record);
  const done = (unstorable: number): Reread => ({ ...compared, repaired: records.length - unstorable });
  const { unstorable } = await destination.write({
    subdomain: request.subdomain,
    stream: 'tickets',
    key: keyOfStep(request),
    records,
    rejected: [],
    sideloads: new Map(),
    sweep: null,
    position: 'verification',
    first: firstSecond(records),
    last: lastSecond(records),
    checkpoint: (stored) =>
      JSON.stringify({ of: attempt.of, position: request.position, result: done(stored.unstorable) }),
  });
  return done(unstorable);
}

/** What an earlier attempt has repaired, whose answer was lost. */
async function repairedBefore(
  destination: Destination,
  request: RereadRequest,
  { of }: Attempt,
): Promise<Reread | undefined> {
  const text = await destination.checkpoint(request.subdomain, keyOfStep(request));
  const { data } = written.safeParse(jsonOrUndefined(text ?? ''));
  const isSame = data?.of === of && JSON.stringify(data.position) === JSON.stringify(request.position);
  // The quota that it saw is out of date.
  return isSame ? { ...data.result, page: { ...data.result.page, quota: null } } : undefined;
}

const count = z.int().nonnegative();
const ids = z.array(z.int().positive());
const written = z.object({
  of: z.string(),
  position: z.unknown(),
  result: z.object({
    page: resultJson,
    isWhole: z.boolean(),
    after: z.object({ second: count, id: count }),
    compared: count,
    found: z.record(z.enum(DIFFERENCES), z.object({ count, ids })),
    unreadable: count,
    repaired: count,
    candidates: ids,
  }),
});
