import type { Endpoint } from '../streams/stream';
import type { ListPosition, PageResult, Position, QuotaSeen, SupportTypeScope } from './page';
import type { Problem, Rejection, State } from './status';

/** What a verification's workflow and its activities say to each other, and what it answers. Plain JSON, never a ticket's text. */

/** Of `created_at`, Unix seconds: from the first to just before the second. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** What can be compared: of these, Zendesk's search knows how many there are. */
export const VERIFIED_STREAMS = ['tickets', 'users', 'organizations'] as const;
export type VerifiedStream = (typeof VERIFIED_STREAMS)[number];

/** A verification as it runs: its input, checked, and what the destination says. Times are Unix seconds. */
export interface VerificationRequest extends Window {
  readonly subdomain: string;
  /** Absent for tickets. */
  readonly stream?: VerifiedStream;
  /** What changed later is left out, on both sides. */
  readonly bound: number;
  /** Whether every window is listed, and not only those whose counts differ. */
  readonly deep: boolean;
  readonly repair: boolean;
  readonly supportTypeScope: SupportTypeScope;
  readonly requestsPerMinute: number;
  /** The endpoint whose pages are read again; absent where Zendesk's search is asked. */
  readonly reread?: Rereading;
  /** Records that the destination has in all windows, and when the oldest of them was created: it has nothing to halve before. */
  readonly tickets: number;
  readonly oldest: number;
}

/** How an export is read again. The window is of `generated_timestamp` then. */
export interface Rereading {
  readonly endpoint: Endpoint;
  /** Whether the export leaves out what the system alone has changed, so that its versions may be older. */
  readonly byUpdate: boolean;
}

/** By which road the destination is compared. */
export const METHODS = ['search', 'reread'] as const;
export type Method = (typeof METHODS)[number];

/** What a step has cost. */
export interface Cost {
  /** Requests to Zendesk, failed attempts included. */
  readonly requests: number;
  /** Of the last answer; null where there was none, or it does not say. */
  readonly quota: QuotaSeen | null;
}

export interface CompareRequest extends Pick<VerificationRequest, 'subdomain' | 'stream' | 'bound' | 'deep'> {
  readonly window: Window;
  /** Attempts that earlier activities for this window have handed over as failed. */
  readonly failedBefore: number;
}

export interface Compared extends Cost {
  /** `split`: too much for one step, compare its halves; `same`: both sides count as many; `listed`: compared ticket by ticket. */
  readonly verdict: 'split' | 'same' | 'listed';
  /** Records that were counted or listed. */
  readonly compared: number;
  /** Ids of records that seem to differ, which the search index alone cannot tell. */
  readonly candidates: readonly number[];
}

export interface ConfirmRequest extends Pick<
  VerificationRequest,
  'subdomain' | 'stream' | 'bound' | 'repair' | 'supportTypeScope'
> {
  readonly ids: readonly number[];
  /** Nothing else is looked for: the rest is known. */
  readonly only?: Difference;
  /** Names the step in the page log. */
  readonly verificationId: string;
  readonly step: number;
  readonly failedBefore: number;
}

/** A record that is not here; is older here; or is here, and gone there. */
export const DIFFERENCES = ['missing', 'stale', 'extra'] as const;
export type Difference = (typeof DIFFERENCES)[number];

export interface Confirmed extends Cost {
  /** Ids by what is wrong with them. */
  readonly differences: Readonly<Record<Difference, readonly number[]>>;
  /** How many of them were repaired. */
  readonly repaired: number;
}

/** A place in the order of (`generated_timestamp`, id). */
export interface Place {
  /** Unix seconds. */
  readonly second: number;
  readonly id: number;
}

/** A page of the export that is read again. */
export interface RereadRequest extends Pick<
  VerificationRequest,
  'subdomain' | 'repair' | 'supportTypeScope'
> {
  readonly position: Exclude<Position, ListPosition>;
  readonly perPage: number;
  /** The last second that is compared. */
  readonly until: number;
  /** Rows up to here were looked up before. */
  readonly after: Place;
  readonly byUpdate: boolean;
  readonly verificationId: string;
  readonly step: number;
  readonly failedBefore: number;
}

export interface Reread {
  /** What the page brought; nothing is written but repairs. */
  readonly page: PageResult;
  /** False where it has more rows than fit into one answer that Zendesk does not show: then only these were looked up. */
  readonly isWhole: boolean;
  /** Rows up to here have been looked up. */
  readonly after: Place;
  /** Versions of the page that were compared. */
  readonly compared: number;
  readonly found: Readonly<Record<Difference, Found>>;
  /** Tickets that cannot be compared, because Zendesk sent them in a form that nobody can read. */
  readonly unreadable: number;
  readonly repaired: number;
  /** Ids of rows that Zendesk seems to have no longer. */
  readonly candidates: readonly number[];
}

/** Records that one request of `show_many` can ask for. */
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
  readonly stream: VerifiedStream;
  /** Whether it has compared everything, and found no difference; null before. */
  readonly clean: boolean | null;
  /** What is compared: records created from `from` to `to` that have not changed since `bound`. ISO 8601. */
  readonly from: string | null;
  readonly to: string | null;
  readonly bound: string | null;
  readonly method: Method;
  readonly deep: boolean;
  readonly repair: boolean;
  /** Stretches of time, or pages that were read again. */
  readonly windows: number;
  readonly compared: number;
  /** Records that seemed to differ, and do not, or nobody can tell. */
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
