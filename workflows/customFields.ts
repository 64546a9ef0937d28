import { isCaughtUp, type Progress } from './progress';

/** The account's custom fields as they were last read, and how they suit the stored tickets. Moments are epoch milliseconds. */
export interface FieldsRead {
  /** When that was tried last. */
  readonly at: number;
  /** When it succeeded last; null: never yet. */
  readonly readAt: number | null;
  /** Whether it was before the first catching up: of the tickets that came since, values may disagree with their type. */
  readonly early: boolean;
  /** Fields that are text for that reason. */
  readonly asText: number;
  /** Why it failed the last time, or what of them the destination could not take on. */
  readonly problem: string | null;
}

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
