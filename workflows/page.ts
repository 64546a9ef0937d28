import type { PageRequest, PageResult } from '../src/contract/page';
import { bucketOf, pageSizeOf, streamRequest } from '../src/contract/request';
import type { Problem } from '../src/contract/status';
import type { Failure } from './failure';
import { askedAt, isPage, sinceItBegan, withTrouble } from './lane';
import { countRequest, learnFromAnswer, missAnswer, type Pace } from './pace';
import { halveRange } from './ranges';
import { withStream, withStreams, type ExportState, type Progress, type Underway } from './state';
import { noteStops } from './stops';
import { advanceStream } from './incremental';
import { withChangedRange } from './streamState';
import { advanceSweep } from './sweep';

// What happens to a page.

/**
 * It has been asked for.
 * @param passesFailing whether lists are read beside the page of one that keeps failing; asked only where it matters
 */
export function requestPage(
  state: ExportState,
  { stream, key, range, position, failedBefore }: PageRequest,
  now: number,
  passesFailing: () => boolean,
): ExportState {
  const { progress } = state;
  if (progress === null) return state;
  const bucket = bucketOf(stream, position);
  const isRetry = bucket === 'account' && failedBefore !== undefined && passesFailing();
  const page: Underway = {
    stream,
    bucket,
    epoch: key.epoch,
    range,
    page: key.page,
    askedAt: now,
    ...(isRetry ? { isRetry } : {}),
  };
  const asked = withStream(progress, stream, (before) => ({
    ...before,
    askedAt: now,
    poll: { ...before.poll, askedAlone: before.ranges.length === 1 },
  }));
  return {
    ...state,
    progress: withPace(asked, { stream, position }, (pace) => countRequest(pace, now)),
    underway: [...state.underway, page],
  };
}

function withPace(
  progress: Progress,
  { stream, position }: Pick<PageRequest, 'stream' | 'position'>,
  change: (pace: Pace) => Pace,
): Progress {
  const bucket = bucketOf(stream, position);
  return { ...progress, paces: { ...progress.paces, [bucket]: change(progress.paces[bucket]) } };
}

/**
 * It has come back; it counts as under way until {@link endPage}.
 * @param expectsLate see {@link learnFromAnswer}
 */
export function landPage(
  state: ExportState,
  asked: PageRequest,
  page: PageResult,
  now: number,
  expectsLate: () => boolean,
): ExportState {
  const { progress } = state;
  if (progress === null) return state;
  const sentAt = askedAt(state, asked, now);
  const paced = withPace(progress, asked, (pace) =>
    learnFromAnswer(pace, { askedAt: sentAt, failed: page.requests - 1, seen: page.quota }, now, expectsLate),
  );
  const advanced = advance(paced, asked, page, sentAt, now);
  const landed = isOfEpoch(progress, asked)
    ? withStream(advanced, asked.stream, (stream) => {
        // A page that was wanted shows that all is well again, unless another lane is what has blocked the stream.
        const { blocked, ranges } = stream;
        const isWell =
          blocked === null ||
          blocked.range === asked.range ||
          // Its lane has come to its end by what another one has found.
          !ranges.some(({ id }) => id === blocked.range);
        return isWell ? { ...stream, blocked: null, unavailable: null, lastError: null } : stream;
      })
    : advanced;
  const wasBlocked = (progress.streams[asked.stream]?.blocked ?? null) !== null;
  return noteStops({ ...state, progress: wasBlocked ? tryUnavailable(landed, now) : landed }, now);
}

/** What the account seemed to lack is tried again: it may have had the same cause as what has just passed. */
function tryUnavailable(progress: Progress, now: number): Progress {
  return withStreams(progress, (stream) =>
    stream.unavailable === null ? stream : { ...stream, unavailable: { ...stream.unavailable, lookAt: now } },
  );
}

function advance(
  progress: Progress,
  asked: PageRequest,
  page: PageResult,
  askedAt: number,
  now: number,
): Progress {
  const {
    nextPage,
    request,
    streams: { [asked.stream]: before },
  } = progress;
  if (before === undefined) return progress;
  const after =
    before.sweep === null
      ? advanceStream(before, asked, page, {
          request: streamRequest(request, asked.stream),
          nextPage,
          askedAt,
          now,
        })
      : advanceSweep(before, asked, page, { perPage: pageSizeOf(request, asked.stream), nextPage });
  return { ...withStream(progress, asked.stream, () => after.stream), nextPage: after.nextPage };
}

/** Its attempts have failed, and may still pass: it is asked for again. `asked` is null for the preparation. */
export function failAttempts(
  state: ExportState,
  asked: PageRequest | null,
  { problem, retryAfterMs }: Failure,
  now: number,
): ExportState {
  const { progress } = state;
  const until = now + (retryAfterMs ?? 0);
  const lasting = sinceItBegan(state, asked, problem, now);
  if (asked === null) return { ...state, notBefore: Math.max(state.notBefore, until), lastError: lasting };
  if (progress === null) return state;
  const held = withPace(progress, asked, (pace) => ({ ...pace, notBefore: Math.max(pace.notBefore, until) }));
  return { ...state, progress: isOfEpoch(progress, asked) ? withTrouble(held, asked, lasting) : held };
}

/** Zendesk could not put a page of this size together: the next one is half as large. */
export function shrinkPage(
  state: ExportState,
  asked: PageRequest,
  problem: Problem,
  now: number,
): ExportState {
  const { progress } = state;
  if (progress === null) return state;
  const lastError = sinceItBegan(state, asked, problem, now);
  const halved = withStream(progress, asked.stream, (stream) => {
    const totals = { ...stream.totals, requests: stream.totals.requests + 1 };
    const counted = { ...stream, totals, lastError };
    return isOfEpoch(progress, asked)
      ? withChangedRange(counted, asked.range, (range) => halveRange(range, asked.stream))
      : counted;
  });
  return { ...state, progress: halved };
}

/** It has not come back, so that nobody saw what was left of the quota after it. */
export function losePage(state: ExportState, asked: PageRequest): ExportState {
  const { progress } = state;
  return progress === null ? state : { ...state, progress: withPace(progress, asked, missAnswer) };
}

/** It is no longer under way, written or not. */
export function endPage(state: ExportState, asked: PageRequest): ExportState {
  const underway = state.underway.filter((page) => !isPage(page, asked));
  return { ...state, underway };
}

function isOfEpoch({ streams }: Progress, { stream, key }: PageRequest): boolean {
  return key.epoch === streams[stream]?.epoch;
}
