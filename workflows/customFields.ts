import type { FieldsRead } from '../src/contract/request';
import { isCaughtUp, type Progress } from './progress';

/** What came of one reading. */
export type Reading = Pick<FieldsRead, 'asText' | 'problem'>;

const DAY_MS = 24 * 60 * 60_000;
/** What has failed is not tried again because of a catching up that comes sooner. */
const PAUSE_MS = 10 * 60_000;

/** Whether the custom fields should be read, beside the pages. */
export function fieldsAreDue(progress: Progress, now: number): boolean {
  const { fields } = progress;
  if (fields === undefined || now >= fields.at + DAY_MS) return true;
  return fields.early && isCaughtUp(progress) && (fields.problem === null || now >= fields.at + PAUSE_MS);
}

/** @param early whether the export had not caught up when the reading began */
export function withFieldsRead(progress: Progress, read: Reading, early: boolean, now: number): Progress {
  const { asText, problem } = read;
  return { ...progress, fields: { at: now, readAt: now, early, asText, problem } };
}

/** They could not be read or stored: readers keep what there is. */
export function withFieldsFailed(progress: Progress, problem: string, now: number): Progress {
  const { readAt = null, asText = 0 } = progress.fields ?? {};
  return { ...progress, fields: { at: now, readAt, early: !isCaughtUp(progress), asText, problem } };
}
