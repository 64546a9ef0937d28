import { randomUUID } from 'node:crypto';
import { ActivityFailure, ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { toActivityFailure } from '../../activities/failures';
import { handOver } from '../../activities/handOver';
import { parsePageRequest } from '../../activities/pageRequest';
import { parseInput } from '../contract/input';
import type { PageRequest, PageResult } from '../contract/page';
import { passes } from '../contract/position';
import { canShrink } from '../contract/request';
import type { Status } from '../contract/status';
import { fromWireResult, toWireRequest, toWireResult } from '../contract/wire';
import type { Destination } from '../destinations/destination';
import { exportPage } from '../export/exportPage';
import type { StreamName } from '../streams';
import { ZendeskClient } from '../zendesk/client';
import { carriedState } from '../../workflows/carried';
import { Export } from '../../workflows/exportStreams';
import type { Host, Scope } from '../../workflows/host';
import type { ExportState, Progress } from '../../workflows/state';
import { nextStep, type Step } from '../../workflows/step';
import type { Block, StreamState } from '../../workflows/streamState';
import { Attempt, WorkerDied, type Fate } from './attempt';
import { Broken } from './broken';
import type { Clock } from './clock';

/** What an operator does while a page is under way, and what becomes of that page. */
export interface Interruption {
  readonly act: (state: ExportState) => ExportState;
  /** `lands`: it is written and its result arrives; `lost`: written, no result; `aborted`: not written. */
  readonly page: 'lands' | 'lost' | 'aborted';
}

export interface DriveOptions {
  /** Where Zendesk answers. */
  readonly url: string;
  readonly destination: Destination;
  readonly clock: Clock;
  /** What was typed after `--input`, the subdomain excepted. */
  readonly input: Record<string, unknown>;
  readonly exportId?: string;
  /** The state of the run before. */
  readonly carried?: ExportState;
  readonly lastResult?: Status;
  readonly fates?: () => Fate;
  /** Gets the error of every failed attempt of a page. */
  readonly failed?: (error: unknown) => void;
  /** Which of the pages under way lands next; by default each lands before another is asked for. */
  readonly lands?: (underway: number) => number;
  /** Whether a turn begins a new run; by default whenever no page is under way. */
  readonly continues?: () => boolean;
  /** What happens at any moment of an attempt. */
  readonly moment?: () => void;
}

export const SUBDOMAIN = 'demo';
/** Nothing that passes through Temporal may grow with the tickets. */
const LARGEST_ARGUMENT = 1024;
const LARGEST_STATE = 32 * 1024;
const HEARTBEAT_TIMEOUT_SECONDS = 10;
/** Far more than any plan of failures needs: an attempt for ever is a hang. */
const MOST_ATTEMPTS = 500;

/**
 * An export without Temporal: the workflow's own loop, the real page export, the real client, a real store, and a virtual
 * clock. Whenever no page is under way, the export continues in a new run, as after continue-as-new; every retry follows the
 * one mapping of failures.
 */
export class Drive {
  readonly pages: PageResult[] = [];
  readonly asked: PageRequest[] = [];
  /** When the last page of a stream was asked for, Unix milliseconds. */
  readonly askedAt = new Map<StreamName, number>();
  readonly notices: Parameters<Host['notify']>[0][] = [];
  /** Attempts that brought no result: their requests are not pages. */
  failedAttempts = 0;
  /** Those of them that had written their page, so that the next one need not ask for it. */
  diedAfterWriting = 0;
  /** Activities that handed their failure over after an attempt of theirs had written, or begun to: nobody counts that page. */
  uncounted = 0;
  /** Those that fell asleep and woke after they had been given up. */
  woken = 0;
  polls = 0;
  /** How often the stream ended within a bounded range: what later ones have brought by then is read again. */
  endsWithin = 0;
  interruption: Interruption | undefined;
  private begunWrites = 0;
  private running: Export;
  private readonly runId = randomUUID();
  private readonly zendesk: ZendeskClient;
  /** Whether the next turn begins a new run. */
  private isRunOver = false;
  /** Pages that have come back, each to be landed. */
  private readonly underway: (() => void)[] = [];
  private readonly sleeping: Sleeping[] = [];
  /** Resolved when a page that was asked for has come back. */
  private comesBack: () => void = () => undefined;

  constructor(private readonly options: DriveOptions) {
    this.running = this.newRun(options.carried);
    this.zendesk = new ZendeskClient(
      {
        subdomain: SUBDOMAIN,
        baseUrl: options.url,
        credentials: { kind: 'oauthToken', token: 'any' },
      },
      { clock: () => options.clock.now },
    );
  }

  get state(): ExportState {
    return this.running.state;
  }

  get progress(): Progress {
    const { progress } = this.state;
    if (progress === null) throw new Error('the export has not been prepared yet');
    return progress;
  }

  get tickets(): StreamState {
    const { tickets } = this.progress.streams;
    if (tickets === undefined) throw new Error('tickets are not exported');
    return tickets;
  }

  /** What keeps the tickets, or the export's preparation, from going on. */
  get blocked(): Block | null {
    const { progress, blocked } = this.state;
    return progress === null ? blocked : this.tickets.blocked;
  }

  get status(): Status {
    return this.running.status();
  }

  /** What an operator makes of the state. */
  act(change: (state: ExportState) => ExportState): void {
    this.running.act(change(this.state));
  }

  /** One turn of the workflow's loop; what waits for an operator returns at once. */
  async turn(): Promise<Step['kind']> {
    const page = new Promise<void>((resolve) => {
      this.comesBack = resolve;
    });
    const kind = await this.runTurn();
    if (kind === 'poll') this.polls += 1;
    if (kind === 'exportPage') {
      await page;
      if (this.options.lands === undefined) await this.land();
    }
    if (kind !== 'describeFields') return kind;
    // Nothing of the export depends on it: no turn of its own.
    await settled();
    return this.turn();
  }

  private async runTurn(): Promise<Step['kind']> {
    const isIdle = this.state.underway.length === 0 && this.state.describing === null;
    this.isRunOver = this.options.continues?.() ?? isIdle;
    try {
      return (await this.running.turn()).kind;
    } catch (error) {
      if (!(error instanceof RunIsOver)) throw error;
      this.running = this.newRun(error.carried);
      this.isRunOver = false;
      return (await this.running.turn()).kind;
    }
  }

  /** Turns until the export ends, waits for an operator, or `done` is true after a turn. */
  async run(done: () => boolean = () => false, turns = 5000): Promise<Step['kind']> {
    for (let turn = 0; turn < turns; turn += 1) {
      const kind = await this.turn();
      if (kind === 'end' || kind === 'paused' || kind === 'blocked' || done()) return kind;
    }
    throw new Broken('hang', `not done after ${turns} turns: ${JSON.stringify(this.state)}`);
  }

  /** Whatever is under way comes back. */
  async landAll(): Promise<void> {
    while (this.underway.length > 0) await this.land();
  }

  private newRun(carried: unknown): Export {
    const { clock, input } = this.options;
    const failsWhenBlocked = input['onBlocked'] === 'fail';
    const typed = { subdomain: SUBDOMAIN, failsWhenBlocked };
    return new Export(this.host(), typed, carriedState(carried, clock.now));
  }

  private host(): Host {
    const { clock, exportId = 'first' } = this.options;
    return {
      now: () => clock.now,
      exportId,
      prepareExport: async () => this.prepare(),
      exportPage: async (request) => this.exportPage(request),
      describeFields: async () => ({ asText: 0, problem: null }),
      newScope: () => new SimulatedScope(),
      isCancelled: () => false,
      uncancelled: async (work) => work(),
      wait: async (_isOver, end) => this.wait(end?.until),
      comeBack: () => undefined,
      stopTimers: () => undefined,
      mustContinue: () => this.isRunOver,
      continueAsNew: async (state) => {
        throw new RunIsOver(throughJson(state, LARGEST_STATE));
      },
      show: () => undefined,
      reportNewFields: () => undefined,
      warn: () => undefined,
      mayNotify: () => true,
      notifiesOnceForAll: () => true,
      passesFailingLists: () => true,
      expectsLateAnswers: () => true,
      notify: (notice) => this.notices.push(notice),
      notified: async () => undefined,
    };
  }

  private prepare(): Awaited<ReturnType<Host['prepareExport']>> {
    const { input, lastResult, clock } = this.options;
    const request = parseInput(
      { subdomain: SUBDOMAIN, ...input },
      {
        now: Math.floor(clock.seconds),
        accounts: [SUBDOMAIN],
        ...(lastResult === undefined ? {} : { lastResult }),
      },
    );
    return { request, searchAttributes: false };
  }

  /** @param until absent where only a page or an operator can end it */
  private async wait(until: number | undefined): Promise<void> {
    const { state, options } = this;
    const { clock } = options;
    if (this.underway.length > 0) await this.land();
    else if (until !== undefined && state.blocked?.looking !== false) clock.now = until;
    else if (until === undefined && nextStep(state, clock.now).kind !== 'paused')
      throw new Broken('hang', 'the export waits for a page, and none is under way');
  }

  private async exportPage(request: PageRequest): Promise<PageResult> {
    const { interruption } = this;
    this.interruption = undefined;
    const asked = parsePageRequest(throughJson(toWireRequest(request), LARGEST_ARGUMENT));
    this.asked.push(asked);
    this.askedAt.set(asked.stream, this.options.clock.now);
    const isEarly = interruption?.page === 'aborted';
    if (isEarly) this.act(interruption.act);
    const outcome = isEarly && this.isInterrupted(asked) ? cancelled() : await this.outcome(asked);
    if (interruption !== undefined && !isEarly) this.act(interruption.act);
    await new Promise<void>((resolve) => {
      this.underway.push(resolve);
      this.comesBack();
    });
    if ('error' in outcome) throw outcome.error;
    if (interruption?.page === 'lost' && this.isInterrupted(asked)) throw cancelled().error;
    const { page } = outcome;
    this.pages.push(page);
    if (asked.until !== undefined && page.endOfStream && !passes(page, asked.until, true))
      this.endsWithin += 1;
    return page;
  }

  /** Whether what an operator has done cancels a page that is under way. */
  private isInterrupted({ stream, key }: PageRequest): boolean {
    const { paused, progress } = this.state;
    const state = progress?.streams[stream];
    return paused || state === undefined || state.paused || state.epoch !== key.epoch;
  }

  private async outcome(asked: PageRequest): Promise<Outcome> {
    try {
      return { page: await this.attempts(asked) };
    } catch (error) {
      if (!(error instanceof ApplicationFailure)) return { error };
      return { error: new ActivityFailure('', 'exportPage', undefined, 'NON_RETRYABLE_FAILURE', '', error) };
    }
  }

  private async land(): Promise<void> {
    const index = this.options.lands?.(this.underway.length) ?? 0;
    const [land] = this.underway.splice(index, 1);
    if (land === undefined) throw new Broken('hang', 'the export waits for a page, and none is under way');
    land();
    await settled();
  }

  /** Whoever sleeps wakes and comes to an end. */
  async wakeAll(): Promise<void> {
    await this.wake(Infinity);
  }

  private async wake(moments: number): Promise<void> {
    for (const one of this.sleeping) one.moments -= moments;
    for (const one of this.sleeping.filter((other) => other.moments <= 0)) {
      const { attempt, end } = one;
      this.sleeping.splice(this.sleeping.indexOf(one), 1);
      this.woken += 1;
      attempt.wake();
      await end;
    }
  }

  /** The activity with Temporal's retries, until the workflow has to decide. */
  private async attempts(asked: PageRequest): Promise<PageResult> {
    const { clock, fates = () => ({ kind: 'lives' as const }), failed } = this.options;
    // Temporal's ids of an activity begin again with every run.
    const activity = `${this.runId} ${this.asked.length}`;
    let last = '';
    const { begunWrites } = this;
    const { failedBefore = 0 } = asked;
    for (let number = failedBefore + 1; number <= failedBefore + MOST_ATTEMPTS; number += 1) {
      const fate = fates();
      try {
        const page = await this.attempt(asked, { of: activity, number }, fate);
        if (page !== undefined) return fromWireResult(throughJson(toWireResult(page), LARGEST_ARGUMENT));
        clock.advance(HEARTBEAT_TIMEOUT_SECONDS);
      } catch (error) {
        failed?.(error);
        const failure = handOver(toActivityFailure(error, number, canShrink(asked)), number);
        last = failure.message;
        if (failure.nonRetryable === true) {
          this.failedAttempts += 1;
          if (this.begunWrites > begunWrites) this.uncounted += 1;
          throw failure;
        }
        clock.advance(Number(failure.nextRetryDelay ?? 1000 * 2 ** Math.min(number - 1, 8)) / 1000);
      }
      this.failedAttempts += 1;
    }
    throw new Broken('hang', `page ${asked.key.page} has failed ${MOST_ATTEMPTS} times: ${last}`);
  }

  /** @returns undefined where its worker does not answer any more */
  private async attempt(
    asked: PageRequest,
    name: { readonly of: string; readonly number: number },
    fate: Fate,
  ): Promise<PageResult | undefined> {
    const { clock, destination, moment } = this.options;
    const attempt = new Attempt(fate, clock, async () => {
      moment?.();
      await this.wake(1);
    });
    const tools = {
      zendesk: attempt.zendesk(this.zendesk),
      destination: attempt.destination(destination, () => {
        this.begunWrites += 1;
      }),
      now: () => clock.seconds,
    };
    const working = exportPage(tools, asked, name, new AbortController().signal);
    try {
      const page = await Promise.race([working, attempt.asleep]);
      if (page !== undefined && fate.kind === 'lives') return attempt.timed(page);
      if (page === undefined && fate.kind === 'sleeps')
        this.sleeping.push({ attempt, moments: fate.moments, end: working.catch(() => undefined) });
    } catch (error) {
      if (!(error instanceof WorkerDied)) throw error;
    }
    if (attempt.hasWritten) this.diedAfterWriting += 1;
    return undefined;
  }
}

/** An attempt that has been given up, and does not know. */
interface Sleeping {
  readonly attempt: Attempt;
  moments: number;
  readonly end: Promise<unknown>;
}

type Outcome = { readonly page: PageResult } | { readonly error: unknown };

function cancelled(): { readonly error: CancelledFailure } {
  return { error: new CancelledFailure('cancelled') };
}

/** As Temporal's, without its sandbox: activities that are under way are cancelled by what {@link Drive} makes of them. */
class SimulatedScope implements Scope {
  consideredCancelled = false;

  async run(work: () => Promise<void>): Promise<void> {
    return work();
  }

  cancel(): void {
    this.consideredCancelled = true;
  }
}

/** Ends a run as continue-as-new does. */
class RunIsOver extends Error {
  constructor(readonly carried: unknown) {
    super();
  }
}

/** Until whatever a page has set going is done. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

function throughJson<T>(value: T, largest: number): T {
  const json = JSON.stringify(value);
  if (json.length > largest) throw new Broken('state', `too large for Temporal's history: ${json}`);
  return JSON.parse(json) as T;
}
