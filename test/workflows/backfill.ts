import { parseInput } from '../../src/contract/input';
import type { PageRequest, PageResult, QuotaSeen } from '../../src/contract/page';
import { pageRequest } from '../../workflows/pageRequest';
import { type ExportState, initialState } from '../../workflows/state';
import { nextStep } from '../../workflows/step';
import { EMPTY_PAGE } from './emptyPage';
import { landFields } from '../../workflows/customFields';
import { endPage, landPage, requestPage } from '../../workflows/page';
import { prepare } from '../../workflows/preparation';
import { always } from './states';

const WINDOW_MS = 60_000;
const PER_MINUTE = 30;
const PAGE_MS = 3000;
/** From an answer to the next request, through Temporal. */
const HOP_MS = 100;

export interface Backfill {
  /** Requests in each minute of Zendesk's, and what was asked for in it. */
  readonly minutes: readonly number[];
  /** When the last ticket had been read, in milliseconds from the first request. */
  readonly readBy: number;
  readonly requests: number;
  /** How often tickets were received, and how many there are. */
  readonly received: number;
  readonly tickets: number;
}

/**
 * Reads a whole account by the workflow's own decisions, on a virtual clock: pages take 3 s, and the quota is 30 a minute.
 * @param times of the tickets, ascending, distinct Unix seconds
 * @param now Unix seconds at its beginning
 */
export function backfill(times: readonly number[], now: number, input: Record<string, unknown>): Backfill {
  const start = now * 1000;
  const request = parseInput({ subdomain: 'demo', startTime: 0, ...input }, { now, accounts: ['demo'] });
  let state = prepare(initialState(start), { request, searchAttributes: false }, start);
  const landings: { readonly at: number; readonly land: (state: ExportState) => ExportState }[] = [];
  const minutes: number[] = [];
  const seen = new Set<number>();
  let [clock, windowEnds, left, received, requests, readBy] = [start, 0, 0, 0, 0, 0];

  const send = (asked: PageRequest): void => {
    if (clock >= windowEnds) {
      windowEnds = clock + WINDOW_MS;
      left = PER_MINUTE;
      minutes.push(0);
    }
    if (left === 0) throw new Error('more was asked for than the quota allows');
    left -= 1;
    requests += 1;
    minutes[minutes.length - 1] = (minutes.at(-1) ?? 0) + 1;
    const [remaining, ends, sent] = [left, windowEnds, clock];
    const at = sent + PAGE_MS + HOP_MS;
    landings.push({
      at,
      land: (before) => {
        const quota: QuotaSeen = {
          total: PER_MINUTE,
          remaining,
          resetsInSeconds: Math.ceil((ends - sent) / 1000),
          askedMsAgo: at - sent,
          answeredMsAgo: HOP_MS + PAGE_MS,
        };
        const { page, read } = answer(times, asked);
        received += page.received - page.repeated;
        for (const time of read) {
          if (seen.has(time)) continue;
          seen.add(time);
          readBy = at - start;
        }
        return endPage(landPage(before, asked, { ...page, quota }, at, always), asked);
      },
    });
  };

  for (;;) {
    const step = nextStep(state, clock);
    switch (step.kind) {
      case 'describeFields':
        state = landFields(state, { asText: 0, problem: null }, clock);
        break;
      case 'exportPage': {
        const asked = pageRequest(step.progress, step.stream, step.range, 'first');
        state = requestPage(state, asked, clock, always);
        send(asked);
        break;
      }
      case 'wait':
      case 'underway': {
        landings.sort((one, other) => one.at - other.at);
        const [next] = landings;
        const until = step.kind === 'wait' ? step.until : Infinity;
        if (next !== undefined && next.at <= until) {
          landings.shift();
          clock = next.at;
          state = next.land(state);
        } else clock = until;
        break;
      }
      case 'end':
        if (seen.size !== times.length) throw new Error(`read ${seen.size} of ${times.length} tickets`);
        return { minutes, readBy, requests, received, tickets: times.length };
      case 'prepare':
      case 'paused':
      case 'blocked':
      case 'lookAgain':
      case 'poll':
        throw new Error(step.kind);
    }
  }
}

/** A page of the time based endpoint. */
function answer(
  times: readonly number[],
  { position, perPage, until = Infinity, previous }: PageRequest,
): { readonly page: PageResult; readonly read: readonly number[] } {
  if (!('startTime' in position)) throw new Error('not by cursor');
  const begins = indexOf(times, position.startTime);
  const tickets = times.slice(begins, begins + perPage);
  const [first = null] = tickets;
  const last = tickets.at(-1) ?? null;
  return {
    page: {
      ...EMPTY_PAGE,
      received: tickets.length,
      repeated: previous !== undefined && first === position.startTime ? 1 : 0,
      first,
      last,
      onLastSecond: 1,
      endTime: last,
      endOfStream: begins + perPage >= times.length,
    },
    read: tickets.filter((time) => time <= until),
  };
}

/** Of the first that is not earlier. */
function indexOf(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Infinity) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
