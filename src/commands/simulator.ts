import { runCommand } from '../command';
import { hostname } from 'node:os';
import { readArguments } from '../simulator/arguments';
import { startLiveUpdates } from '../simulator/liveUpdates';
import { startSimulator } from '../simulator/simulator';
import type { Simulator } from '../simulator/simulator';
import type { SimulatorOptions } from '../simulator/options';

/** What somebody needs to know to talk to a simulator, as text for the terminal. */
function introduction(simulator: Simulator, { host = '', tokens = {} }: SimulatorOptions): string {
  const { bearer, apiToken, email = '', clientId, clientSecret = '' } = tokens;
  const isOpen = ['0.0.0.0', '::'].includes(host);
  const elsewhere = isOpen
    ? `, from other machines at http://${hostname()}:${new URL(simulator.url).port}`
    : '';
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
    `Fake Zendesk "${simulator.subdomain}" with ${simulator.size} tickets at ${simulator.url}${elsewhere}\n` +
    `Accepts ${accepted.length === 0 ? 'any credential' : accepted.join(', ')}.\n\n` +
    (clientId === undefined ? '' : mint) +
    `  curl ${header} '${simulator.url}/api/v2/incremental/tickets?start_time=0&per_page=2'\n` +
    `  curl ${header} '${simulator.url}/api/v2/incremental/tickets/cursor?start_time=0&per_page=2'\n` +
    `  curl ${header} '${simulator.url}/api/v2/incremental/users/cursor?start_time=0&per_page=2&include=identities'\n` +
    `  curl ${simulator.url}/simulator/requests\n` +
    `  curl '${simulator.url}/simulator/truth?stream=users'\n`
  );
}

/** `npm run simulator` */
async function main(): Promise<number> {
  const { options, updatesPerSecond } = readArguments(process.argv.slice(2));
  const simulator = await startSimulator(options);
  process.stdout.write(introduction(simulator, options));
  const stopUpdates = updatesPerSecond > 0 ? startLiveUpdates(simulator, updatesPerSecond) : () => undefined;
  await new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
  stopUpdates();
  await simulator.close();
  return 0;
}

runCommand(main);
