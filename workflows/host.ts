import type { Notice } from '../src/contract/notice';
import type { PageRequest, PageResult } from '../src/contract/page';
import type { Prepared, FieldsAnswer } from '../src/contract/request';
import type { Status } from '../src/contract/status';
import type { StreamName } from '../src/streams';
import type { ExportState } from './state';

/**
 * What an export is carried out with: Temporal (`temporalHost.ts`), or a simulation with a clock of its own. Activities fail
 * with Temporal's ActivityFailure.
 */
export interface Host {
  /** Unix milliseconds. */
  now(): number;
  /** Names this export in the keys of its pages; the same in each of its runs. */
  readonly exportId: string;
  /** @param failedBefore attempts that were handed over as failed */
  prepareExport(failedBefore: number): Promise<Prepared>;
  /** @param summary for people, in the timeline */
  exportPage(request: PageRequest, summary: string): Promise<PageResult>;
  describeFields(subdomain: string): Promise<FieldsAnswer>;
  /** What activities are started in, to be cancelled together. */
  newScope(): Scope;
  /** Whether somebody has cancelled the export itself. */
  isCancelled(): boolean;
  /** Work that continues after such a cancellation. */
  uncancelled(work: () => Promise<void>): Promise<void>;
  /** Until `isOver`, or until that end at the latest; may end before: the caller then decides the next step. */
  wait(isOver: () => boolean, end?: WaitEnd): Promise<void>;
  /**
   * An activity is over, and the state is that of afterwards: by the next wait, an event of the history must have followed.
   * @param seemsIdle whether nothing but waiting comes next, as runs from before `one-alarm` judge it
   */
  comeBack(seemsIdle: boolean): void;
  /** An operator has acted: what is waited for may be another thing now. */
  stopTimers(): void;
  /** Whether the history is long enough for a new run. */
  mustContinue(): boolean;
  /** Goes on in a new run. */
  continueAsNew(state: ExportState, status: Status): Promise<never>;
  /** Shows how the export goes, wherever people look. */
  show(state: ExportState, status: Status): void;
  /** Says once what an export meets for the first time. */
  reportNewFields(subdomain: string, stream: StreamName, newFields: readonly string[]): void;
  warn(message: string, fields: Record<string, unknown>): void;
  /** Whether this run sends notices; the patch marker `notices`. */
  mayNotify(): boolean;
  /** Whether it sends one notice of what keeps several streams from going on; the patch marker `one-notice`. */
  notifiesOnceForAll(): boolean;
  /** Whether lists are read beside the page of one that keeps failing; the patch marker `failing-lists`. */
  passesFailingLists(): boolean;
  /** Whether answers may be delivered late and in another order than Zendesk's; the patch marker `late-answers`. */
  expectsLateAnswers(): boolean;
  /** Sends a notice to operators; never waited for. */
  notify(notice: Pick<Notice, 'event' | 'subdomain' | 'stream' | 'reason'>): void;
  /** Before the export ends: until the notices can no longer be lost. */
  notified(): Promise<void>;
}

/** What a wait ends at. */
export interface WaitEnd {
  /** Unix milliseconds. */
  readonly until: number;
  /** What it is waited for; the moments of one reason replace each other. */
  readonly reason: string;
  /** For people, in the timeline. */
  readonly summary: string;
}

export interface Scope {
  readonly consideredCancelled: boolean;
  run(work: () => Promise<void>): Promise<void>;
  cancel(): void;
}
