import { ApplicationFailure, ContinueAsNew, isCancellation } from '@temporalio/workflow';
import type { PageRequest } from '../src/contract/page';
import type { Status } from '../src/contract/status';
import type { TypedInput } from '../src/contract/typedInput';
import { block, lookAgain } from './blocked';
import * as customFields from './customFields';
import type { Failure } from './failure';
import { finalWords } from './finalWords';
import type { Host } from './host';
import { sinceItBegan } from './lane';
import { firstSeen } from './newFields';
import { dueNotices, type Due } from './notices';
import { endPage, failAttempts, landPage, losePage, requestPage, shrinkPage } from './page';
import { pageRequest } from './pageRequest';
import { prepare } from './preparation';
import { end, fail, withStream, type ExportState, type Progress } from './state';
import { statusOf } from './status';
import { isSame, nextStep, type Step } from './step';
import { startPoll } from './incremental';
import { pageSummary, waitSummary } from './summaries';
import { startSweep } from './sweep';
import { isUnavailable, missStream } from './unavailable';
import { Work } from './work';

/** For the pages under way when a run ends. */
const GRACE_MS = 30_000;

/** Steps that may be under way already, so that no command follows from them. */
const WAITS: ReadonlySet<Step['kind']> = new Set(['paused', 'blocked', 'underway', 'wait']);

/**
 * The life of an export: prepare, then page after page, of several streams and ranges of time side by side, waiting for
 * quota, for the next poll or for an operator, until everything has been read (or for ever, with `follow`).
 */
export class Export {
  private readonly work: Work;

  constructor(
    private readonly host: Host,
    private readonly input: TypedInput,
    private current: ExportState,
  ) {
    this.work = new Work(host);
  }

  get state(): ExportState {
    return this.current;
  }

  status(): Status {
    return statusOf(this.current, this.host.now(), this.input.subdomain);
  }

  /** @returns the final status, from which a schedule's next run continues */
  async run(): Promise<Status> {
    const { host, work } = this;
    try {
      while ((await this.turn()).kind !== 'end');
      await host.notified();
      return this.status();
    } catch (error) {
      if (error instanceof ContinueAsNew) throw error;
      work.interrupt();
      await host.uncancelled(async () => this.untilIdle());
      if (isCancellation(error)) this.become(end(this.current, 'cancelled'));
      if (error instanceof ApplicationFailure) {
        this.become(end(this.current, 'failed'));
        this.notify([{ event: 'failed', reason: `${error.type ?? error.name}: ${error.message}` }]);
      }
      await host.notified();
      throw error;
    }
  }

  /** Decides what comes next, and carries it out. */
  async turn(): Promise<Step> {
    const { host, work } = this;
    if (host.mustContinue()) await this.finishPages();
    work.check();
    if (host.mustContinue()) await host.continueAsNew(this.current, this.status());
    const step = nextStep(this.current, host.now());
    // Time alone changes what is shown, and which notices are due.
    this.become(this.current);
    switch (step.kind) {
      case 'paused':
      case 'underway':
        await host.wait(() => this.isOver(step));
        break;
      case 'blocked':
      case 'wait':
        await host.wait(() => this.isOver(step), {
          until: step.until,
          reason: step.kind === 'wait' ? step.reason : step.kind,
          summary: waitSummary(step, host.now()),
        });
        break;
      case 'lookAgain':
        this.become(lookAgain(this.current, step.stream));
        break;
      case 'poll':
        this.change((progress) =>
          withStream(progress, step.stream, (stream) =>
            stream.sweep === null ? startPoll(stream, host.now()) : startSweep(stream, host.now()),
          ),
        );
        break;
      case 'prepare':
        await this.prepare();
        break;
      case 'describeFields':
        this.startFields(step.progress);
        break;
      case 'exportPage':
        this.startPage(step);
        break;
      case 'end':
        break;
    }
    return step;
  }

  /** Before a new run. Pages of an outage could take hours, and the new run asks for them again. */
  private async finishPages(): Promise<void> {
    const { host, work } = this;
    const until = host.now() + GRACE_MS;
    while (!work.isIdle && !work.isBroken && host.now() < until)
      await host.wait(() => work.isIdle || work.isBroken, {
        until,
        reason: 'the end',
        summary: 'the last pages of this run',
      });
    if (!work.isIdle) work.interrupt();
    await this.untilIdle();
  }

  /** Until everything that was started has ended. */
  private async untilIdle(): Promise<void> {
    while (!this.work.isIdle) await this.host.wait(() => this.work.isIdle);
  }

