import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { WorkflowIdConflictPolicy } from '@temporalio/client';
import type { Config } from '../config';
import { workflowIdOf, WORKFLOW_TYPE } from '../contract/names';
import type { Status } from '../contract/status';
import { connectClient } from '../temporal/client';
import { installTelemetry } from '../temporal/telemetry';
import { screenOn } from '../watch/screen';
import { watch } from '../watch/watch';
import { runWorker } from '../worker';
import { report } from './report';
import { startSource, type Source } from './source';
import { startTemporal, type Temporal } from './temporal';

const say = (text: string): void => void process.stdout.write(text);

/**
 * `npm run demo`: server, simulated account, worker and one export, in one process; all of it in `.demo/`.
 * `npm run demo -- --postgres`: the same into a PostgreSQL server of its own.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { postgres: { type: 'boolean', default: false } } });
  mkdirSync('.demo', { recursive: true });
  await installTelemetry('WARN');
  const temporal = await startTemporal();
  const source = await startSource(process.env, values.postgres);
  const { taskQueue } = source.config;
  const { account, destination } = source.account;
  say(`Temporal Web UI   ${temporal.ui}\n`);
  say(`Zendesk           ${source.description}\n`);
  say(`Destination       ${destination.url.replace(/\/\/.*@/, '//…@')}\n\n`);
  try {
    await withWorker(source.config, async () => {
      const status = await runExport(source, taskQueue, workflowIdOf(account.subdomain));
      await report(source, status, say);
      say(nextCommands(temporal, workflowIdOf(account.subdomain)));
      if (process.stdout.isTTY) {
        say('\nThe server and the worker stay up for these; Ctrl-C ends them.\n');
        await new Promise((resolve) => process.once('SIGINT', resolve));
      }
    });
  } finally {
    await source.close();
    await temporal.close();
  }
}

async function withWorker(config: Config, work: () => Promise<void>): Promise<void> {
  const done = work();
  await Promise.all([done, runWorker(config, done)]);
}

async function runExport(source: Source, taskQueue: string, workflowId: string): Promise<Status> {
  const client = await connectClient(source.config.codecKeys);
  try {
    const handle = await client.workflow.start(WORKFLOW_TYPE, {
      taskQueue,
      workflowId,
      args: [source.input],
      // One that an interrupted demo left behind.
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.TERMINATE_EXISTING,
    });
    await watch(client, {
      exports: async () => [workflowId],
      screen: screenOn(process.stdout),
      everyMs: process.stdout.isTTY ? 250 : 2000,
    });
    return (await handle.result()) as Status;
  } finally {
    await client.connection.close();
  }
}

function nextCommands({ address, cli }: Temporal, workflowId: string): string {
  const at = address === '127.0.0.1:7233' ? '' : ` --address ${address}`;
  const temporal = `${cli} workflow`;
  return [
    '',
    process.stdout.isTTY
      ? 'Next, in another terminal:'
      : 'Next, where the demo runs in a terminal and so stays up:',
    `  ${temporal} list${at}`,
    `  ${temporal} query${at} --workflow-id ${workflowId} --name status`,
    `  ${temporal} show${at} --workflow-id ${workflowId}`,
    '',
  ].join('\n');
}

main().catch((error: unknown) => {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
