import {
  allHandlersFinished,
  CancellationScope,
  condition,
  log,
  makeContinueAsNewFunc,
  workflowInfo,
} from '@temporalio/workflow';
import type { Status } from '../src/contract/status';
import { fromWireResult, toWireRequest } from '../src/contract/wire';
import { describeFields, exportPage, prepareExport } from './activities';
import type { Host } from './host';
import type { ExportState } from './state';
import { preparedByThen } from './ticketsAlone';
import { memoOf, renewRow, reportNewFields, show, type Shown } from './show';

/**
 * An export carried out by Temporal.
 * @param input what the operator typed; checked by the first activity
 */
export function temporalHost(input: unknown): Host {
  let shown: Shown | undefined;
  return {
    now: Date.now,
    exportId: workflowInfo().firstExecutionRunId,
    prepareExport: async (failedBefore) =>
      preparedByThen(
        await prepareExport.executeWithOptions({ summary: 'input, credentials and destination' }, [
          input,
          workflowInfo().lastResult,
          failedBefore,
        ]),
      ),
    exportPage: async (request, summary) =>
      fromWireResult(await exportPage.executeWithOptions({ summary }, [toWireRequest(request)])),
    describeFields: async (subdomain) =>
      describeFields.executeWithOptions({ summary: 'custom fields' }, [subdomain]),
    newScope: () => new CancellationScope(),
    isCancelled: () => CancellationScope.current().consideredCancelled,
    uncancelled: async (work) => CancellationScope.nonCancellable(work),
    wait: async (isOver, atMost) => {
      await (atMost === undefined
        ? condition(isOver)
        : condition(isOver, atMost.ms, { summary: atMost.summary }));
    },
    mustContinue: () => workflowInfo().continueAsNewSuggested,
    continueAsNew: async (state, status) => {
      await condition(allHandlersFinished);
      // Named here, because what was upserted would be lost.
      return makeContinueAsNewFunc<(input: unknown, carried: ExportState) => Promise<Status>>({
        memo: memoOf(status),
      })(input, state);
    },
    show: (state, status) => {
      shown = show(state, status, shown, Date.now());
    },
    leaveMark: (state, status) => {
      shown = renewRow(state, status, Date.now());
    },
    reportNewFields,
    warn: (message, fields) => {
      log.warn(message, fields);
    },
  };
}
