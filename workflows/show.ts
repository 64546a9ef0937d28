import {
  log,
  metricMeter,
  setCurrentDetails,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { State, Status } from '../src/contract/status';
import { duration, renderDetails } from './details';
import { logState } from './logState';
import { reportStatus } from './metrics';
import { searchAttributesOf } from './searchAttributes';
import type { Progress } from './progress';
import type { Range } from './ranges';
import { moment, type ExportState } from './state';
import { statusOf } from './status';
import { nextStep, type Step } from './step';
import { iso } from './time';

/** What the workflow list shows, and since when (epoch milliseconds). */
export interface Shown {
  readonly state: State;
  readonly at: number;
}

/** The workflow list may be this old; every renewal is an event of the history. */
const LIST_AGE_MS = 10 * 60_000;

/**
 * Shows the status in the Web UI: in words at every change, which costs no history; in the search attributes when the
 * state changes, waits for quota excepted, and now and then; in the memo at the stations where people look for it there.
 * @param shown what was shown last
 * @returns what is shown now
 */
export function show(state: ExportState, shown: Shown | undefined, now: number): Shown {
  const status = statusOf(state, now);
  setCurrentDetails(renderDetails(status, moment(now)));
  reportStatus(status);
  const listed = isShortOfQuota(state, now) ? 'running' : status.state;
  if (shown?.state === listed && now < shown.at + LIST_AGE_MS) return shown;
  if (shown?.state !== listed) logState(status);
  if (state.progress?.searchAttributes === true) {
    upsertSearchAttributes(searchAttributesOf({ ...status, state: listed }));
  }
  if (['paused', 'blocked', 'completed'].includes(listed)) upsertMemo(memoOf(status));
  return { state: listed, at: now };
}

function isShortOfQuota(state: ExportState, now: number): boolean {
  const step = nextStep(state, now);
  return step.kind === 'wait' && step.reason === 'quota';
}

/** What can be read of an export without a worker. */
export function memoOf({ state, watermark, position, tickets }: Status): Record<string, unknown> {
  return { ...workflowInfo().memo, state, watermark, position, tickets };
}

/** A page as the timeline names it. */
export function pageSummary({ request }: Progress, { page, position, perPage }: Range): string {
  const size = perPage < request.perPage ? `, ${perPage} tickets` : '';
  if ('cursor' in position) return `page ${page}: by cursor${size}`;
  return `page ${page}: from ${position.startTime === 0 ? 'the beginning' : iso(position.startTime)}${size}`;
}

/** A wait as the timeline names it. */
export function waitSummary({ until, reason }: Extract<Step, { kind: 'wait' }>): string {
  const left = duration((until - Date.now()) / 1000);
  return reason === 'quota' ? `quota used up, ${left}` : `next poll in ${left}`;
}

const newFieldsCounter = metricMeter.createCounter(
  'zendesk_export_new_fields',
  'field',
  'Top-level fields of tickets that Zendesk does not document',
);

/** Says once what an export meets for the first time. */
export function reportNewFields(subdomain: string, newFields: readonly string[]): void {
  for (const field of newFields) log.warn('tickets have a field that is new', { subdomain, field });
  if (newFields.length > 0) newFieldsCounter.add(newFields.length, { subdomain });
}
