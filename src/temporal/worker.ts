import { WorkflowClient } from '@temporalio/client';
import type { WorkerDeploymentVersion } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { register } from 'prom-client';
import { createActivities } from '../../activities';
import { Accounts } from '../account/accounts';
import { clientDataConverter, workerDataConverter } from './codec/dataConverter';
import type { Config } from '../account/config';
import { serveHealth } from './health';
import { ExportGauges } from '../metrics/exports';
import { Metrics } from '../metrics/metrics';
import { metricSinks } from '../metrics/sinks';
import { watchExports } from '../metrics/watch';
import { BUNDLE_PATH, TRACED_BUNDLE_PATH } from './bundle';
import { namingServer } from './client';
import { hasSearchAttributes } from './searchAttributes';
import type { Tracing } from './tracing';
import type { Account } from '../zendesk/account';
import { ZendeskClient } from '../zendesk/client';

/**
 * Runs a worker until it must stop (SIGINT, SIGTERM, or `until` settles): pages under way get 30 s to land.
 * The Temporal server is the one the `temporal` CLI would use.
 */
export async function runWorker(config: Config, until?: Promise<unknown>): Promise<void> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  // First, so that nothing else has been opened where its port is taken.
  let worker: Worker | undefined;
  const health =
    config.health === undefined ? undefined : await serveHealth(config.health, () => worker?.getStatus());
  const tracing = config.tracing ? await startTracing() : undefined;
  const connection = await namingServer(connectionOptions, NativeConnection.connect(connectionOptions));
  const metrics = new Metrics(register);
  const openClient = (account: Account): ZendeskClient => {
    if (config.metrics !== undefined) metrics.account(account.subdomain);
    return new ZendeskClient(account, {
      observe: (request) => {
        metrics.request(request);
        tracing?.request(request);
      },
    });
  };
  const accounts = new Accounts(config.readAccounts, Runtime.instance().logger, openClient, config.notices);
  const dataConverter = clientDataConverter(config.codecKeys);
  const client = new WorkflowClient({ connection, namespace, dataConverter });
  const gauges = new ExportGauges(client, config.taskQueue, metrics);
  try {
    worker = await Worker.create({
      connection,
      namespace,
      taskQueue: config.taskQueue,
      workflowBundle: { codePath: tracing === undefined ? BUNDLE_PATH : TRACED_BUNDLE_PATH },
      dataConverter: workerDataConverter(config.codecKeys),
      ...(config.deployment === undefined ? UNVERSIONED : versioned(config.deployment)),
      activities: createActivities({
        accounts,
        metrics,
        knowsSearchAttributes: async () => hasSearchAttributes(connection, namespace),
      }),
      sinks: {
        ...(config.metrics === undefined ? metricSinks() : metricSinks(gauges, metrics)),
        ...tracing?.sinks,
      },
      ...(tracing === undefined ? {} : { interceptors: tracing.interceptors }),
      shutdownGraceTime: '30 seconds',
      shutdownForceTime: '45 seconds',
      // A cancellation reaches an activity with the answer to a heartbeat, so heartbeats must not be held back.
      maxHeartbeatThrottleInterval: '2 seconds',
      defaultHeartbeatThrottleInterval: '2 seconds',
      // How long a task of a worker that died waits for it before another takes over.
      stickyQueueScheduleToStartTimeout: '5 seconds',
      maxCachedWorkflows: cachedWorkflows(accounts.subdomains().length),
      // An account that does not answer holds a slot or two for a minute: there are enough for all to do so.
      maxConcurrentActivityTaskExecutions: Math.max(100, 4 * accounts.subdomains().length),
    });
    const stopWatching = config.metrics === undefined ? undefined : watchExports(gauges);
    await (until === undefined ? worker.run() : worker.runUntil(until));
    stopWatching?.();
  } finally {
    health?.close();
    await accounts.close();
    await tracing?.close();
    await connection.close();
  }
}

/**
 * An export that is not cached is replayed at each poll, which costs several times as much as the poll. Of many
 * workers each holds its share.
 */
function cachedWorkflows(accounts: number): number {
  return Math.min(Math.max(200, Math.ceil(1.1 * accounts)), MOST_CACHED);
}

/** For 5,000 accounts, whose exports take 2 GiB (docs/scale.md). */
const MOST_CACHED = 5500;

/** Loaded only then: a worker without tracing pays nothing for it. */
async function startTracing(): Promise<Tracing> {
  const tracing = await import('./tracing.js');
  return tracing.startTracing(Runtime.instance().logger);
}

/** Named, because the SDK's own name for a worker's build has 90 characters, and stands in the history three times a page. */
// eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor also names a deployment, which the Web UI would show
const UNVERSIONED: Partial<WorkerOptions> = { buildId: 'unversioned' };

/** An export may run for years, so it moves on with every version of its worker; `docs/upgrades.md` says how that is safe. */
function versioned(version: WorkerDeploymentVersion): Partial<WorkerOptions> {
  return {
    workerDeploymentOptions: {
      version,
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  };
}
