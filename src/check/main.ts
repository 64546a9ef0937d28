import { readConfig } from '../config';
import { checkAccount } from './account';
import { checkDestination } from './destination';
import { lineOf, type Fact } from './fact';
import { checkTemporal } from './temporal';

/**
 * `npm run check`: whether exports could run with this configuration, one line for each thing found out. Exit code 1 when
 * one could not. `npm run check -- acme` looks at that account alone.
 */
async function main(): Promise<void> {
  const { taskQueue, codecKeys, readAccounts } = readConfig(process.env);
  const asked = process.argv.slice(2);
  const accounts = readAccounts().filter(
    ({ account }) => asked.length === 0 || asked.includes(account.subdomain),
  );
  const unknown = asked.filter((name) => !accounts.some(({ account }) => account.subdomain === name));
  if (unknown.length > 0) throw new Error(`There is no account ${unknown.join(', ')} in the configuration.`);
  say(await checkTemporal(taskQueue, codecKeys));
  const destinations = new Map(accounts.map(({ destination }) => [destination.name, destination]));
  for (const destination of destinations.values()) say(await checkDestination(destination));
  for (const { account, destination } of accounts) {
    for (const fact of await checkAccount(account, Date.now() / 1000)) say(fact);
    say({ kind: 'ok', about: account.subdomain, text: `goes to the destination ${destination.name}` });
  }
}

function say(fact: Fact): void {
  process.stdout.write(lineOf(fact));
  if (fact.kind === 'fail') process.exitCode = 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
