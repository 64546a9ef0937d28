import { messageOf, readCommandLine, runCommand } from '../command';
import { InvalidConfig, readConfig } from '../account/config';
import { installTelemetry } from '../temporal/telemetry';
import { runWorker } from '../temporal/worker';
import { apiTokenNotice } from '../zendesk/apiTokensEnd';

const USAGE = `A worker: runs the exports of the accounts that its environment configures, until SIGTERM or SIGINT.

  npm start

Its variables are in docs/configuration.md. It logs JSON lines to stderr. \`npm run check\`, with the same variables,
says whether exports could run.
`;

const warnings: string[] = [];

/** `npm start`: a worker configured by its environment. */
async function main(): Promise<number> {
  readCommandLine(process.argv.slice(2), { usage: USAGE, options: {} });
  const config = readConfig(process.env);
  const logger = await installTelemetry(config.logLevel, config.metrics);
  for (const warning of warnings) logger.warn(warning);
  const accounts = config.readAccounts().map(({ account }) => account);
  for (const { subdomain, credentials } of accounts) {
    if (credentials.kind === 'apiToken') logger.warn(apiTokenNotice(Date.now() / 1000), { subdomain });
  }
  const subdomains = accounts.map(({ subdomain }) => subdomain).join(', ');
  logger.info('worker starts', { subdomains, taskQueue: config.taskQueue });
  await runWorker(config);
  return 0;
}

function explain(error: unknown): string {
  return error instanceof InvalidConfig
    ? `The worker cannot start:\n- ${error.problems.join('\n- ')}`
    : `The worker stopped: ${messageOf(error)}`;
}

runCommand(main, {
  explain,
  // Into the log, once there is one.
  warn: (text) => warnings.push(text),
  // So that pages under way land.
  stop: () => process.kill(process.pid, 'SIGTERM'),
});
