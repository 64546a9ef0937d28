import type { PageKey, Position, SupportTypeScope } from './page';

/** An export as the workflow runs it: the input, checked, normalised and with its defaults. Times are Unix seconds. */
export interface ExportRequest {
  readonly subdomain: string;
  readonly start: Position;
  /** The page that ended at `start`, when this run goes on from an earlier one. */
  readonly previous?: PageKey;
  /** How far the earlier run had come. */
  readonly watermark?: number;
  /** Its bounds for what only the system touches: see `nextBounds`. */
  readonly polledFrom?: number;
  readonly settling?: number;
  /** What resets of earlier runs have left out. */
  readonly leftOut?: readonly Gap[];
  /** When the earlier run read the custom fields, so that every run of a schedule need not. Unix milliseconds. */
  readonly customFields?: Omit<FieldsRead, 'early'>;
  /** What the earlier run reported of fields that Zendesk does not document. */
  readonly newFields?: readonly string[];
  readonly endTime?: number;
  readonly pagination: 'time' | 'cursor';
  readonly follow: false | { readonly everySeconds: number };
  readonly perPage: number;
  readonly include: readonly string[];
  readonly supportTypeScope: SupportTypeScope;
  readonly excludeSystemUpdates: boolean;
  readonly excludeDeleted: boolean;
  /** Null where the operator left it to what Zendesk's headers show. */
  readonly requestsPerMinute: number | null;
  /** How many ranges of time are read side by side. */
  readonly ranges: number;
  readonly onBlocked: 'wait' | 'fail';
}

/** From one second to another, in Unix seconds. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** The account's custom fields as they were last read, and how they suit the stored tickets. Moments are Unix milliseconds. */
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

/** What `prepareExport` answers. */
export interface Prepared {
  readonly request: ExportRequest;
  /** Whether the namespace knows our search attributes: setting an unknown one would wedge the workflow. */
  readonly searchAttributes: boolean;
}

/** What `describeFields` answers: how many fields are text there, and what the destination could not take on. */
export type Reading = Pick<FieldsRead, 'asText' | 'problem'>;
