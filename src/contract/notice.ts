import type { StreamName } from '../streams';

/** What happens to an export or a verification that operators want to know without looking. Never a ticket's text. */
export interface Notice {
  readonly event: NoticeEvent;
  readonly subdomain: string;
  /** Absent where it is about all of an export, or a verification. */
  readonly stream?: StreamName;
  readonly workflowId: string;
  readonly runId: string;
  /** For operators: what is wrong and what to do, what has passed, what was found. */
  readonly reason: string;
  /** ISO 8601. */
  readonly at: string;
}

export const NOTICE_EVENTS = ['blocked', 'unblocked', 'failed', 'verification_differs'] as const;
export type NoticeEvent = (typeof NOTICE_EVENTS)[number];
