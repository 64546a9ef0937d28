import { readCommandLine, runCommand } from '../command';
import { readConfig } from '../account/config';
import { checkAccount } from '../check/account';
import { checkDestination } from '../check/destination';
import { lineOf, type Fact } from '../check/fact';
import { checkNotices } from '../check/notices';
import { checkTemporal } from '../check/temporal';

const USAGE = `Checks whether exports could run with this environment, and prints a line for each finding.

  npm run check -- [--notify] [subdomain …]

  --notify   also sends a test notice to where notices of the accounts go

Without a subdomain: every account that is configured. Checks the Temporal server, the destinations (missing
tables and folders are created) and the accounts; each account costs four requests of its export quota, one of
the users' quota and some twenty of the account's limit. Its variables are the worker's, see
docs/configuration.md. Ends with 0 when exports could run, with 1 when one could not.
`;

/** `npm run check` */
async function main(): Promise<number> {
  const { values, positionals: asked } = readCommandLine(process.argv.slice(2), {
    usage: USAGE,
    options: { notify: { type: 'boolean', default: false } },
    positionals: true,
  });
  const { taskQueue, codecKeys, readAccounts, notices: common } = readConfig(process.env);
  const configured = readAccounts();
  const known = configured.map(({ account }) => account.subdomain);
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`The configuration has no account ${unknown.join(', ')}: it has ${known.join(', ')}.`);
  const accounts = configured.filter(
    ({ account }) => asked.length === 0 || asked.includes(account.subdomain),
  );
  say(await checkTemporal(taskQueue, codecKeys));
  const destinations = new Map(accounts.map(({ destination }) => [destination.name, destination]));
  for (const destination of destinations.values()) {
    const going = accounts.filter((each) => each.destination.name === destination.name);
    const subdomains = going.map(({ account }) => account.subdomain);
    for (const fact of await checkDestination(destination, subdomains)) say(fact);
  }
  for (const { account, destination, notices = common } of accounts) {
    for (const fact of await checkAccount(account, Date.now() / 1000)) say(fact);
    if (notices !== undefined)
      say(await checkNotices(notices, account.subdomain, values.notify, Date.now() / 1000));
    say({ kind: 'ok', about: account.subdomain, text: `goes to the destination ${destination.name}` });
  }
  return exitCode;
}

let exitCode = 0;

function say(fact: Fact): void {
  process.stdout.write(lineOf(fact));
  if (fact.kind === 'fail') exitCode = 1;
}

runCommand(main);
