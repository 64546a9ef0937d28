import type { ListName } from '../simulator';
import type { Interruption } from './drive';
import type * as plan from './plan';
import type { Fate } from './attempt';
import type { StoreName } from './stores';
import type { Trouble } from './troubled';

/** The streams of changes beside tickets. */
export const OTHERS = ['users', 'organizations', 'ticket_events', 'ticket_metric_events'] as const;
export type Read = 'tickets' | (typeof OTHERS)[number] | ListName;

/** What happens at one of the moments of a history: at any await of an attempt, or between two turns of the loop. */
export type Happening = { readonly at: number } & What;

export type What =
  | { readonly kind: 'tickets'; readonly change: plan.Change }
  | {
      readonly kind: 'records';
      readonly how: 'change' | 'quietly' | 'remove' | 'restore' | 'add';
      /** Which of the streams, and which of its records. */
      readonly stream: number;
      readonly draw: number;
    }
  | { readonly kind: 'quota'; readonly perMinute: number }
  /** Our clock jumps; Zendesk's does not. */
  | { readonly kind: 'jump'; readonly seconds: number }
  | {
      readonly kind: 'operator';
      readonly how: 'pause' | 'resume' | 'reset' | 'resetBack' | 'remove' | 'add';
      readonly stream: number;
      readonly seconds: number;
      readonly byCursor: boolean;
      /** What becomes of the next page, which is under way then; null: it happens at once. */
      readonly page: Interruption['page'] | null;
    };

/** All that is drawn of one history. */
export interface History {
  readonly account: plan.AccountPlan;
  readonly streams: readonly Read[];
  readonly store: StoreName;
  readonly pagination: 'time' | 'cursor';
  readonly perPage: number;
  readonly ranges: number;
  readonly landings: readonly number[];
  /** Polls of one run; or runs of a schedule. */
  readonly follow: boolean;
  /** Seconds from the oldest ticket to the `endTime` of each run; where there are none, none has one. */
  readonly ends: readonly number[];
  readonly turns: number;
  /** Whether Zendesk holds nothing back, so that two versions of one second can be seen. */
  readonly eager: boolean;
  /** What Zendesk grants in a minute; null: no limit is shown, and the export has its own, a high one. */
  readonly quota: number | null;
  readonly faults: readonly plan.FaultPlan[];
  readonly fates: readonly Fate[];
  readonly troubles: readonly Trouble[];
  readonly lateness: number;
  /** One in so many versions of records cannot be stored; 0: all can. */
  readonly odd: number;
  /** When a run is continued as new: after each page, never, or with which of these remainders of the turns, pages under way or not. */
  readonly continues: 'idle' | 'never' | readonly number[];
  readonly happenings: readonly Happening[];
}
