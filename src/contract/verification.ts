import type { QuotaSeen, SupportTypeScope } from './page';
import type { Problem, Rejection, State } from './status';

/** What a verification's workflow and its activities say to each other, and what it answers. Plain JSON, never a ticket's text. */

/** Of `created_at`, Unix seconds: from the first to just before the second. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** A verification as it runs: its input, checked, and what the destination says. Times are Unix seconds. */
export interface VerificationRequest extends Window {
  readonly subdomain: string;
  /** What changed later is left out, on both sides. */
  readonly bound: number;
  /** Whether every window is listed, and not only those whose counts differ. */
  readonly deep: boolean;
  readonly repair: boolean;
  readonly supportTypeScope: SupportTypeScope;
  readonly requestsPerMinute: number;
  /** Tickets that the destination has in all windows, and when the oldest of its tickets was created: it has nothing to halve before. */
  readonly tickets: number;
  readonly oldest: number;
}

/** What a step has cost. */
export interface Cost {
  /** Requests to Zendesk, failed attempts included. */
  readonly requests: number;
  /** Of the last answer; null where there was none, or it does not say. */
  readonly quota: QuotaSeen | null;
}

export interface CompareRequest extends Pick<VerificationRequest, 'subdomain' | 'bound' | 'deep'> {
  readonly window: Window;
  /** Attempts that earlier activities for this window have handed over as failed. */
  readonly failedBefore: number;
}

export interface Compared extends Cost {
  /** `split`: too much for one step, compare its halves; `same`: both sides count as many; `listed`: compared ticket by ticket. */
  readonly verdict: 'split' | 'same' | 'listed';
  /** Tickets that were counted or listed. */
  readonly compared: number;
  /** Ids of tickets that seem to differ, which the search index alone cannot tell. */
  readonly candidates: readonly number[];
}

export interface ConfirmRequest extends Pick<
  VerificationRequest,
  'subdomain' | 'bound' | 'repair' | 'supportTypeScope'
> {
  readonly ids: readonly number[];
  /** Names the step in the page log. */
  readonly verificationId: string;
  readonly step: number;
  readonly failedBefore: number;
}

/** A ticket that is not here; is older here; or is here, and gone there. */
export const DIFFERENCES = ['missing', 'stale', 'extra'] as const;
export type Difference = (typeof DIFFERENCES)[number];

export interface Confirmed extends Cost {
  /** Ids by what is wrong with them. */
  readonly differences: Readonly<Record<Difference, readonly number[]>>;
  /** How many of them were repaired. */
  readonly repaired: number;
}

/** Tickets that one request of `show_many` can ask for. */
export const MOST_SHOWN = 100;

/** How many ids of each kind are kept. */
export const MOST_IDS = 100;

export interface Found {
  readonly count: number;
  /** The first {@link MOST_IDS}. */
  readonly ids: readonly number[];
}

/** What the query `status` answers, and the result of a verification. */
export interface VerificationStatus extends Readonly<Record<Difference, Found>> {
  readonly state: State;
  readonly subdomain: string | null;
  /** Whether it has compared everything, and found no difference; null before. */
  readonly clean: boolean | null;
  /** What is compared: tickets created from `from` to `to` that have not changed since `bound`. ISO 8601. */
  readonly from: string | null;
  readonly to: string | null;
  readonly bound: string | null;
  readonly deep: boolean;
  readonly repair: boolean;
  readonly windows: number;
  readonly compared: number;
  /** Tickets that seemed to differ, and do not, or nobody can tell. */
  readonly unconfirmed: number;
  readonly repaired: number;
  readonly requests: number;
  readonly percent: number | null;
  readonly etaSeconds: number | null;
  readonly waitingFor: string | null;
  readonly lastError: Problem | null;
  /** The last signals that were refused, oldest first. */
  readonly rejectedSignals: readonly Rejection[];
  readonly startedAt: string;
  /** Seconds since then, or until it ended. */
  readonly took: number;
}
