import { isoOf, streamsOf, type ExportState, type Underway } from './state';
import type { Step } from './step';
import type { Block } from './streamState';

/**
 * What an export waits for, in words; null: nothing.
 * @param isBlocked whether nothing can go on
 */
export function waitingFor(step: Step, state: ExportState, isBlocked: boolean): string | null {
  const { underway, describing } = state;
  const blocked = nextBlock(state);
  if (blocked?.looking === true && (isBlocked || state.progress === null) && step.kind !== 'paused')
    return `a new attempt after ${blocked.type}`;
  const isHeld = step.kind === 'paused' || (step.kind === 'blocked' && isBlocked);
  // Another stream may wait for its poll or for quota: the export does not.
  if (underway.length > 0 && !isHeld) return underway.map(pageUnderway).join('; ');
  switch (step.kind) {
    case 'paused':
      return 'resume';
    case 'blocked':
      return isBlocked || state.progress === null
        ? `resume, once this is fixed: ${blocked?.type ?? ''}; looks again by itself at ${isoOf(step.until)}`
        : `a new attempt after ${blocked?.type ?? ''} at ${isoOf(step.until)}`;
    case 'lookAgain':
      return null;
    case 'wait':
      return waitFor(step);
    case 'exportPage':
    case 'underway':
    case 'describeFields':
      return describing !== null ? "the account's custom fields" : null;
    case 'prepare':
      return 'the check of input, credentials and destination';
    case 'poll':
    case 'end':
      return null;
  }
}

/** What blocks and is looked at next. */
function nextBlock({ blocked, progress }: ExportState): Block | null {
  if (blocked !== null || progress === null) return blocked;
  const blocks = streamsOf(progress).flatMap(([, stream]) => stream.blocked ?? []);
  const [next] = blocks.sort((one, other) => one.lookAt - other.lookAt);
  return next ?? null;
}

function waitFor({ reason, until }: Extract<Step, { kind: 'wait' }>): string {
  switch (reason) {
    case 'quota':
      return `quota used up until ${isoOf(until)}`;
    case 'poll':
      return `the next poll at ${isoOf(until)}`;
    case 'sweep':
      return `the next sweep at ${isoOf(until)}`;
    case 'unavailable':
      return `the next attempt at unavailable streams at ${isoOf(until)}`;
    case 'zendesk':
      return `Zendesk, which takes no request before ${isoOf(until)}`;
  }
}

function pageUnderway({ stream, page, askedAt }: Underway): string {
  return `page ${page}${stream === 'tickets' ? '' : ` of ${stream}`}, requested at ${isoOf(askedAt)}`;
}
