import { help, readArguments } from './arguments';
import type { Command } from './arguments';
import { startLiveUpdates } from './liveUpdates';
import { startSimulator } from './simulator';
import type { Simulator } from './simulator';
import type { TokenOptions } from './oauth';

/** What somebody needs to know to talk to a simulator, as text for the terminal. */
function introduction(simulator: Simulator, tokens: TokenOptions): string {
  const { bearer, apiToken, email = '', clientId, clientSecret = '' } = tokens;
  const accepted: string[] = [];
  if (bearer !== undefined) accepted.push(`the bearer token "${bearer}"`);
  if (apiToken !== undefined) accepted.push(`basic authentication as "${email}/token:${apiToken}"`);
  if (clientId !== undefined)
    accepted.push(`the OAuth client "${clientId}" with the secret "${clientSecret}"`);
  const header =
    bearer === undefined && apiToken !== undefined
      ? `-u '${email}/token:${apiToken}'`
      : `-H 'Authorization: Bearer ${bearer ?? (clientId === undefined ? 'anything' : '<access_token>')}'`;
  const mint =
    `  curl ${simulator.url}/oauth/tokens -H 'Content-Type: application/json' \\\n` +
    `    -d '{"grant_type":"client_credentials","client_id":"${clientId ?? ''}","client_secret":"${clientSecret}"}'\n`;
  return (
    `Fake Zendesk "${simulator.subdomain}" with ${simulator.size} tickets at ${simulator.url}\n` +
    `Accepts ${accepted.length === 0 ? 'any credential' : accepted.join(', ')}.\n\n` +
    (clientId === undefined ? '' : mint) +
    `  curl ${header} '${simulator.url}/api/v2/incremental/tickets?start_time=0&per_page=2'\n` +
    `  curl ${header} '${simulator.url}/api/v2/incremental/tickets/cursor?start_time=0&per_page=2'\n` +
    `  curl ${simulator.url}/simulator/requests\n`
  );
}

async function run(): Promise<void> {
  const command: Command = readArguments(process.argv.slice(2));
  if (command.help) {
    process.stdout.write(help);
    return;
  }
  const simulator = await startSimulator(command.options);
  process.stdout.write(introduction(simulator, command.options.tokens ?? {}));
  const stopUpdates =
    command.updatesPerSecond > 0 ? startLiveUpdates(simulator, command.updatesPerSecond) : () => undefined;
  const stop = (): void => {
    stopUpdates();
    void simulator.close();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
}

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
