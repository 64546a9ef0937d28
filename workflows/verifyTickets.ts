import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  ContinueAsNew,
  isCancellation,
  log,
  makeContinueAsNewFunc,
  patched,
  setCurrentDetails,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { DIFFERENCES, type VerificationRequest, type VerificationStatus } from '../src/contract/verification';
import { readTypedInput } from '../src/contract/typedInput';
import {
  compareWindow,
  confirmDifferences,
  prepareVerification,
  recordVerification,
  rereadPage,
} from './activities';
import { failureOf } from './failure';
import { finalWords } from './finalWords';
import { Notices } from './sendNotice';
import { isoOf } from './state';
import * as verification from './verification';
import type { VerificationStep } from './verification';
import { endAs, type Verification } from './verificationState';
import { landReread, rereadRequest } from './rereading';
import { listenToVerification } from './verificationOperator';
import { carriedVerification } from './verificationShape';
import { renderVerification, verificationStatus } from './verificationStatus';
import { Waits } from './waits';

/**
 * The workflow: compares the destination's tickets, users or organizations with the account, by another road than the export's.
 * @param input what the operator typed
 * @param carried the state of the run before, after continue-as-new; anybody can make one up
 */
export async function verifyTickets(input: unknown, carried?: unknown): Promise<VerificationStatus> {
  const running = new VerificationRun(input, carriedVerification(carried, Date.now()));
  listenToVerification(running);
  return running.run();
}

/** One step after the other: a request to Zendesk each, at a pace that leaves most of the account's limit to others. */
class VerificationRun {
  private readonly waits = new Waits(() => {
    upsertMemo(this.memo());
  });
  private readonly subdomain: string | null;
  private underway: CancellationScope | undefined;
  private shownState: string | undefined;

  constructor(
    private readonly input: unknown,
    private current: Verification,
  ) {
    ({ subdomain: this.subdomain } = readTypedInput(input));
  }

  get state(): Verification {
    return this.current;
  }

  status(): VerificationStatus {
    return verificationStatus(this.current, Date.now(), this.subdomain);
  }

  async run(): Promise<VerificationStatus> {
    try {
      for (;;) {
        if (workflowInfo().continueAsNewSuggested) await this.continueAsNew();
        const step = verification.nextVerificationStep(this.current, Date.now());
        this.become(this.current);
        if (step.kind === 'end') break;
        await this.take(step);
      }
      await this.tellDifferences();
      return this.status();
    } catch (error) {
      if (error instanceof ContinueAsNew) throw error;
      if (isCancellation(error)) this.become(endAs(this.current, 'cancelled', Date.now()));
      if (error instanceof ApplicationFailure) this.become(endAs(this.current, 'failed', Date.now()));
      throw error;
    }
  }

  private async take(step: Exclude<VerificationStep, { kind: 'end' }>): Promise<void> {
    const { failedBefore } = this.current;
    const askedAt = Date.now();
    switch (step.kind) {
      case 'paused':
        return this.waits.wait(() => !this.current.paused);
      case 'wait': {
        const { until, reason } = step;
        const summary = `${reason === 'quota' ? 'requests used up' : reason}, until ${isoOf(until)}`;
        return this.waits.wait(() => this.nextKind() !== 'wait', { until, reason, summary });
      }
      case 'prepare':
        return this.attempt(step, async () => {
          const summary = 'input, credentials and destination';
          const request = await prepareVerification.executeWithOptions({ summary }, [
            this.input,
            failedBefore,
          ]);
          this.become(verification.landPreparation(this.current, request));
        });
      case 'compare':
        return this.attempt(step, async () => {
          const { window } = step;
          const { subdomain, bound, deep } = step.request;
          const of = streamOf(step.request);
          const result = await compareWindow.executeWithOptions(
            { summary: `created from ${isoOf(window.from * 1000)} to ${isoOf(window.to * 1000)}` },
            [{ subdomain, ...of, bound, deep, window, failedBefore }],
          );
          this.become(verification.landCompared(this.current, window, result, askedAt, Date.now()));
        });
      case 'reread':
        return this.attempt(step, async () => {
          const { firstExecutionRunId: verificationId } = workflowInfo();
          const named = { verificationId, step: this.current.step, failedBefore };
          const { watermark } = step.reading.range;
          const result = await rereadPage.executeWithOptions(
            { summary: `changed from ${isoOf(watermark * 1000)}` },
            [rereadRequest(step, named)],
          );
          this.become(landReread(this.current, step, result, askedAt, Date.now()));
        });
      case 'confirm':
        return this.attempt(step, async () => {
          const { ids } = step;
          const { subdomain, bound, repair, supportTypeScope, reread } = step.request;
          // What is missing or stale, the pages have shown.
          const only = reread === undefined ? {} : { only: 'extra' as const };
          const { firstExecutionRunId: verificationId } = workflowInfo();
          const named = { ...streamOf(step.request), verificationId, step: this.current.step, failedBefore };
          const result = await confirmDifferences.executeWithOptions(
            { summary: `${ids.length} records that seem to differ` },
            [{ subdomain, bound, repair, supportTypeScope, ids, ...only, ...named }],
          );
          this.become(verification.landConfirmed(this.current, ids, result, askedAt, Date.now()));
        });
      case 'record':
        return this.attempt(step, async () => {
          const after = verification.landRecorded(this.current, Date.now());
          const status = verificationStatus(after, Date.now(), this.subdomain);
          await recordVerification.executeWithOptions({ summary: 'the row in verifications' }, [
            { verificationId: workflowInfo().firstExecutionRunId, status, failedBefore },
          ]);
          this.become(verification.landRecorded(this.current, Date.now()));
        });
    }
  }

