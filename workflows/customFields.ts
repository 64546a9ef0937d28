import { isCaughtUp, type Progress } from './progress';

/** The account's custom fields as they were last read, and how they suit the stored tickets. */
export interface FieldsRead {
  /** Epoch milliseconds of the workflow's clock. */
  readonly at: number;
  /** Whether that was before the first catching up: of the tickets that came since, values may disagree with their type. */
  readonly early: boolean;
  /** Fields that are text for that reason. */
  readonly asText: number;
}

const DAY_MS = 24 * 60 * 60_000;

/** Whether the custom fields should be read before anything else is asked of Zendesk. */
export function fieldsAreDue(progress: Progress, now: number): boolean {
  const { fields } = progress;
  return fields === undefined || now >= fields.at + DAY_MS || (fields.early && isCaughtUp(progress));
}

/** @param asText null when they could not be read: then not again for a day, or until the export has caught up */
export function withFieldsRead(progress: Progress, asText: number | null, now: number): Progress {
  const fields = { at: now, early: !isCaughtUp(progress), asText: asText ?? progress.fields?.asText ?? 0 };
  return { ...progress, fields };
}
