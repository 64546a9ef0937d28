import { MOST_PER_PAGE } from '../src/contract/page';
import { hasCursor, type StreamRequest } from '../src/contract/request';
import type { Reread, RereadRequest, VerificationRequest } from '../src/contract/verification';
import { isOrdered } from '../src/streams';
import { PACES } from './pace';
import { advanceRange, halveRange, passesEnd, rangeFrom } from './ranges';
import { addFound, paceAfter, succeeded, type RereadPlace, type Verification } from './verificationState';

// How a verification reads the export of tickets again.

const STREAM = 'tickets';

/** The next page is to be read. */
export interface RereadStep {
  readonly kind: 'reread';
  readonly request: VerificationRequest & Required<Pick<VerificationRequest, 'reread'>>;
  readonly reading: RereadPlace;
}

/** Null where nothing is to be read again. */
export function beginReading({ reread, from, to }: VerificationRequest): RereadPlace | null {
  if (reread === undefined || from >= to) return null;
  const start = { endpoint: reread.endpoint, startTime: from };
  const range = rangeFrom({ id: 0, page: 1 }, start, to - 1, { perPage: MOST_PER_PAGE });
  return { range, after: { second: from, id: 0 } };
}

/** Zendesk could not put the page together: the same place, in pages of half the size. */
export function halved({ range, after }: RereadPlace): RereadPlace {
  return { range: halveRange(range, STREAM), after };
}

/** What a page that is read again is asked for with. */
export function rereadRequest(
  { request, reading }: RereadStep,
  { verificationId, step, failedBefore }: Pick<RereadRequest, 'verificationId' | 'step' | 'failedBefore'>,
): RereadRequest {
  const { subdomain, repair, supportTypeScope, reread, to } = request;
  const { position, perPage } = reading.range;
  if (position.endpoint === 'list') throw new Error('tickets are not a list');
  return {
    subdomain,
    repair,
    supportTypeScope,
    position,
    perPage,
    until: to - 1,
    after: reading.after,
    byUpdate: reread.byUpdate,
    verificationId,
    step,
    failedBefore,
  };
}

/** A page was compared, or is to be asked for again because more of its rows are gone than it could name. */
export function landReread(
  state: Verification,
  { request, reading }: RereadStep,
  result: Reread,
  askedAt: number,
  now: number,
): Verification {
  const { page, isWhole, after, unreadable } = result;
  const { exportPace = PACES.export } = state;
  const looked: Verification = {
    ...succeeded(state),
    step: state.step + 1,
    exportPace: paceAfter(exportPace, page, askedAt, now),
    requests: state.requests + page.requests,
    candidates: [...state.candidates, ...result.candidates],
    found: addFound(state.found, result.found),
    repaired: state.repaired + result.repaired,
    unconfirmed: state.unconfirmed + unreadable,
    compared: state.compared + result.compared,
  };
  if (!isWhole) return { ...looked, reading: { ...reading, after } };
  const { position, perPage } = reading.range;
  const key = { exportId: 'verify', epoch: 0, page: state.step };
  const streamRequest = streamRequestOf(request, position.endpoint === 'time' ? 'time' : 'cursor');
  const range = advanceRange(reading.range, { key, position, perPage }, page, {
    request: streamRequest,
    nextPage: state.step + 1,
  });
  const isOver = page.endOfStream || passesEnd(reading.range, page, streamRequest);
  return {
    ...looked,
    windowsCompared: state.windowsCompared + (page.pinned ? 0 : 1),
    reading: isOver ? null : { range, after },
  };
}

/** @param endpoint the one in use: a second of many leads to the cursor's, which then stays, for it shows each version once */
function streamRequestOf({ to }: VerificationRequest, endpoint: StreamRequest['endpoint']): StreamRequest {
  const endTime = to - 1;
  const perPage = MOST_PER_PAGE;
  return {
    endTime,
    perPage,
    ranges: 1,
    endpoint,
    hasCursor: hasCursor(STREAM),
    isOrdered: isOrdered(STREAM),
  };
}
