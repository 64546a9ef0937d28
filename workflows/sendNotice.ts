import {
  CancellationScope,
  log,
  proxyActivities,
  startChild,
  workflowInfo,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import type { ExportActivities } from '../activities';
import type { Notice } from '../src/contract/notice';
import { isoOf } from './state';

const { postNotice } = proxyActivities<ExportActivities>({
  startToCloseTimeout: '30 seconds',
  // Who wants to know it later looks anyway.
  scheduleToCloseTimeout: '1 hour',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '5 minutes' },
});

/** A workflow of its own: the export neither waits for the receiver nor ends before it. */
export async function sendNotice(notice: Notice): Promise<void> {
  try {
    await postNotice(notice);
  } catch (error) {
    const { event, subdomain } = notice;
    log.error('notice given up', { event, subdomain });
    throw error;
  }
}

/** Of one workflow. */
export class Notices {
  private readonly starting = new Set<Promise<unknown>>();
  private sent = 0;

  send(notice: Pick<Notice, 'event' | 'subdomain' | 'stream' | 'reason'>): void {
    const { workflowId, runId, firstExecutionRunId } = workflowInfo();
    const { event, subdomain } = notice;
    const now = Date.now();
    this.sent += 1;
    const starting = CancellationScope.nonCancellable(
      async (): Promise<ChildWorkflowHandle<typeof sendNotice>> =>
        startChild(sendNotice, {
          // A random one would depend on whether tracing, which draws ids of its own, is on.
          workflowId: `zendesk-notice-${firstExecutionRunId}-${now}-${this.sent}`,
          args: [{ ...notice, workflowId, runId, at: isoOf(now) }],
          parentClosePolicy: 'ABANDON',
          cancellationType: 'ABANDON',
          staticSummary: `${event}: ${subdomain}`,
        }),
    )
      .catch(() => {
        log.error('notice given up', { event, subdomain });
      })
      .finally(() => this.starting.delete(starting));
    this.starting.add(starting);
  }

  /** Until the server has started them all, which it does at once; those of a workflow that ends before are lost. */
  async started(): Promise<void> {
    await CancellationScope.nonCancellable(async () => Promise.all(this.starting));
  }
}