  private async tellDifferences(): Promise<void> {
    const { subdomain, clean, repaired, ...found } = this.status();
    if (subdomain === null || clean !== false || !patched('notices')) return;
    const counts = DIFFERENCES.map((difference) => `${found[difference].count} ${difference}`).join(', ');
    const notices = new Notices();
    notices.send({ event: 'verification_differs', subdomain, reason: `${counts}; ${repaired} repaired.` });
    await notices.started();
  }

  /** A pause cancels an activity, retries included; what it brings all the same is taken. */
  private async attempt(step: VerificationStep, activity: () => Promise<void>): Promise<void> {
    const scope = new CancellationScope();
    this.underway = scope;
    this.waits.follow();
    try {
      await scope.run(activity);
    } catch (error) {
      if (CancellationScope.current().consideredCancelled) throw error;
      if (!scope.consideredCancelled) this.fail(step, error);
    } finally {
      this.underway = undefined;
      this.waits.comeBack();
    }
  }

  private fail(step: VerificationStep, error: unknown): void {
    const failure = failureOf(error, Date.now());
    const { type, message } = failure.problem;
    if (type === 'InvalidInput') throw ApplicationFailure.nonRetryable(finalWords(message), type);
    this.become(verification.failStep(this.current, step, failure, Date.now()));
  }

  /** An operator has acted. */
  act(next: Verification): void {
    this.become(next);
    this.waits.stop();
    if (next.paused) this.underway?.cancel();
  }

  private become(next: Verification): void {
    this.current = next;
    const status = this.status();
    setCurrentDetails(renderVerification(status, isoOf(Date.now())));
    const { state, subdomain, lastError } = status;
    const shown = state === 'waiting' ? 'running' : state;
    if (shown === this.shownState) return;
    this.shownState = shown;
    upsertMemo(this.memo());
    this.waits.follow();
    if (state === 'blocked')
      log.error('verification blocked', { subdomain, type: lastError?.type, problem: lastError?.message });
    else if (next.ended !== null || state === 'paused')
      log.info(`verification ${state}`, { subdomain, ...rowOf(status) });
  }

  private nextKind(): VerificationStep['kind'] {
    return verification.nextVerificationStep(this.current, Date.now()).kind;
  }

  private memo(): Record<string, unknown> {
    return { ...workflowInfo().memo, ...rowOf(this.status()) };
  }

  private async continueAsNew(): Promise<never> {
    await condition(allHandlersFinished);
    return makeContinueAsNewFunc<(input: unknown, carried: Verification) => Promise<VerificationStatus>>({
      memo: this.memo(),
    })(this.input, this.current);
  }
}

function streamOf({ stream }: VerificationRequest): Pick<VerificationRequest, 'stream'> {
  return stream === undefined ? {} : { stream };
}

/** What can be read without a worker. */
function rowOf({ state, compared, missing, stale, extra }: VerificationStatus): Record<string, unknown> {
  return { state, compared, missing: missing.count, stale: stale.count, extra: extra.count };
}
