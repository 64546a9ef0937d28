import { randomUUID } from 'node:crypto';
import { ActivityFailure, type ApplicationFailure } from '@temporalio/common';
import { toActivityFailure } from '../../activities/failures';
import { handOver } from '../../activities/handOver';
import { parsePageRequest } from '../../activities/pageRequest';
import { parseInput } from '../../src/contract/input';
import type { PageRequest, PageResult } from '../../src/contract/page';
import type { Status } from '../../src/contract/status';
import type { Destination, Written } from '../../src/destinations/destination';
import { exportPage } from '../../src/export/exportPage';
import { ZendeskClient } from '../../src/zendesk/client';
import { failureOf } from '../../workflows/failure';
import { toWireRequest } from '../../src/contract/wire';
import { badPartOf } from '../../workflows/carried';
import * as transitions from '../../workflows/state';
import { passes } from '../../src/contract/position';
import { pageRequest } from '../../workflows/pageRequest';
import type { Progress } from '../../workflows/progress';
import type { Range } from '../../workflows/ranges';
import type { ExportState } from '../../workflows/state';
import { statusOf } from '../../workflows/status';
import { nextStep, type Step } from '../../workflows/step';
import { PassingDestination } from './passing';

/** The workflow's clock, in epoch milliseconds: waits cost nothing. */
export class Clock {
  constructor(public now = 1_750_000_000_000) {}

  get seconds(): number {
    return this.now / 1000;
  }

  advance(seconds: number): void {
    this.now += Math.round(seconds * 1000);
  }
}

/** How far an attempt of a page gets: to its end, or to where its worker dies. */
export type Fate = 'lives' | 'diesBeforeWriting' | 'diesAfterWriting';

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
  readonly lastResult?: Status;
  readonly fates?: () => Fate;
  /** Is told of every failed attempt of a page. */
  readonly failed?: (error: unknown) => void;
  /** Which of the pages under way lands next; by default each lands before another is asked for. */
  readonly lands?: (underway: number) => number;
}

/** A page that was asked for, and what its end means for the state. */
interface Flight {
  readonly asked: PageRequest;
  readonly land: (state: ExportState) => ExportState;
}

export const SUBDOMAIN = 'demo';
/** Nothing that passes through Temporal may grow with the tickets. */
const LARGEST_SUMMARY = 1024;
const LARGEST_STATE = 8 * 1024;
const HEARTBEAT_TIMEOUT_SECONDS = 10;
/** Far more than any plan of failures needs: an attempt for ever is a hang. */
const MOST_ATTEMPTS = 500;

/**
 * An export without Temporal: the workflow's own decisions, the real page export, the real client, a real store. Every
 * turn sends the state through JSON, as continue-as-new does, and every retry follows the one mapping of failures.
 */
export class Drive {
  state: ExportState;
  readonly pages: PageResult[] = [];
  readonly asked: PageRequest[] = [];
  /** Attempts that brought no result: their requests are not pages. */
  failedAttempts = 0;
  polls = 0;
  /** How often the stream ended within a bounded range: what later ones have brought by then is read again. */
  endsWithin = 0;
  interruption: Interruption | undefined;
  private readonly runId = randomUUID();
  private readonly zendesk: ZendeskClient;
  private readonly underway: Flight[] = [];

  constructor(private readonly options: DriveOptions) {
    this.state = transitions.initialState(options.clock.now);
    this.zendesk = new ZendeskClient(
      {
        subdomain: SUBDOMAIN,
        baseUrl: options.url,
        credentials: { kind: 'oauthToken', token: 'any' },
      },
      { clock: () => options.clock.now },
    );
  }

  get progress(): Progress {
    if (this.state.progress === null) throw new Error('the export has not been prepared yet');
    return this.state.progress;
  }

  get status(): Status {
    return statusOf(this.state, this.options.clock.now);
  }

  /** One round of the workflow's loop; what waits for an operator returns at once. */
  async turn(): Promise<Step['kind']> {
    this.state = throughJson(this.state, LARGEST_STATE);
    const problem = badPartOf({ ...this.state, underway: [] });
    if (problem !== undefined) throw new Error(`the next run would refuse this state: ${problem}`);
    const { clock } = this.options;
    const step = nextStep(this.state, clock.now);
    switch (step.kind) {
      case 'wait':
        clock.now = step.until;
        break;
      case 'poll':
        this.polls += 1;
        this.state = transitions.startPoll(this.state, clock.now);
        break;
      case 'prepare':
        this.prepare();
        break;
      case 'describeFields':
        // Nothing of the export depends on it: no turn of its own.
        this.state = transitions.landFields(this.state, { asText: 0, problem: null }, clock.now);
        return this.turn();
      case 'lookAgain':
        this.state = transitions.lookAgain(this.state);
        break;
      case 'exportPage':
        await this.startPage(step.progress, step.range);
        if (this.options.lands === undefined) this.land();
        break;
      case 'underway':
        this.land();
        break;
      case 'paused':
      case 'blocked':
      case 'end':
        break;
    }
    return step.kind;
  }