  /** Takes on what an operator has made of the state, and interrupts what that makes pointless. */
  act(next: ExportState): void {
    const before = this.current.progress;
    this.become(next);
    this.host.stopTimers();
    if (next.paused) {
      this.work.interrupt();
      return;
    }
    for (const name of before?.request.streams ?? []) {
      const stream = next.progress?.streams[name];
      const isPointless =
        stream === undefined || stream.paused || stream.epoch !== before?.streams[name]?.epoch;
      if (isPointless) this.work.interruptOwn(name);
    }
  }

  private become(next: ExportState): void {
    this.current = next;
    const { host } = this;
    host.show(next, this.status());
    const { state, due } = dueNotices(this.current, host.now(), () => host.notifiesOnceForAll());
    if (this.notify(due)) this.current = state;
  }

  /** @returns whether a notice was sent */
  private notify(due: readonly Due[]): boolean {
    const { host, input } = this;
    const { subdomain } = input;
    if (due.length === 0 || subdomain === null || !host.mayNotify()) return false;
    for (const notice of due) host.notify({ ...notice, subdomain });
    return true;
  }

  /** An activity is over, whichever way. */
  private comeBack(next: ExportState): void {
    this.become(next);
    const { host, work } = this;
    host.comeBack(WAITS.has(nextStep(next, host.now()).kind) || (host.mustContinue() && !work.isIdle));
  }

  private change(change: (progress: Progress) => Progress): void {
    const { progress } = this.current;
    if (progress !== null) this.become({ ...this.current, progress: change(progress) });
  }

  private async prepare(): Promise<void> {
    const failedBefore = this.current.lastError?.attempts ?? 0;
    await this.work.run(
      null,
      async () => {
        const prepared = await this.host.prepareExport(failedBefore);
        this.comeBack(prepare(this.current, prepared, this.host.now()));
      },
      (failure) => {
        this.fail(null, failure);
      },
    );
  }

  /** Not waited for: the next step may be a page of another lane. */
  private startPage({ progress, stream, range }: Extract<Step, { kind: 'exportPage' }>): void {
    const asked = pageRequest(progress, stream, range, this.host.exportId);
    this.become(requestPage(this.current, asked, this.host.now(), () => this.host.passesFailingLists()));
    let landed = false;
    this.work.start(
      stream,
      async () => {
        await this.exportPage(asked, pageSummary(progress.request, stream, range));
        landed = true;
      },
      (failure) => {
        this.fail(asked, failure);
      },
      () => {
        if (!landed) this.become(losePage(this.current, asked));
        this.comeBack(endPage(this.current, asked));
      },
    );
  }

  private async exportPage(asked: PageRequest, summary: string): Promise<void> {
    const page = await this.host.exportPage(asked, summary);
    const known = this.current.progress?.streams[asked.stream]?.newFields ?? [];
    this.become(landPage(this.current, asked, page, this.host.now(), () => this.host.expectsLateAnswers()));
    this.host.reportNewFields(asked.subdomain, asked.stream, firstSeen(known, page.newKeys));
  }

  /** Beside the pages. Stale custom fields are better than a stopped export. */
  private startFields({ request: { subdomain } }: Progress): void {
    const { host } = this;
    this.become(customFields.startReadingFields(this.current));
    this.work.start(
      'tickets',
      async () => {
        const read = await host.describeFields(subdomain);
        this.become(customFields.landFields(this.current, read, host.now()));
      },
      ({ problem: { type, message } }) => {
        host.warn('custom fields left as they are', { subdomain, type, problem: message });
        this.become(customFields.failFields(this.current, `${type}: ${message}`, host.now()));
      },
      () => {
        this.comeBack(customFields.endReadingFields(this.current));
      },
    );
  }

  /** @param asked the page; null for the preparation */
  private fail(asked: PageRequest | null, failure: Failure): void {
    const { problem, passes } = failure;
    const now = this.host.now();
    if (passes) this.become(failAttempts(this.current, asked, failure, now));
    else if (asked !== null && problem.type === 'PageTooHeavy')
      this.become(shrinkPage(this.current, asked, problem, now));
    else if (asked !== null && isUnavailable(this.current, asked, problem))
      this.become(missStream(this.current, asked, problem, now));
    else if (problem.type !== 'InvalidInput' && !this.input.failsWhenBlocked)
      this.become(block(this.current, asked, problem, now));
    else {
      const message = finalWords(problem.message);
      const lasting = { ...sinceItBegan(this.current, asked, problem, now), message };
      this.current = fail(this.current, lasting, asked?.stream ?? null);
      throw ApplicationFailure.nonRetryable(message, problem.type);
    }
  }

  /** A wait for the same thing continues. */
  private isOver(step: Step): boolean {
    return (
      this.work.isBroken || this.host.mustContinue() || !isSame(nextStep(this.current, this.host.now()), step)
    );
  }
}
