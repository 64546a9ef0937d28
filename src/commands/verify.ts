import { messageOf, readCommandLine, runCommand } from '../command';
import { readCodecKeys } from '../account/codecServerConfig';
import { DEFAULT_TASK_QUEUE, VERIFY_WORKFLOW_TYPE, verificationWorkflowIdOf } from '../contract/names';
import { DIFFERENCES, type VerificationStatus } from '../contract/verification';
import { connectClient } from '../temporal/client';

const USAGE = `Compares the tickets in the destination, or users or organizations, with the account, and waits for the result.

  npm run verify -- <subdomain> [--stream users|organizations] [--deep] [--reread] [--repair] [--from <time>] [--to <time>]

  --stream   users or organizations, in place of tickets
  --deep     compare every record, and not only where the numbers differ
  --reread   read the whole export again, and compare version by version
  --repair   write what is missing or stale, mark what is extra as deleted
  --from, --to  only what was created from then, or before then: ISO 8601 or Unix seconds

Starts the workflow verifyTickets on the task queue of EXPORT_TASK_QUEUE, or waits for the one that runs: a worker does the work.
The server is the one that the \`temporal\` CLI would use (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, …). Ends with 0 when nothing
differs, with 1 when something does (repaired or not), with 2 when the comparison could not finish.
`;

const FLAG = { type: 'boolean' } as const;
const TEXT = { type: 'string' } as const;

/** `npm run verify` */
async function main(): Promise<number> {
  const { positionals, values } = readCommandLine(process.argv.slice(2), {
    usage: USAGE,
    options: { stream: TEXT, deep: FLAG, reread: FLAG, repair: FLAG, from: TEXT, to: TEXT },
    positionals: true,
  });
  const [subdomain, ...others] = positionals;
  if (subdomain === undefined || others.length > 0) throw new Error('Name one account. Try --help.');
  const { stream, deep = false, reread = false, repair = false, from, to } = values;
  const times = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const client = await connectClient(readCodecKeys(process.env));
  try {
    const handle = await client.workflow.start(VERIFY_WORKFLOW_TYPE, {
      taskQueue: process.env['EXPORT_TASK_QUEUE'] ?? DEFAULT_TASK_QUEUE,
      workflowId: verificationWorkflowIdOf(subdomain, stream),
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [
        {
          subdomain,
          ...(stream === undefined ? {} : { stream }),
          method: reread ? 'reread' : 'search',
          deep,
          repair,
          ...times,
        },
      ],
    });
    process.stderr.write(`${handle.workflowId}: under way, see it in the Web UI\n`);
    const status = (await handle.result()) as VerificationStatus;
    process.stdout.write(`${JSON.stringify(status, null, 2)}\n`);
    process.stderr.write(`${sentenceOf(status)}\n`);
    return status.clean === true ? 0 : 1;
  } finally {
    await client.connection.close();
  }
}

function sentenceOf({ stream, clean, compared, requests, repaired, ...status }: VerificationStatus): string {
  const all = `${compared} ${stream} compared with ${requests} requests`;
  if (clean === true) return `${all}: no difference.`;
  const found = DIFFERENCES.map((kind) => `${status[kind].count} ${kind}`).join(', ');
  return `${all}: ${found}; ${repaired} repaired.`;
}

function explain(error: unknown): string {
  const { cause } = error instanceof Error ? error : {};
  return messageOf(cause ?? error);
}

runCommand(main, { failed: 2, explain });
