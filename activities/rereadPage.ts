import { z } from 'zod';
import type { OpenAccount } from '../src/account/accounts';
import type { PageRequest, PageResult } from '../src/contract/page';
import {
  DIFFERENCES,
  MOST_IDS,
  type Difference,
  type Found,
  type Reread,
  type RereadRequest,
} from '../src/contract/verification';
import type { Destination } from '../src/destinations/destination';
import type { StoredRecords } from '../src/destinations/storedRecords';
import { resultJson, type Attempt } from '../src/export/checkpoint';
import { fetchPage } from '../src/export/fetchPage';
import { answerOf, caughtUp, pinnedResult } from '../src/export/pageResult';
import { isPinned } from '../src/export/pinnedSecond';
import { newestOfEach } from '../src/export/select';
import type { RecordVersion } from '../src/streams/record';
import { differenceFrom, isCompared, reachOf } from '../src/verify/rereading';
import { keyOfStep, repairedBefore, writeRepair } from './repair';

/** Rows that one answer can name as gone: what passes through Temporal must not grow with the tickets. */
const MOST_GONE = 500;

interface RereadTools {
  readonly zendesk: OpenAccount['zendesk'];
  readonly destination: Destination;
  readonly stored: StoredRecords;
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
    const repaired = await repairedBefore(tools.destination, request, attempt, reread);
    if (repaired !== undefined) return repaired;
  }
  const page = await fetchPage(tools, pageRequestOf(request), attempt, signal);
  if (page !== undefined && isPinned(page, request.position))
    return { ...NOTHING, page: pinnedResult(page, attempt), after: request.after };
  const result = page === undefined ? caughtUp(attempt) : answerOf(page, attempt);
  const after = reachOf(result, request);
  const records = newestOfEach(page?.records ?? []);
  const ids = records.flatMap(({ id }) => (typeof id === 'number' ? [id] : []));
  const places = { after: request.after, upTo: after };
  const gone = await tools.stored.between(request.subdomain, 'tickets', places, ids, MOST_GONE);
  const candidates = gone.map(({ id }) => id);
  const last = gone.at(-1);
  if (last !== undefined && gone.length === MOST_GONE)
    return { ...NOTHING, page: result, isWhole: false, after: last, candidates };
  const compared = records.filter((record) => isCompared(record, after, request));
  const wrong = await wrongOf(compared, tools.stored, request);
  const whole: Reread = {
    page: result,
    isWhole: true,
    compared: compared.length,
    after,
    found: foundIn(wrong),
    unreadable: page?.rejected.length ?? 0,
    repaired: 0,
    candidates,
  };
  const isRepaired = request.repair && wrong.length > 0;
  const done = isRepaired ? await repair(tools.destination, request, attempt, whole, wrong) : whole;
  page?.memory.release();
  return done;
}

/** The versions that differ from their rows. */
async function wrongOf(
  records: readonly RecordVersion[],
  stored: StoredRecords,
  request: RereadRequest,
): Promise<readonly Wrong[]> {
  const numbered = records.flatMap((record) =>
    typeof record.id === 'number' ? [{ id: record.id, record }] : [],
  );
  const ids = numbered.map(({ id }) => id);
  const rows = await stored.withIds(request.subdomain, 'tickets', ids);
  const here = new Map(rows.map((row) => [row.id, row]));
  return numbered.flatMap(({ id, record }) => {
    const kind = differenceFrom(record, here.get(id), request);
    return kind === undefined ? [] : [{ kind, id, record }];
  });
}

interface Wrong {
  readonly kind: Difference;
  readonly id: number;
  readonly record: RecordVersion;
}

function foundIn(wrong: readonly Wrong[]): Reread['found'] {
  const of = (kind: Difference): Found => {
    const ids = wrong.flatMap(({ kind: other, id }) => (other === kind ? [id] : []));
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

async function repair(
  destination: Destination,
  request: RereadRequest,
  attempt: Attempt,
  whole: Reread,
  wrong: readonly Wrong[],
): Promise<Reread> {
  const records = wrong.map(({ record }) => record);
  return writeRepair(destination, request, attempt, { records }, (repaired) => ({ ...whole, repaired }));
}

const count = z.int().nonnegative();
const ids = z.array(z.int().positive());
const reread = z.object({
  // The quota that it saw is out of date.
  page: resultJson.transform((page): PageResult => ({ ...page, quota: null })),
  isWhole: z.boolean(),
  after: z.object({ second: count, id: count }),
  compared: count,
  found: z.record(z.enum(DIFFERENCES), z.object({ count, ids })),
  unreadable: count,
  repaired: count,
  candidates: ids,
});