  /** Turns until the export ends, waits for an operator, or `done` is true after a turn. */
  async run(done: () => boolean = () => false, turns = 5000): Promise<Step['kind']> {
    for (let turn = 0; turn < turns; turn += 1) {
      const kind = await this.turn();
      if (kind === 'end' || kind === 'paused' || kind === 'blocked' || done()) return kind;
    }
    throw new Error(`the export is still not done after ${turns} turns: ${JSON.stringify(this.progress)}`);
  }

  private prepare(): void {
    const { input, lastResult, clock } = this.options;
    const now = Math.floor(clock.seconds);
    const request = parseInput(
      { subdomain: SUBDOMAIN, ...input },
      { now, accounts: [SUBDOMAIN], ...(lastResult === undefined ? {} : { lastResult }) },
    );
    this.state = transitions.prepare(this.state, { request, searchAttributes: false }, clock.now);
  }

  private async startPage(progress: Progress, range: Range): Promise<void> {
    const { clock, exportId = 'first' } = this.options;
    const { interruption } = this;
    this.interruption = undefined;
    const asked = parsePageRequest(
      throughJson(toWireRequest(pageRequest(progress, range, exportId, this.state.atOnce)), LARGEST_SUMMARY),
    );
    this.asked.push(asked);
    this.state = transitions.requestPage(this.state, asked, clock.now);
    const land = interruption?.page === 'aborted' ? unchanged : await this.outcome(asked);
    if (interruption !== undefined) this.state = interruption.act(this.state);
    this.underway.push({ asked, land: interruption?.page === 'lost' ? unchanged : land });
  }

  private async outcome(asked: PageRequest): Promise<Flight['land']> {
    try {
      const page = await this.attempts(asked);
      return (state) => {
        this.pages.push(page);
        if (asked.until !== undefined && page.endOfStream && !passes(page, asked.until)) this.endsWithin += 1;
        return transitions.landPage(state, asked, page, this.options.clock.now);
      };
    } catch (error) {
      if (!isFailure(error)) throw error;
      const { now } = this.options.clock;
      const failure = failureOf(
        new ActivityFailure('', 'exportPage', undefined, 'NON_RETRYABLE_FAILURE', '', error),
        now,
      );
      const { problem, passes } = failure;
      return (state) => {
        if (passes) return transitions.failAttempts(state, asked, failure, now);
        return problem.type === 'PageTooHeavy'
          ? transitions.shrinkPage(state, asked, problem)
          : transitions.block(state, asked, problem, now);
      };
    }
  }

  /** Whatever is under way comes back. */
  landAll(): void {
    while (this.underway.length > 0) this.land();
  }

  private land(): void {
    const index = this.options.lands?.(this.underway.length) ?? 0;
    const [flight] = this.underway.splice(index, 1);
    if (flight === undefined) throw new Error('the export waits for a page, and none is under way');
    this.state = transitions.endPage(flight.land(this.state), flight.asked);
  }

  /** The activity with Temporal's retries, until the workflow has to decide or is to be told. */
  private async attempts(asked: PageRequest): Promise<PageResult> {
    const { clock, destination, fates = () => 'lives', failed } = this.options;
    // Temporal's ids of an activity begin again with every run.
    const activity = `${this.runId} ${this.asked.length}`;
    let last = '';
    const { failedBefore = 0 } = asked;
    for (let attempt = failedBefore + 1; attempt <= failedBefore + MOST_ATTEMPTS; attempt += 1) {
      const fate = fates();
      const store = fate === 'diesBeforeWriting' ? new DyingDestination(destination) : destination;
      try {
        const tools = { zendesk: this.zendesk, destination: store, now: () => clock.seconds };
        const { signal } = new AbortController();
        const page = await exportPage(tools, asked, { of: activity, number: attempt }, signal);
        if (fate !== 'diesAfterWriting') return throughJson(page, LARGEST_SUMMARY);
        clock.advance(HEARTBEAT_TIMEOUT_SECONDS);
      } catch (error) {
        if (error instanceof WorkerDied) clock.advance(HEARTBEAT_TIMEOUT_SECONDS);
        else {
          failed?.(error);
          const canShrink = asked.perPage > 1 || asked.position.endpoint === 'time';
          const failure = handOver(toActivityFailure(error, attempt, canShrink), attempt);
          last = failure.message;
          if (failure.nonRetryable === true) {
            this.failedAttempts += 1;
            throw failure;
          }
          clock.advance(Number(failure.nextRetryDelay ?? 1000 * 2 ** Math.min(attempt - 1, 8)) / 1000);
        }
      }
      this.failedAttempts += 1;
    }
    throw new Error(`page ${asked.key.page} has failed ${MOST_ATTEMPTS} times: ${last}`);
  }
}

function unchanged(state: ExportState): ExportState {
  return state;
}

/** A worker that is killed between the fetch and the write. */
class WorkerDied extends Error {}

class DyingDestination extends PassingDestination {
  override async write(): Promise<Written> {
    throw new WorkerDied();
  }
}

function throughJson<T>(value: T, largest: number): T {
  const json = JSON.stringify(value);
  if (json.length > largest) throw new Error(`too large for Temporal's history: ${json}`);
  return JSON.parse(json) as T;
}

function isFailure(error: unknown): error is ApplicationFailure {
  return error instanceof Error && error.name === 'ApplicationFailure';
}
