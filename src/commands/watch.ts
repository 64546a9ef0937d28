import { messageOf, readCommandLine, runCommand } from '../command';
import { isGrpcServiceError, ServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { readCodecKeys } from '../account/codecServerConfig';
import { onOneLine } from '../foreignText';
import { connectClient } from '../temporal/client';
import { runningExports } from '../metrics/runningExports';
import { screenOn } from '../watch/screen';
import { watch } from '../watch/watch';

const USAGE = `Shows the progress of exports until they end.

  npm run watch -- [workflow id …]

Without an id: all exports that run in the namespace. The server is the one that the \`temporal\` CLI would use
(TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, …). Ends with 0 when all of them completed, with 1 when one did not, with 2
when there is nothing to watch.
`;

async function main(): Promise<number> {
  const { positionals } = readCommandLine(process.argv.slice(2), {
    usage: USAGE,
    options: {},
    positionals: true,
  });
  const client = await connectClient(readCodecKeys(process.env));
  try {
    return await watchAll(client, positionals);
  } finally {
    await client.connection.close();
  }
}

async function watchAll(client: Client, ids: readonly string[]): Promise<number> {
  const sights = await watch(client, {
    exports: async () => (ids.length > 0 ? ids : (await runningExports(client.workflow)).sort()),
    screen: screenOn(process.stdout),
    everyMs: ids.length === 1 ? 1000 : 4000,
  });
  if (sights.length === 0) {
    process.stdout.write(`No export runs in the namespace ${client.options.namespace}.\n`);
  }
  const unfinished = sights.filter(({ ended }) => ended !== 'completed');
  for (const { workflowId, ended = '' } of unfinished) {
    process.stderr.write(`${onOneLine(workflowId)} ${ended}: it has not completed.\n`);
  }
  return unfinished.length === 0 ? 0 : 1;
}

function explain(error: unknown): string {
  if (error instanceof WorkflowNotFoundError) {
    return `There is no workflow with the id ${error.workflowId}. Without an id, \`npm run watch\` shows the exports that run.`;
  }
  if (error instanceof ServiceError && isGrpcServiceError(error.cause))
    return `Temporal: ${error.cause.details}`;
  return messageOf(error);
}

runCommand(main, { failed: 2, explain });
