import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { startSimulator, type Simulator, type SimulatorOptions } from '../simulator';
import { startChild, type Child } from '../development/child';
import { newFolder } from '../development/folder';
import type { Server } from './suite';

/** Several simulated accounts, and one worker process or more that serve them all. */
export interface Fleet {
  /** By subdomain. */
  readonly accounts: ReadonlyMap<string, Simulator>;
  /** The first of the workers. */
  readonly worker: Child;
  readonly workers: readonly Child[];
  start(subdomain: string, input: Record<string, unknown>): Promise<WorkflowHandle>;
  close(): Promise<void>;
}

interface FleetOptions {
  /** Its URL; files, where it is absent. */
  readonly destination?: string;
  /** How many there are besides the first. */
  readonly otherWorkers?: number;
}

export async function startFleet(
  { client, address }: Server,
  accounts: ReadonlyMap<string, SimulatorOptions>,
  { destination, otherWorkers = 0 }: FleetOptions = {},
): Promise<Fleet> {
  const folder = newFolder();
  const simulators = new Map<string, Simulator>();
  for (const [subdomain, options] of accounts) {
    simulators.set(subdomain, await startSimulator({ subdomain, ...options }));
  }
  const config = join(folder.path, 'accounts.json');
  writeFileSync(
    config,
    JSON.stringify({
      destinations: { all: destination ?? `file:${join(folder.path, 'lake')}` },
      accounts: [...simulators].map(([subdomain, { url }]) => ({
        subdomain,
        baseUrl: url,
        oauthToken: 'bench',
      })),
    }),
  );
  const taskQueue = `bench-${randomUUID()}`;
  const startWorker = (): Child =>
    startChild('../commands/worker.js', [], {
      TEMPORAL_ADDRESS: address,
      EXPORT_TASK_QUEUE: taskQueue,
      EXPORT_CONFIG: config,
    });
  const worker = startWorker();
  const workers = [worker, ...Array.from({ length: otherWorkers }, startWorker)];
  await Promise.all(workers.map(async (each) => each.said(/"state":"RUNNING"/)));
  return {
    accounts: simulators,
    worker,
    workers,
    start: async (subdomain, input) =>
      client.workflow.start('exportTickets', {
        taskQueue,
        workflowId: `${taskQueue}-${subdomain}`,
        args: [{ subdomain, startTime: 0, ...input }],
      }),
    close: async () => {
      await Promise.all(workers.map(async (each) => each.stop()));
      await Promise.all([...simulators.values()].map(async (simulator) => simulator.close()));
      folder.remove();
    },
  };
}

/** So many accounts that differ in nothing but their names. */
export function alike(many: number, options: SimulatorOptions): Map<string, SimulatorOptions> {
  return new Map(Array.from({ length: many }, (_, index) => [`account${index}`, options]));
}

/** Those that ask for tickets. */
export function exportRequests(requests: Simulator['requests']): Simulator['requests'] {
  return requests.filter(({ path }) => path.startsWith('/api/v2/incremental/tickets'));
}
