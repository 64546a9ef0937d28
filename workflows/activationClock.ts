import type { WorkflowInterceptors } from '@temporalio/workflow';

const TAKING_OVER = 'A worker is taking over this export: query it again.';

/**
 * Refuses events that come without the time of their workflow task. A query that has waited for a worker brings the events of a
 * task that has not started yet, at the time of the task before (seen with SDK 1.24). An export would decide by that time, such
 * as that a timer which has just rung is not due; a replay would decide otherwise, and the export could never go on. So the query
 * fails, the worker forgets the run, and reads its history again with the task itself.
 */
export function interceptors(): WorkflowInterceptors {
  let last: { readonly events: unknown; readonly time: string } | undefined;
  return {
    internals: [
      {
        activate: (input, next) => {
          const { historyLength: events, timestamp, jobs } = input.activation;
          const time = JSON.stringify(timestamp);
          const hasNews = events !== last?.events && jobs?.some(({ queryWorkflow }) => !queryWorkflow);
          if (hasNews === true && time === last?.time) throw new Error(TAKING_OVER);
          last = { events, time };
          next(input);
        },
      },
    ],
  };
}
