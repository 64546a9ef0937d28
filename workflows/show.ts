import {
  log,
  setCurrentDetails,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { State, Status } from '../src/contract/status';
import type { StreamName } from '../src/streams';
import { renderDetails } from './details';
import { logState } from './logState';
import { reportFields, reportStatus } from './metrics';
import { searchAttributesOf } from './searchAttributes';
import { isoOf, streamsOf, type ExportState } from './state';
import { stepOf } from './step';

/** What the workflow list and the memo show, and since when (Unix milliseconds). */
export interface Shown {
  readonly state: State;
  readonly row: string;
  readonly at: number;
}

/** They may be this old; every renewal is an event or two of the history. */
const ROW_AGE_MS = 10 * 60_000;

/**
 * Shows the status in the Web UI: in words at every change, which costs no history; in the memo and the search attributes
 * when the state changes, waits for quota excepted, and now and then when something else has.
 * @param shown what was shown last
 * @returns what is shown now
 */
export function show(state: ExportState, status: Status, shown: Shown | undefined, now: number): Shown {
  setCurrentDetails(renderDetails(status, isoOf(now)));
  reportStatus(status);
  const listed = listedOf(state, status, now);
  const row = JSON.stringify(rowOf(listed));
  const isNewState = shown?.state !== listed.state;
  if (!isNewState && (row === shown.row || now < shown.at + ROW_AGE_MS)) return shown;
  if (isNewState) logState(listed);
  if (state.progress?.searchAttributes === true) upsertSearchAttributes(searchAttributesOf(listed));
  return renewRow(state, status, now);
}

/** Shows the status in the memo, which is an event of the history. */
export function renewRow(state: ExportState, status: Status, now: number): Shown {
  const listed = listedOf(state, status, now);
  upsertMemo(memoOf(listed));
  return { state: listed.state, row: JSON.stringify(rowOf(listed)), at: now };
}

/** The status as lists show it: waits for quota are a part of running. */
function listedOf(state: ExportState, status: Status, now: number): Status {
  const isShort = status.state === 'waiting' && isShortOfQuota(state, now);
  return isShort ? { ...status, state: 'running' } : status;
}

function isShortOfQuota(state: ExportState, now: number): boolean {
  const { progress, ended } = state;
  if (progress === null || ended !== null) return false;
  const steps = streamsOf(progress).map(([name, stream]) => stepOf(state, progress, name, stream, now));
  return steps.some((step) => step.kind === 'wait' && step.reason === 'quota');
}

/** What can be read of an export without a worker. */
export function memoOf(status: Status): Record<string, unknown> {
  return { ...workflowInfo().memo, ...rowOf(status) };
}

function rowOf({ state, watermark, position, tickets, records }: Status): Record<string, unknown> {
  return { state, watermark, position, tickets, records };
}

/** Says once what an export meets for the first time. */
export function reportNewFields(subdomain: string, stream: StreamName, newFields: readonly string[]): void {
  for (const field of newFields) log.warn(`${stream} have a field that is new`, { subdomain, stream, field });
  if (newFields.length > 0) reportFields(subdomain, stream, newFields.length);
}
