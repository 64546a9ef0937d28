import {
  allHandlersFinished,
  CancellationScope,
  condition,
  log,
  makeContinueAsNewFunc,
  patched,
  workflowInfo,
} from '@temporalio/workflow';
import type { Status } from '../src/contract/status';
import { fromWireResult, toWireRequest } from '../src/contract/wire';
import { describeFields, exportPage, prepareExport } from './activities';
import type { Host } from './host';
import type { ExportState } from './state';
import { logStreams } from './logState';
import { Notices } from './sendNotice';
import { preparedByThen } from './fromVersion1';
import { memoOf, renewRow, reportNewFields, show, type Shown } from './show';
import type { Logged } from './streamNews';
import { TimerEachWait } from './timerEachWait';
import { Waits } from './waits';

/**
 * An export carried out by Temporal.
 * @param input what the operator typed; checked by the first activity
 */
export function temporalHost(input: unknown): Host {
  let shown: Shown | undefined;
  let logged: Logged | undefined;
  let showAgain = (): Shown | undefined => shown;
  const leaveMark = (): void => {
    shown = showAgain();
  };
  const waits = patched('one-alarm') ? new Waits(leaveMark) : new TimerEachWait(leaveMark);
  const notices = new Notices();
  return {
    now: Date.now,
    exportId: workflowInfo().firstExecutionRunId,
    prepareExport: async (failedBefore) => {
      waits.follow();
      return preparedByThen(
        await prepareExport.executeWithOptions({ summary: 'input, credentials and destination' }, [
          input,
          workflowInfo().lastResult,
          failedBefore,
        ]),
      );
    },
    exportPage: async (request, summary) => {
      waits.follow();
      return fromWireResult(await exportPage.executeWithOptions({ summary }, [toWireRequest(request)]));
    },
    describeFields: async (subdomain) => {
      waits.follow();
      return describeFields.executeWithOptions({ summary: 'custom fields' }, [subdomain]);
    },
    newScope: () => new CancellationScope(),
    isCancelled: () => CancellationScope.current().consideredCancelled,
    uncancelled: async (work) => CancellationScope.nonCancellable(work),
    wait: async (isOver, end) => waits.wait(isOver, end),
    comeBack: (seemsIdle) => {
      waits.comeBack(seemsIdle);
    },
    stopTimers: () => {
      waits.stop();
    },
    mustContinue: () => workflowInfo().continueAsNewSuggested,
    continueAsNew: async (state, status) => {
      await condition(allHandlersFinished);
      await notices.started();
      // Named here, because what was upserted would be lost.
      return makeContinueAsNewFunc<(input: unknown, carried: ExportState) => Promise<Status>>({
        memo: memoOf(status),
      })(input, state);
    },
    show: (state, status) => {
      showAgain = () => renewRow(state, status, Date.now());
      logged = logStreams(state, status, logged);
      const before = shown;
      shown = show(state, status, shown, Date.now());
      if (shown !== before) waits.follow();
    },
    reportNewFields,
    warn: (message, fields) => {
      log.warn(message, fields);
    },
    mayNotify: () => patched('notices'),
    notifiesOnceForAll: () => patched('one-notice'),
    passesFailingLists: () => patched('failing-lists'),
    expectsLateAnswers: () => patched('late-answers'),
    notify: (notice) => {
      waits.follow();
      notices.send(notice);
    },
    notified: async () => notices.started(),
  };
}
