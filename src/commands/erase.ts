import { z } from 'zod';
import { Misuse, readCommandLine, runCommand } from '../command';
import { readConfig, readDestinations, type NamedDestination } from '../account/config';
import { openDestination } from '../destinations/open';
import type { Erasure } from '../destinations/erasure';
import { erasureOfTicket, erasureOfUser } from '../erase/erasure';

const USAGE = `Erases a ticket, or a person, from everything that exports have written to the configured destinations.

  npm run erase -- --ticket <id>    the ticket, its events, metrics and ratings
  npm run erase -- --user <id>      the user, identities, memberships and ratings; what the user wrote is taken out of tickets
                                    and events

  --account <subdomain>             where more than one is configured

It takes the worker's variables, and prints what it did in each table and file. No worker may have a DuckDB file open meanwhile, and
no compaction may run. Records that Zendesk still has can be exported again: see docs/privacy.md.
`;

const text = { type: 'string' } as const;
const id = z.coerce.number().int().positive();

/** `npm run erase` */
async function main(): Promise<number> {
  const { values } = readCommandLine(process.argv.slice(2), {
    usage: USAGE,
    options: { ticket: text, user: text, account: text },
  });
  const erasure = erasureIn(values);
  for (const destination of readDestinations(process.env)) await erase(destination, erasure);
  return 0;
}

function erasureIn({
  ticket,
  user,
  account,
}: Partial<Record<'ticket' | 'user' | 'account', string>>): Erasure {
  const given = [ticket, user].filter((each) => each !== undefined);
  const { data } = id.safeParse(given[0]);
  if (given.length !== 1 || data === undefined)
    throw new Misuse('Name one --ticket or one --user by its id. Try --help.');
  const known = readConfig(process.env)
    .readAccounts()
    .map((each) => each.account.subdomain);
  const [only = ''] = known;
  if (account === undefined && known.length > 1)
    throw new Misuse(`Name one --account of ${known.join(', ')}.`);
  if (account !== undefined && !known.includes(account))
    throw new Misuse(`There is no account ${account}: known are ${known.join(', ')}.`);
  const of = ticket === undefined ? erasureOfUser : erasureOfTicket;
  return of(account ?? only, data);
}

async function erase({ name, url }: NamedDestination, erasure: Erasure): Promise<void> {
  const destination = openDestination(url);
  try {
    await destination.findExport();
    await destination.prepare();
    const places = (await destination.erase(erasure)).filter(({ removed, blanked }) => removed + blanked > 0);
    for (const { place, removed, blanked } of places)
      process.stdout.write(`${name}: ${place}: ${removed} removed, ${blanked} blanked\n`);
    if (places.length === 0) process.stdout.write(`${name}: nothing to erase\n`);
  } finally {
    await destination.close();
  }
}

runCommand(main);
