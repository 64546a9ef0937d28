import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Status } from '../contract/status';
import { startChild } from './child';
import type { Measured } from './main';

/** One export of the whole simulated account by a worker process of its own, timed from start to result. */
export async function measureExporter(
  client: Client,
  address: string,
  zendesk: string,
  destination: string,
): Promise<Measured> {
  const taskQueue = `bench-${randomUUID()}`;
  const worker = startChild('../main.js', [], {
    TEMPORAL_ADDRESS: address,
    EXPORT_TASK_QUEUE: taskQueue,
    EXPORT_DESTINATION: destination,
    ZENDESK_SUBDOMAIN: 'demo',
    ZENDESK_BASE_URL: zendesk,
    ZENDESK_OAUTH_TOKEN: 'bench',
  });
  try {
    await worker.said(/"state":"RUNNING"/);
    const idle = await worker.measure();
    const began = performance.now();
    const handle = await client.workflow.start('exportTickets', {
      taskQueue,
      workflowId: taskQueue,
      args: [{ subdomain: 'demo', startTime: 0, requestsPerMinute: 1_000_000 }],
    });
    const { tickets, pages } = (await handle.result()) as Status;
    const seconds = (performance.now() - began) / 1000;
    const usage = await worker.measure();
    const { historyLength, historySize = 0, raw } = await handle.describe();
    // After continue-as-new the history is that of the last run alone.
    const whole = raw.workflowExecutionInfo?.firstRunId === raw.workflowExecutionInfo?.execution?.runId;
    return {
      tickets,
      seconds,
      cpuSeconds: usage.cpuSeconds - idle.cpuSeconds,
      peakMegabytes: usage.peakMegabytes,
      longestBlockMs: usage.longestBlockMs,
      ...(whole ? { eventsPerPage: historyLength / pages, historyBytesPerPage: historySize / pages } : {}),
    };
  } finally {
    await worker.stop();
  }
}
