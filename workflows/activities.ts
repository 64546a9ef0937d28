import { proxyActivities } from '@temporalio/workflow';
import type { ExportActivities } from '../activities';

export const {
  prepareExport,
  exportPage,
  prepareVerification,
  compareWindow,
  confirmDifferences,
  recordVerification,
  rereadPage,
} = proxyActivities<ExportActivities>({
  // The longest honest attempt: a slow answer, a slow body and a slow write. Death is noticed by the heartbeat.
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '10 seconds',
  // The SDK's default would let go of a page that is still being written.
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  // For ever: an outage is waited out, and a finite number would be used up by deploys and 429s. After the death of a
  // worker at once, however often it died; an attempt that fails says itself when the next one may come.
  retry: { initialInterval: '1 second', backoffCoefficient: 1 },
});

/** Beside the tickets, and never longer than an end of the export can wait for it: a few attempts, then another day. */
export const { describeFields } = proxyActivities<ExportActivities>({
  startToCloseTimeout: '5 minutes',
  scheduleToCloseTimeout: '5 minutes',
  heartbeatTimeout: '10 seconds',
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumAttempts: 3 },
});
