import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  ContinueAsNew,
  log,
  makeContinueAsNewFunc,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { PageRequest } from '../src/contract/page';
import type { Problem, State, Status } from '../src/contract/status';
import { describeFields, exportPage, prepareExport } from './activities';
import { firstSeen } from './newFields';
import { listen } from './operator';
import { UnreadablePayload } from './payloadConverter';
import { memoOf, pageSummary, reportNewFields, show, waitSummary } from './show';
import * as transitions from './state';
import { pageRequest, type Progress } from './progress';
import type { Range } from './ranges';
import type { ExportState } from './state';
import { statusOf } from './status';
import { nextStep, type Step } from './step';

/**
 * The life of an export: prepare, then page after page, of several ranges of time side by side where that was asked for,
 * waiting for quota, for the next poll or for an operator, until everything has been read (or for ever, with `follow`).
 * @param input what the operator typed; checked by the first activity
 * @param carried the state of the run before, after continue-as-new
 * @returns the final status, from which a schedule's next run goes on
 */
export async function exportTickets(input: unknown, carried?: ExportState): Promise<Status> {
  if (carried instanceof UnreadablePayload)
    throw new Error(`the state of this export is ${carried.unreadable}`);
  let state = carried ?? transitions.initialState(Date.now());
  let shown: State | undefined;
  /** What a pause or a reset cancels. */
  let work = new CancellationScope();
  const pages = new Set<Promise<void>>();
  let broken: { readonly error: unknown } | undefined;

  const status = (): Status => statusOf(state, Date.now());
  const become = (next: ExportState): void => {
    state = next;
    shown = show(status(), shown, state.progress?.searchAttributes ?? false);
  };
  const mustContinue = (): boolean => workflowInfo().continueAsNewSuggested;
  listen({
    state: () => state,
    act: (next) => {
      const epoch = state.progress?.epoch;
      become(next);
      if (state.paused || state.progress?.epoch !== epoch) {
        work.cancel();
        work = new CancellationScope();
      }
    },
    status,
  });

  try {
    for (;;) {
      if (mustContinue()) await landed();
      if (broken !== undefined) throw broken.error;
      if (mustContinue()) await continueAsNew();
      const step = nextStep(state, Date.now());
      become(state);
      switch (step.kind) {
        case 'paused':
        case 'blocked':
        case 'underway':
          await changed(step);
          break;
        case 'wait':
          await changed(step, { timeout: step.until - Date.now(), summary: waitSummary(step) });
          break;
        case 'poll':
          become(transitions.polling(state, Date.now()));
          break;
        case 'prepare':
          await attempt(prepare, block);
          break;
        case 'describeFields':
          await attempt(async () => describe(step.progress), block);
          break;
        case 'exportPage':
          startPage(step.progress, step.range);
          break;
        case 'end':
          return status();
      }
    }
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    work.cancel();
    await CancellationScope.nonCancellable(landed);
    upsertMemo(memoOf(status()));
    throw error;
  }

  /** Until another step is the next one, whatever the reason. */
  async function changed(
    step: Step,
    timer?: { readonly timeout: number; readonly summary: string },
  ): Promise<void> {
    const isChanged = (): boolean =>
      broken !== undefined || mustContinue() || !isSame(nextStep(state, Date.now()), step);
    if (timer === undefined) await condition(isChanged);
    else await condition(isChanged, timer.timeout, { summary: timer.summary });
  }

  async function prepare(): Promise<void> {
    const options = { summary: 'input, credentials and destination' };
    const prepared = await prepareExport.executeWithOptions(options, [input, workflowInfo().lastResult]);
    become(transitions.prepared(state, prepared, Date.now()));
  }

  /** Not waited for: the next step may be a page of another range. */
  function startPage(progress: Progress, range: Range): void {
    const exportId = workflowInfo().firstExecutionRunId;
    const asked = pageRequest(progress, range, {
      exportId,
      underway: state.underway.length,
      now: Date.now(),
    });
    become(transitions.asking(state, asked, Date.now()));
    const page = attempt(
      async () => exportOnePage(asked, pageSummary(progress, range)),
      (problem) => {
        if (problem.type === 'PageTooHeavy') become(transitions.halved(state, asked, problem));
        else block(problem);
      },
    )
      .catch((error: unknown) => {
        broken = { error };
      })
      .finally(() => {
        become(transitions.over(state, asked));
        pages.delete(page);
      });
    pages.add(page);
  }

  async function exportOnePage(asked: PageRequest, summary: string): Promise<void> {
    const page = await exportPage.executeWithOptions({ summary }, [asked]);
    const newFields = state.progress === null ? [] : firstSeen(state.progress, page.newKeys);
    become(transitions.exported(state, asked, page, Date.now()));
    reportNewFields(asked.subdomain, newFields);
  }

  async function describe({ request: { subdomain } }: Progress): Promise<void> {
    const scope = work;
    try {
      const options = { summary: 'custom fields' };
      const { asText } = await describeFields.executeWithOptions(options, [subdomain]);
      become(transitions.described(state, asText, Date.now()));
    } catch (error) {
      if (scope.consideredCancelled) throw error;
      const { type, message } = problemOf(error);
      log.warn('custom fields left as they are', { subdomain, type, problem: message });
      become(transitions.described(state, null, Date.now()));
    }
  }

  /** Runs an activity that a pause or a reset cancels, and takes on what its failure means. */
  async function attempt(activity: () => Promise<void>, fail: (problem: Problem) => void): Promise<void> {
    const scope = work;
    try {
      await scope.run(activity);
    } catch (error) {
      if (CancellationScope.current().consideredCancelled) throw error;
      // By a pause or a reset, and whatever the activity made of it: the next step sees what to do.
      if (!scope.consideredCancelled) fail(problemOf(error));
    }
  }

  function block(problem: Problem): void {
    if (problem.type === 'InvalidInput' || failsWhenBlocked(input)) {
      throw ApplicationFailure.nonRetryable(problem.message, problem.type);
    }
    become(transitions.blocked(state, problem));
  }

  async function landed(): Promise<void> {
    await Promise.all(pages);
  }

  async function continueAsNew(): Promise<never> {
    await condition(allHandlersFinished);
    // Named here, because what was upserted would be lost.
    return makeContinueAsNewFunc<typeof exportTickets>({ memo: memoOf(status()) })(input, state);
  }
}

/** A wait for the same thing goes on: a timer is not started anew because a page has landed meanwhile. */
function isSame(next: Step, step: Step): boolean {
  if (next.kind !== 'wait' || step.kind !== 'wait') return next.kind === step.kind;
  return next.reason === step.reason && next.until === step.until;
}

function problemOf(error: unknown): Problem {
  // Anything else is a bug of ours: it fails the workflow task, which goes on once a mended worker is deployed.
  if (!(error instanceof ActivityFailure)) throw error;
  const { cause = error } = error;
  const type = cause instanceof ApplicationFailure ? (cause.type ?? cause.name) : cause.name;
  return { type, message: cause.message, at: transitions.moment(Date.now()) };
}

/** Read from the input as typed, because its check may be what is blocked. */
function failsWhenBlocked(input: unknown): boolean {
  return typeof input === 'object' && input !== null && 'onBlocked' in input && input.onBlocked === 'fail';
}
