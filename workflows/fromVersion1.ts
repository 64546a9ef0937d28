import type { Prepared } from '../src/contract/request';
import { isRecord } from './checks';
import { withLists } from './fromVersion2';

// Exports from before there were several streams carry a state of version 1.

/**
 * Makes the state that exports of tickets alone carried into one of several streams. What it makes is checked afterwards like
 * any other.
 */
export function fromVersion1(state: Readonly<Record<string, unknown>>): unknown {
  const { stoppedAt, blocked, progress, actions, lastError, notBefore, ...rest } = state;
  const isPrepared = isRecord(progress);
  const moved = { stoppedAt, blocked: laneBlock(blocked), lastError, notBefore };
  return {
    ...rest,
    version: 2,
    blocked: isPrepared ? null : moved.blocked,
    lastError: isPrepared ? null : lastError,
    notBefore,
    actions: Array.isArray(actions) ? actions.map(actionOfTickets) : actions,
    progress: isPrepared ? progressOf(progress, moved) : progress,
  };
}

function laneBlock(blocked: unknown): unknown {
  if (!isRecord(blocked)) return blocked;
  const { lane, ...rest } = blocked;
  return { ...rest, range: isRecord(lane) ? lane['range'] : null };
}

function actionOfTickets(action: unknown): unknown {
  return isRecord(action)
    ? { ...action, stream: action['action'] === 'resetCursor' ? 'tickets' : null }
    : action;
}

function progressOf(
  { pace, request, streams, ...rest }: Readonly<Record<string, unknown>>,
  { stoppedAt, blocked, lastError, notBefore }: Readonly<Record<string, unknown>>,
): unknown {
  const tickets = isRecord(streams) ? streams['tickets'] : undefined;
  const free = { began: 0, endsBy: 0, used: 0, quota: null, notBefore: 0 };
  const own = {
    askedAt: 0,
    paused: false,
    blocked,
    unavailable: null,
    stoppedAt,
    lastError,
    isFollowing: false,
  };
  return {
    ...rest,
    request: requestOf(request),
    paces: { export: isRecord(pace) ? { ...pace, notBefore } : pace, users: free, account: free },
    streams: { tickets: isRecord(tickets) ? { ...tickets, ...own } : tickets },
  };
}

/** What `prepareExport` answered then, as it answers now. */
export function preparedByThen(prepared: Prepared): Prepared {
  return { ...prepared, request: withLists(requestOf(prepared.request)) as Prepared['request'] };
}

function requestOf(request: unknown): unknown {
  if (!isRecord(request) || request['streams'] !== undefined) return request;
  const { start, previous, watermark, polledFrom, settling, leftOut, newFields, ...rest } = request;
  // Where an earlier run had come to is not where the export was asked to begin.
  const isContinued = previous !== undefined || watermark !== undefined || polledFrom !== undefined;
  const startTime = isRecord(start) && !isContinued ? (start['startTime'] ?? 0) : 0;
  const tickets = { position: start, previous, watermark, polledFrom, settling, leftOut, newFields };
  return { ...rest, streams: ['tickets'], startTime, continued: { tickets } };
}
