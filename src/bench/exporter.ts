import { randomUUID } from 'node:crypto';
import type { Status } from '../contract/status';
import { startChild } from '../development/child';
import { newDestination, type DestinationName } from './destinations';
import { newFolder } from '../development/folder';
import { pageTimes } from './pageTimes';
import type { Bench, Server } from './suite';

/** One export, or one run of a loop. */
export interface Measured {
  readonly tickets: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  readonly longestBlockMs: number;
  readonly eventsPerPage?: number;
  readonly historyBytesPerPage?: number;
}

interface MeasuredExport {
  readonly measured: Measured;
  /** Milliseconds that each page took. */
  readonly pageMs: readonly number[];
}

/**
 * One export of a whole simulated account into an empty destination.
 * @param environment of the worker, besides the usual
 */
export async function measureExporter(
  { server, options }: Bench,
  zendesk: string,
  name: DestinationName,
  ranges = 1,
  environment: Readonly<Record<string, string>> = {},
): Promise<MeasuredExport> {
  const folder = newFolder();
  const destination = await newDestination(name, folder.path, options.postgres);
  try {
    return await measureExport(server, zendesk, destination.url, ranges, environment);
  } finally {
    await destination.close();
    folder.remove();
  }
}

/** By a worker process of its own, timed from start to result. */
async function measureExport(
  { client, address }: Server,
  zendesk: string,
  destination: string,
  ranges: number,
  environment: Readonly<Record<string, string>>,
): Promise<MeasuredExport> {
  const taskQueue = `bench-${randomUUID()}`;
  const worker = startChild('../commands/worker.js', [], {
    TEMPORAL_ADDRESS: address,
    EXPORT_TASK_QUEUE: taskQueue,
    EXPORT_DESTINATION: destination,
    ZENDESK_SUBDOMAIN: 'demo',
    ZENDESK_BASE_URL: zendesk,
    ZENDESK_OAUTH_TOKEN: 'bench',
    ...environment,
  });
  try {
    await worker.said(/"state":"RUNNING"/);
    const idle = await worker.measure();
    const began = Date.now();
    const handle = await client.workflow.start('exportTickets', {
      taskQueue,
      workflowId: taskQueue,
      args: [{ subdomain: 'demo', startTime: 0, ranges, requestsPerMinute: 1_000_000 }],
    });
    const { tickets, pages } = (await handle.result()) as Status;
    const seconds = (Date.now() - began) / 1000;
    const usage = await worker.measure();
    const { historyLength, historySize = 0, raw } = await handle.describe();
    // After continue-as-new the history is that of the last run alone.
    const whole = raw.workflowExecutionInfo?.firstRunId === raw.workflowExecutionInfo?.execution?.runId;
    const measured = {
      tickets,
      seconds,
      cpuSeconds: usage.cpuSeconds - idle.cpuSeconds,
      peakMegabytes: usage.peakMegabytes,
      longestBlockMs: usage.longestBlockMs,
      ...(whole ? { eventsPerPage: historyLength / pages, historyBytesPerPage: historySize / pages } : {}),
    };
    // The log is whole only when the worker has ended.
    await worker.stop();
    return { measured, pageMs: pageTimes(worker.output(), began) };
  } finally {
    await worker.stop();
  }
}
