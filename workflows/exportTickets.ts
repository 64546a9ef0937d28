import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  ContinueAsNew,
  isCancellation,
  log,
  makeContinueAsNewFunc,
  workflowInfo,
} from '@temporalio/workflow';
import type { PageRequest } from '../src/contract/page';
import type { Status } from '../src/contract/status';
import { describeFields, exportPage, prepareExport } from './activities';
import { toWireRequest, fromWireResult } from '../src/contract/wire';
import type { Failure } from './failure';
import { finalWords } from './finalWords';
import { badPartOf } from './carried';
import { firstSeen } from './newFields';
import { listen } from './operator';
import { pageRequest } from './pageRequest';
import { UnreadablePayload } from './payloadConverter';
import type { Progress } from './progress';
import type { Range } from './ranges';
import { memoOf, pageSummary, reportNewFields, show, waitSummary, type Shown } from './show';
import * as transitions from './state';
import type { ExportState } from './state';
import { statusOf } from './status';
import { isSame, nextStep, type Step } from './step';
import { LONGEST_PAUSE_SECONDS } from '../src/contract/time';
import { readTyped } from '../src/contract/typedInput';
import { Work } from './work';

/**
 * The life of an export: prepare, then page after page, of several ranges of time side by side where that was asked for,
 * waiting for quota, for the next poll or for an operator, until everything has been read (or for ever, with `follow`).
 * @param input what the operator typed; checked by the first activity
 * @param carried the state of the run before, after continue-as-new; anybody can make one up
 * @returns the final status, from which a schedule's next run goes on
 */
export async function exportTickets(input: unknown, carried?: ExportState): Promise<Status> {
  if (carried instanceof UnreadablePayload)
    throw new Error(`the state of this export is ${carried.unreadable}`);
  const { subdomain, failsWhenBlocked } = readTyped(input);
  let state = stateFrom(carried);
  let shown: Shown | undefined;
  const work = new Work();

  const status = (): Status => statusOf(state, Date.now(), subdomain);
  const become = (next: ExportState): void => {
    state = next;
    shown = show(state, status(), shown, Date.now());
  };
  const mustContinue = (): boolean => workflowInfo().continueAsNewSuggested;
  listen({
    state: () => state,
    act: (next) => {
      const epoch = state.progress?.epoch;
      become(next);
      if (state.paused || state.progress?.epoch !== epoch) work.interrupt();
    },
    status,
  });

  try {
    for (;;) {
      if (mustContinue()) await work.ended();
      work.check();
      if (mustContinue()) await continueAsNew();
      const step = nextStep(state, Date.now());
      become(state);
      switch (step.kind) {
        case 'paused':
        case 'underway':
          await condition(() => isOver(step));
          break;
        case 'blocked':
        case 'wait':
          await condition(
            () => isOver(step),
            Math.min(step.until - Date.now(), LONGEST_PAUSE_SECONDS * 1000),
            { summary: waitSummary(step) },
          );
          break;
        case 'lookAgain':
          become(transitions.lookAgain(state));
          break;
        case 'poll':
          become(transitions.startPoll(state, Date.now()));
          break;
        case 'prepare':
          await work.run(prepare, (failure) => {
            fail(null, failure);
          });
          break;
        case 'describeFields':
          startFields(step.progress);
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
    work.interrupt();
    await CancellationScope.nonCancellable(async () => work.ended());
    if (isCancellation(error)) become(transitions.end(state, 'cancelled'));
    if (error instanceof ApplicationFailure) become(transitions.end(state, 'failed'));
    throw error;
  }

  async function prepare(): Promise<void> {
    const options = { summary: 'input, credentials and destination' };
    const failedBefore = state.lastError?.attempts ?? 0;
    const prepared = await prepareExport.executeWithOptions(options, [
      input,
      workflowInfo().lastResult,
      failedBefore,
    ]);
    become(transitions.prepare(state, prepared, Date.now()));
  }

  /** Not waited for: the next step may be a page of another range. */
  function startPage(progress: Progress, range: Range): void {
    const { firstExecutionRunId: exportId } = workflowInfo();
    const asked = pageRequest(progress, range, exportId, state.atOnce);
    become(transitions.requestPage(state, asked, Date.now()));
    work.start(
      async () => exportOnePage(asked, pageSummary(progress, range)),
      (failure) => {
        fail(asked, failure);
      },
      () => {
        become(transitions.endPage(state, asked));
      },
    );
  }

  async function exportOnePage(asked: PageRequest, summary: string): Promise<void> {
    const page = fromWireResult(await exportPage.executeWithOptions({ summary }, [toWireRequest(asked)]));
    const newFields = state.progress === null ? [] : firstSeen(state.progress, page.newKeys);
    become(transitions.landPage(state, asked, page, Date.now()));
    reportNewFields(asked.subdomain, newFields);
  }

  /** Beside the pages: what readers are given besides must never hold the tickets up. */
  function startFields({ request: { subdomain } }: Progress): void {
    become(transitions.startReadingFields(state));
    work.start(
      async () => {
        const read = await describeFields.executeWithOptions({ summary: 'custom fields' }, [subdomain]);
        become(transitions.landFields(state, read, Date.now()));
      },
      ({ problem: { type, message } }) => {
        log.warn('custom fields left as they are', { subdomain, type, problem: message });
        become(transitions.failFields(state, `${type}: ${message}`, Date.now()));
      },
      () => {
        become(transitions.endReadingFields(state));
      },
    );
  }

  function fail(asked: PageRequest | null, failure: Failure): void {
    const { problem, passes } = failure;
    const now = Date.now();
    if (passes) become(transitions.failAttempts(state, asked, failure, now));
    else if (asked !== null && problem.type === 'PageTooHeavy')
      become(transitions.shrinkPage(state, asked, problem));
    else if (problem.type !== 'InvalidInput' && !failsWhenBlocked)
      become(transitions.block(state, asked, problem, now));
    else {
      const message = finalWords(problem.message);
      state = transitions.fail(state, { ...problem, message });
      throw ApplicationFailure.nonRetryable(message, problem.type);
    }
  }

  /** A wait for the same thing goes on: a timer is not started anew because a page has landed meanwhile. */
  function isOver(step: Step): boolean {
    return work.isBroken || mustContinue() || !isSame(nextStep(state, Date.now()), step);
  }

  async function continueAsNew(): Promise<never> {
    await condition(allHandlersFinished);
    // Named here, because what was upserted would be lost.
    return makeContinueAsNewFunc<typeof exportTickets>({ memo: memoOf(status()) })(input, state);
  }
}

function stateFrom(carried: ExportState | undefined): ExportState {
  if (carried === undefined) return transitions.initialState(Date.now());
  const problem = badPartOf(carried);
  if (problem === undefined) return carried;
  throw ApplicationFailure.nonRetryable(
    `The state that this run was started with is not valid: ${problem}. Start the export with its input alone.`,
    'InvalidState',
  );
}
