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
import type { Problem, State, Status } from '../src/contract/status';
import { describeFields, exportPage, prepareExport } from './activities';
import { firstSeen } from './customFields';
import { listen } from './operator';
import { UnreadablePayload } from './payloadConverter';
import { memoOf, pageSummary, reportNewFields, show, waitSummary } from './show';
import * as transitions from './state';
import { pageRequest, type Progress } from './progress';
import type { ExportState } from './state';
import { statusOf } from './status';
import { nextStep } from './step';

/**
 * The life of an export: prepare, then page after page, waiting for quota, for the next poll or for an operator, until
 * everything has been read (or for ever, with `follow`).
 * @param input what the operator typed; checked by the first activity
 * @param carried the state of the run before, after continue-as-new
 * @returns the final status, from which a schedule's next run goes on
 */
export async function exportTickets(input: unknown, carried?: ExportState): Promise<Status> {
  if (carried instanceof UnreadablePayload)
    throw new Error(`the state of this export is ${carried.unreadable}`);
  let state = carried ?? transitions.initialState(Date.now());
  let shown: State | undefined;
  let work = new CancellationScope();

  const status = (): Status => statusOf(state, Date.now());
  const become = (next: ExportState): void => {
    state = next;
    shown = show(status(), shown, state.progress?.searchAttributes ?? false);
  };
  const interrupted = (epoch: number | undefined): boolean => state.paused || state.progress?.epoch !== epoch;
  const mustContinue = (): boolean => workflowInfo().continueAsNewSuggested;
  listen({
    state: () => state,
    act: (next) => {
      const epoch = state.progress?.epoch;
      become(next);
      if (interrupted(epoch)) work.cancel();
    },
    status,
  });

  try {
    for (;;) {
      if (mustContinue()) await continueAsNew();
      const step = nextStep(state, Date.now());
      become(state);
      switch (step.kind) {
        case 'paused':
          await condition(() => !state.paused || mustContinue());
          break;
        case 'blocked':
          await condition(() => state.blocked === null || state.paused || mustContinue());
          break;
        case 'wait': {
          const epoch = state.progress?.epoch;
          await condition(() => interrupted(epoch), step.until - Date.now(), { summary: waitSummary(step) });
          break;
        }
        case 'poll':
          become(transitions.polling(state, Date.now()));
          break;
        case 'prepare':
          await attempt(prepare);
          break;
        case 'describeFields':
          await attempt(async () => describe(step.progress));
          break;
        case 'exportPage':
          await attempt(async () => exportNextPage(step.progress));
          break;
        case 'end':
          return status();
      }
    }
  } catch (error) {
    if (!(error instanceof ContinueAsNew)) upsertMemo(memoOf(status()));
    throw error;
  }

  async function prepare(): Promise<void> {
    const options = { summary: 'input, credentials and destination' };
    const prepared = await prepareExport.executeWithOptions(options, [input, workflowInfo().lastResult]);
    become(transitions.prepared(state, prepared, Date.now()));
  }

  async function exportNextPage(progress: Progress): Promise<void> {
    const asked = pageRequest(progress, workflowInfo().firstExecutionRunId);
    const askedAt = Date.now();
    become({ ...state, askedAt });
    const page = await exportPage.executeWithOptions({ summary: pageSummary(progress) }, [asked]);
    const newFields = state.progress === null ? [] : firstSeen(state.progress, page.newKeys);
    become(transitions.exported(state, asked, page, { askedAt, now: Date.now() }));
    reportNewFields(progress.request.subdomain, newFields);
  }

  async function describe({ request: { subdomain } }: Progress): Promise<void> {
    try {
      const options = { summary: 'custom fields' };
      const { asText } = await describeFields.executeWithOptions(options, [subdomain]);
      become(transitions.described(state, asText, Date.now()));
    } catch (error) {
      if (work.consideredCancelled) throw error;
      const { type, message } = problemOf(error);
      log.warn('custom fields left as they are', { subdomain, type, problem: message });
      become(transitions.described(state, null, Date.now()));
    }
  }

  /** Runs an activity that a pause or a reset cancels, and takes on what its failure means. */
  async function attempt(activity: () => Promise<void>): Promise<void> {
    work = new CancellationScope();
    try {
      await work.run(activity);
    } catch (error) {
      if (CancellationScope.current().consideredCancelled) throw error;
      // By a pause or a reset, and whatever the activity made of it: the next step sees what to do.
      if (work.consideredCancelled) return;
      fail(problemOf(error));
    } finally {
      state = { ...state, askedAt: null };
    }
  }

  function fail(problem: Problem): void {
    if (problem.type === 'PageTooHeavy') become(transitions.halved(state, problem));
    else if (problem.type === 'InvalidInput' || failsWhenBlocked(input)) {
      throw ApplicationFailure.nonRetryable(problem.message, problem.type);
    } else become(transitions.blocked(state, problem));
  }

  async function continueAsNew(): Promise<never> {
    await condition(allHandlersFinished);
    // Named here, because what was upserted would be lost.
    return makeContinueAsNewFunc<typeof exportTickets>({ memo: memoOf(status()) })(input, state);
  }
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
