import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { Status } from '../contract/status';
import { startChild, type Child } from '../development/child';
import type { DevServer } from '../development/devServer';
import { startSimulator, type Simulator, type SimulatorOptions } from '../simulator';
import { until } from './until';

const SUBDOMAIN = 'acme';
const TOKEN = 'faults';

/** A simulated account, and the workers and the export that a fault needs. */
export interface Scene {
  readonly simulator: Simulator;
  startWorker(options?: WorkerOptions): Promise<Child>;
  /** Of all tickets, in pages of 500, at a pace that no quota slows; `input` overrides. */
  startExport(input?: Record<string, unknown>): Promise<WorkflowHandle>;
  close(): Promise<void>;
}

export interface WorkerOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** A command that runs it in its own process. */
  readonly through?: readonly string[];
}

/** @param destination its URL */
export async function setScene(
  { client, address }: Pick<DevServer, 'client' | 'address'>,
  destination: string,
  options: SimulatorOptions = {},
): Promise<Scene> {
  const simulator = await startSimulator({
    subdomain: SUBDOMAIN,
    tickets: 6000,
    // Each page is under way long enough to be met.
    latencyMs: 100,
    tokens: { bearer: TOKEN },
    ...options,
  });
  const taskQueue = `faults-${randomUUID()}`;
  const workers: Child[] = [];
  const handles: WorkflowHandle[] = [];
  return {
    simulator,
    startWorker: async ({ environment = {}, through = [] } = {}) => {
      const worker = startChild(
        '../commands/worker.js',
        [],
        {
          TEMPORAL_ADDRESS: address,
          EXPORT_TASK_QUEUE: taskQueue,
          EXPORT_DESTINATION: destination,
          ZENDESK_SUBDOMAIN: SUBDOMAIN,
          ZENDESK_BASE_URL: simulator.url,
          ZENDESK_OAUTH_TOKEN: TOKEN,
          ...environment,
        },
        through,
      );
      workers.push(worker);
      await worker.said(/"state":"RUNNING"/);
      return worker;
    },
    startExport: async ({ type = 'exportTickets', ...input } = {}) => {
      const handle = await client.workflow.start(String(type), {
        taskQueue,
        workflowId: taskQueue,
        args: [{ subdomain: SUBDOMAIN, startTime: 0, perPage: 500, requestsPerMinute: 100_000, ...input }],
      });
      handles.push(handle);
      return handle;
    },
    close: async () => {
      // One that did not end would otherwise be tried again for as long as the server lives.
      await Promise.all(handles.map(async (handle) => handle.terminate().catch(() => undefined)));
      await Promise.all(workers.map(async (worker) => worker.kill()));
      await simulator.close();
    },
  };
}

export async function statusOf(handle: WorkflowHandle): Promise<Status> {
  return handle.query<Status>('status');
}

/** Waits until the status is such; while no worker answers, too. */
export async function untilStatus(
  handle: WorkflowHandle,
  what: string,
  isSo: (status: Status) => boolean,
  seconds = 120,
): Promise<Status> {
  const look = async (): Promise<Status | undefined> => {
    const status = await statusOf(handle).catch(() => undefined);
    return status !== undefined && isSo(status) ? status : undefined;
  };
  return until(what, look, { seconds, everyMs: 50 });
}

/** @throws Error when the export does not complete, with what it says of itself */
export async function untilDone(handle: WorkflowHandle, seconds = 600): Promise<Status> {
  const look = async (): Promise<true | undefined> =>
    (await handle.describe()).status.name === 'RUNNING' ? undefined : true;
  try {
    await until('the end of the export', look, { seconds, everyMs: 100 });
  } catch (error) {
    const { state, waitingFor, lastError } = await statusOf(handle);
    const reason = lastError?.message ?? waitingFor ?? 'nothing';
    throw new Error(`The export is ${state} after ${seconds} s: ${reason}`, { cause: error });
  }
  return (await handle.result()) as Status;
}

/** Pages that a worker has asked an account for. */
export function exportRequests({ requests }: Simulator): Simulator['requests'] {
  return requests.filter(({ path }) => path.startsWith('/api/v2/incremental/'));
}

/** How many attempts of pages a worker says have failed. */
export function failedAttempts(worker: Child): number {
  return (worker.output().match(/attempt failed/g) ?? []).length;
}

/** For a time that is measured: seconds since it began. */
export function stopwatch(): () => number {
  const began = performance.now();
  return () => (performance.now() - began) / 1000;
}
