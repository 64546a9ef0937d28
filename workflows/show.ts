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
import { reportStatus } from './metrics';
import { searchAttributesOf } from './searchAttributes';
import type { Progress } from './progress';
import type { Range } from './ranges';
import { moment } from './state';
import type { Step } from './step';
import { iso } from './time';

/**
 * Shows the status in the Web UI: in words at every change, which costs no history; in the search attributes, and at the
 * stations where people look for it in the memo, when the state changes.
 * @param shown the state that was shown last
 * @returns the state that is shown now
 */
export function show(status: Status, shown: State | undefined, searchAttributes: boolean): State {
  setCurrentDetails(renderDetails(status, moment(Date.now())));
  reportStatus(status);
  if (status.state === shown) return shown;
  if (searchAttributes) upsertSearchAttributes(searchAttributesOf(status));
  if (['paused', 'blocked', 'completed'].includes(status.state)) upsertMemo(memoOf(status));
  return status.state;
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
