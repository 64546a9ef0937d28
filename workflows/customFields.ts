import type { FieldsRead, FieldsAnswer } from '../src/contract/request';
import type { ExportState, Progress } from './state';
import { isCaughtUp } from './streamState';

const DAY_MS = 24 * 60 * 60_000;
/** What has failed is not tried again because of a catching up that comes sooner. */
const PAUSE_MS = 10 * 60_000;

/** Whether the custom fields of tickets should be read, beside the pages. */
export function fieldsAreDue({ fields, streams: { tickets } }: Progress, now: number): boolean {
  if (tickets === undefined || tickets.paused || tickets.blocked !== null) return false;
  if (fields === undefined || now >= fields.at + DAY_MS) return true;
  const isSettled = fields.problem === null || now >= fields.at + PAUSE_MS;
  return fields.early && isCaughtUp(tickets) && isSettled;
}

/** They are being read. */
export function startReadingFields(state: ExportState): ExportState {
  return { ...state, describing: { early: isEarly(state) } };
}

/** They have been read and stored. */
export function landFields(state: ExportState, { asText, problem }: FieldsAnswer, now: number): ExportState {
  const { early } = state.describing ?? { early: isEarly(state) };
  return withFields(state, () => ({ at: now, readAt: now, early, asText, problem }));
}

/** They could not be read or stored: readers keep what there is. */
export function failFields(state: ExportState, problem: string, now: number): ExportState {
  const early = isEarly(state);
  return withFields(state, ({ readAt = null, asText = 0 } = {}) => ({
    at: now,
    readAt,
    early,
    asText,
    problem,
  }));
}

/** Their reading is over, successful or not. */
export function endReadingFields(state: ExportState): ExportState {
  return { ...state, describing: null };
}

function isEarly({ progress }: ExportState): boolean {
  const tickets = progress?.streams.tickets;
  return tickets !== undefined && !isCaughtUp(tickets);
}

function withFields(
  state: ExportState,
  fieldsAfter: (before?: Partial<FieldsRead>) => FieldsRead,
): ExportState {
  const { progress } = state;
  if (progress === null) return state;
  return { ...state, progress: { ...progress, fields: fieldsAfter(progress.fields) } };
}
