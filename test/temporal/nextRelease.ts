import { patched, type WorkflowInterceptors } from '@temporalio/workflow';

/** What a later release may change in a workflow: other commands from here on, and the old ones where they were recorded. */
export const interceptors = (): WorkflowInterceptors => ({
  outbound: [
    {
      scheduleActivity: async (input, next) => {
        const { summary } = input.options;
        if (summary === undefined || !patched('sheets')) return next(input);
        return next({ ...input, options: { ...input.options, summary: summary.replace(/^page/, 'sheet') } });
      },
    },
  ],
});
