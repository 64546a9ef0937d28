import {
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
import type { Problem, Status } from '../src/contract/status';
import { describeFields, exportPage, prepareExport } from './activities';
import { briefRequest, wholeSummary } from './brief';
import { badPartOf } from './carried';
import { firstSeen } from './newFields';
import { listen } from './operator';
import { UnreadablePayload } from './payloadConverter';
import { memoOf, pageSummary, reportNewFields, show, waitSummary, type Shown } from './show';
import * as transitions from './state';
import { pageRequest } from './pageRequest';
import type { Progress } from './progress';
import type { Range } from './ranges';
import type { ExportState } from './state';
import { statusOf } from './status';
import { nextStep, type Step } from './step';
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
  let state = stateFrom(carried);
  let shown: Shown | undefined;
  const work = new Work();

  const status = (): Status => statusOf(state, Date.now());
  const become = (next: ExportState): void => {
    state = next;
    shown = show(state, shown, Date.now());
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
        case 'blocked':
        case 'underway':
          await condition(() => isOver(step));
          break;
        case 'wait':
          await condition(() => isOver(step), step.until - Date.now(), { summary: waitSummary(step) });
          break;
        case 'poll':
          become(transitions.polling(state, Date.now()));
          break;
        case 'prepare':
          await work.run(prepare, block);
          break;
        case 'describeFields':
          await work.run(
            async () => describe(step.progress),
            (problem) => {
              leaveFields(step.progress, problem);
            },
          );
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
    upsertMemo(memoOf(status()));
    throw error;
  }

  async function prepare(): Promise<void> {
    const options = { summary: 'input, credentials and destination' };
    const prepared = await prepareExport.executeWithOptions(options, [input, workflowInfo().lastResult]);
    become(transitions.prepared(state, prepared, Date.now()));
  }

  /** Not waited for: the next step may be a page of another range. */
  function startPage(progress: Progress, range: Range): void {
    const { firstExecutionRunId: exportId } = workflowInfo();
    const asked = pageRequest(progress, range, exportId);
    become(transitions.asking(state, asked, Date.now()));
    work.start(
      async () => exportOnePage(asked, pageSummary(progress, range)),
      (problem) => {
        if (problem.type === 'PageTooHeavy') become(transitions.halved(state, asked, problem));
        else block(problem);
      },
      () => {
        become(transitions.over(state, asked));
      },
    );
  }

  async function exportOnePage(asked: PageRequest, summary: string): Promise<void> {
    const page = wholeSummary(await exportPage.executeWithOptions({ summary }, [briefRequest(asked)]));
    const newFields = state.progress === null ? [] : firstSeen(state.progress, page.newKeys);
    become(transitions.exported(state, asked, page, Date.now()));
    reportNewFields(asked.subdomain, newFields);
  }

  async function describe({ request: { subdomain } }: Progress): Promise<void> {
    const options = { summary: 'custom fields' };
    const { asText } = await describeFields.executeWithOptions(options, [subdomain]);
    become(transitions.described(state, asText, Date.now()));
  }

  /** Readers are better off with the fields as they were than with an export that does not go on. */
  function leaveFields({ request: { subdomain } }: Progress, { type, message }: Problem): void {
    log.warn('custom fields left as they are', { subdomain, type, problem: message });
    become(transitions.described(state, null, Date.now()));
  }

  function block(problem: Problem): void {
    if (problem.type === 'InvalidInput' || failsWhenBlocked(input)) {
      throw ApplicationFailure.nonRetryable(problem.message, problem.type);
    }
    become(transitions.blocked(state, problem));
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

function isSame(next: Step, step: Step): boolean {
  if (next.kind !== 'wait' || step.kind !== 'wait') return next.kind === step.kind;
  return next.reason === step.reason && next.until === step.until;
}

/** Read from the input as typed, because its check may be what is blocked. */
function failsWhenBlocked(input: unknown): boolean {
  return typeof input === 'object' && input !== null && 'onBlocked' in input && input.onBlocked === 'fail';
}
