import { readCommandLine, runCommand } from '../command';
import { mkdirSync } from 'node:fs';
import { WorkflowIdConflictPolicy } from '@temporalio/client';
import type { Config } from '../account/config';
import { ACCOUNT_WORKFLOW_TYPE, accountWorkflowIdOf } from '../contract/names';
import type { Status } from '../contract/status';
import { connectClient } from '../temporal/client';
import { installTelemetry } from '../temporal/telemetry';
import { screenOn } from '../watch/screen';
import { watch } from '../watch/watch';
import { runWorker } from '../temporal/worker';
import { writeAnalytics } from '../demo/analytics';
import { report } from '../demo/report';
import { startSource, type Source } from '../demo/source';
import { startTemporal, type Temporal } from '../demo/temporal';

const say = (text: string): void => void process.stdout.write(text);

const USAGE = `Shows an export at work: a Temporal server, an account, a worker and one export, in one process.

  npm run demo -- [--postgres] [--report]

  --postgres   into a PostgreSQL server of its own, in place of a DuckDB file
  --report     ends with .demo/report.html: plots that answer the questions of docs/analytics.md

The server is the one that TEMPORAL_ADDRESS or TEMPORAL_PROFILE name, else a development server of the demo's own. The account
is simulated; with ZENDESK_SUBDOMAIN and credentials set, it is that one, and the export is of its last week. What the demo
keeps is in .demo/.
`;

/** `npm run demo` */
async function main(): Promise<number> {
  const { values } = readCommandLine(process.argv.slice(2), { usage: USAGE, options: OPTIONS });
  const interrupted = interruption();
  mkdirSync('.demo', { recursive: true });
  // This process ends the worker itself, before the server.
  await installTelemetry('WARN', undefined, { shutdownSignals: [] });
  const temporal = await startTemporal();
  const source = await startSource(process.env, values.postgres === true);
  const { taskQueue } = source.config;
  const { account, destination } = source.account;
  say(`Temporal Web UI   ${temporal.ui}\n`);
  say(`Zendesk           ${source.description}\n`);
  say(`Destination       ${destination.url.replace(/\/\/.*@/, '//…@')}\n\n`);
  let code = INTERRUPTED;
  try {
    await withWorker(source.config, interrupted, async () => {
      const status = await runExport(source, taskQueue, accountWorkflowIdOf(account.subdomain));
      await report(source, status, say);
      if (values.report === true) {
        const path = await writeAnalytics(destination.url, status);
        say(`\nPlots of the tickets: ${path ?? 'they need DuckDB or PostgreSQL'}\n`);
      }
      say(nextCommands(temporal, accountWorkflowIdOf(account.subdomain)));
      code = 0;
      if (process.stdout.isTTY) {
        say('\nThe server and the worker stay up for these; Ctrl-C ends them.\n');
        await interrupted;
      }
    });
  } finally {
    await source.close();
    await temporal.close();
  }
  // Not by exitCode: what was interrupted still waits for the server that has gone.
  process.exit(code);
}

/** The exit code that shells give to what Ctrl-C has ended. */
const INTERRUPTED = 130;

const OPTIONS = { postgres: { type: 'boolean' }, report: { type: 'boolean' } } as const;

/** Settles with the first SIGINT or SIGTERM. Another one waits for nothing; what this process started ends with it. */
async function interruption(): Promise<void> {
  await new Promise<void>((resolve) => {
    let isFirst = true;
    const interrupt = (): void => {
      if (!isFirst) process.exit(INTERRUPTED);
      isFirst = false;
      resolve();
    };
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  });
}

/** @param interrupted after which nothing is waited for: Ctrl-C ends the server, too */
async function withWorker(
  config: Config,
  interrupted: Promise<void>,
  work: () => Promise<void>,
): Promise<void> {
  const done = work();
  await Promise.race([Promise.all([done, runWorker(config, done)]), interrupted]);
}

async function runExport(source: Source, taskQueue: string, workflowId: string): Promise<Status> {
  const client = await connectClient(source.config.codecKeys);
  try {
    const handle = await client.workflow.start(ACCOUNT_WORKFLOW_TYPE, {
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

runCommand(main, { stop: () => process.kill(process.pid, 'SIGINT') });
