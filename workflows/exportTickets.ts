import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  makeContinueAsNewFunc,
  proxyActivities,
  setCurrentDetails,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { ExportActivities } from '../activities';
import type { Problem, State, Status } from '../src/contract/status';
import { duration, renderDetails } from './details';
import { listen } from './operator';
import { searchAttributesOf } from './searchAttributes';
import * as transitions from './state';
import type { ExportState, Progress } from './state';
import { statusOf } from './status';
import { nextStep, type Step } from './step';
import { iso } from './time';

const { prepareExport, exportPage } = proxyActivities<ExportActivities>({
  // The longest honest attempt: a slow answer, a slow body and a slow write. Death is noticed by the heartbeat.
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '10 seconds',
  // The SDK's default would let go of a page that is still being written.
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  // For ever: an outage is waited out. A finite number would be used up by deploys and 429s.
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '5 minutes' },
});

/**
 * The life of an export: prepare, then page after page, waiting for quota, for the next poll or for an operator, until
 * everything has been read (or for ever, with `follow`).
 * @param input what the operator typed; checked by the first activity
 * @param carried the state of the run before, after continue-as-new
 * @returns the final status, from which a schedule's next run goes on
 */
export async function exportTickets(input: unknown, carried?: ExportState): Promise<Status> {
  let state = carried ?? transitions.initialState(Date.now());
  let shown: State | undefined;
  let work = new CancellationScope();

  const status = (): Status => statusOf(state, Date.now());
  const become = (next: ExportState): void => {
    state = next;
    shown = show(status(), shown, state.progress?.searchAttributes ?? false);
  };
  const interrupted = (epoch: number | undefined): boolean => state.paused || state.progress?.epoch !== epoch;
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
      if (workflowInfo().continueAsNewSuggested) await continueAsNew(input, state);
      const step = nextStep(state, Date.now());
      become(state);
      switch (step.kind) {
        case 'paused':
          await condition(() => !state.paused || workflowInfo().continueAsNewSuggested);
          break;
        case 'blocked':
          await condition(
            () => state.blocked === null || state.paused || workflowInfo().continueAsNewSuggested,
          );
          break;
        case 'wait': {
          const epoch = state.progress?.epoch;
          await condition(() => interrupted(epoch), step.until - Date.now(), { summary: summaryOf(step) });
          break;
        }
        case 'poll':
          become(transitions.polling(state, Date.now()));
          break;
        case 'prepare':
          await attempt(async () => {
            const prepared = await prepareExport(input, workflowInfo().lastResult);
            become(transitions.prepared(state, prepared, Date.now()));
          });
          break;
        case 'exportPage':
          await attempt(async () => exportNextPage(step.progress));
          break;
        case 'end':
          return status();
      }
    }
  } catch (error) {
    // Readable without a worker, also of an export that was cancelled or failed.
    remember(status());
    throw error;
  }

  async function exportNextPage(progress: Progress): Promise<void> {
    const asked = transitions.pageRequest(progress, workflowInfo().firstExecutionRunId);
    const askedAt = Date.now();
    become({ ...state, askedAt });
    const page = await exportPage.executeWithOptions({ summary: describe(progress) }, [asked]);
    become(transitions.exported(state, asked, page, { askedAt, now: Date.now() }));
  }

  /** Runs an activity that a pause or a reset cancels, and takes on what its failure means. */
  async function attempt(activity: () => Promise<void>): Promise<void> {
    work = new CancellationScope();
    try {
      await work.run(activity);
    } catch (error) {
      if (isCancellation(error)) {
        if (CancellationScope.current().consideredCancelled) throw error;
        return; // By a pause or a reset: the next step sees it.
      }
      const problem = problemOf(error);
      if (problem.type === 'PageTooHeavy') become(transitions.halved(state, problem));
      else if (problem.type === 'InvalidInput' || failsWhenBlocked(input)) {
        throw ApplicationFailure.nonRetryable(problem.message, problem.type);
      } else become(transitions.blocked(state, problem));
    } finally {
      state = { ...state, askedAt: null };
    }
  }
}

/** Shows the status in the Web UI; what costs history only when the state changes. Returns what is shown now. */
function show(status: Status, shown: State | undefined, searchAttributes: boolean): State {
  setCurrentDetails(renderDetails(status, transitions.moment(Date.now())));
  if (status.state === shown) return shown;
  if (searchAttributes) upsertSearchAttributes(searchAttributesOf(status));
  if (['paused', 'blocked', 'completed'].includes(status.state)) remember(status);
  return status.state;
}

function remember({ state, watermark, position, tickets }: Status): void {
  upsertMemo({ state, watermark, position, tickets });
}

async function continueAsNew(input: unknown, state: ExportState): Promise<never> {
  await condition(allHandlersFinished);
  // An upserted memo would be lost.
  const memo = workflowInfo().memo;
  return makeContinueAsNewFunc<typeof exportTickets>(memo === undefined ? {} : { memo })(input, state);
}

function problemOf(error: unknown): Problem {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  // Anything else is a bug of ours: it fails the workflow task, and goes on once a mended worker is deployed.
  if (!(cause instanceof ApplicationFailure)) throw error;
  return { type: cause.type ?? 'Error', message: cause.message, at: transitions.moment(Date.now()) };
}

/** Read from the input as typed, because its check may be what is blocked. */
function failsWhenBlocked(input: unknown): boolean {
  return typeof input === 'object' && input !== null && 'onBlocked' in input && input.onBlocked === 'fail';
}

function describe({ nextPage, position, perPage, request }: Progress): string {
  const size = perPage < request.perPage ? `, ${perPage} tickets` : '';
  if ('cursor' in position) return `page ${nextPage}: by cursor${size}`;
  return `page ${nextPage}: from ${position.startTime === 0 ? 'the beginning' : iso(position.startTime)}${size}`;
}

function summaryOf({ until, reason }: Extract<Step, { kind: 'wait' }>): string {
  const left = duration((until - Date.now()) / 1000);
  return reason === 'quota' ? `quota used up, ${left}` : `next poll in ${left}`;
}
