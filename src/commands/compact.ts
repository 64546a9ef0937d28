import { readCommandLine, runCommand } from '../command';
import { readDestinations, type NamedDestination } from '../account/config';
import { compactRecords } from '../destinations/files/compactRecords';
import { STREAMS, TABLE_NAMES } from '../streams';
import { namesFiles, parseLocation } from '../destinations/files/location';

const USAGE = `Writes the newest version of every record in the configured files as Parquet: of tickets to tickets_latest, of users to
users_latest, and so on.

  npm run compact

It takes the worker's variables (EXPORT_DESTINATION or EXPORT_CONFIG), and can be run again at any time; see docs/files.md.
`;

const NAMES_SHOWN = 3;

/** `npm run compact` */
async function main(): Promise<number> {
  readCommandLine(process.argv.slice(2), { usage: USAGE, options: {} });
  const destinations = readDestinations(process.env);
  const files = destinations.filter(({ url }) => namesFiles(url));
  if (files.length === 0) {
    const names = destinations.map(({ name }) => name).join(', ');
    throw new Error(`${names}: only files have versions to compact (file:./export, s3://bucket/prefix)`);
  }
  for (const each of files) await compact(each);
  return 0;
}

async function compact({ url }: NamedDestination): Promise<void> {
  const { store } = parseLocation(url);
  let found = 0;
  try {
    for (const name of TABLE_NAMES) {
      const { records, files, foreign } = await compactRecords(store, STREAMS[name]);
      if (foreign.length > 0) process.stderr.write(leftAlone(store.name, name, foreign));
      if (records > 0)
        process.stdout.write(`${store.name}: ${name}_latest holds ${records} ${name} in ${files} files\n`);
      found += records;
    }
  } finally {
    store.close();
  }
  if (found === 0) throw new Error(`${store.name}: holds no records to compact`);
}

/** Names are of somebody else's making: quoted, they cannot steer a terminal. */
function leftAlone(place: string, stream: string, names: readonly string[]): string {
  const shown = names.slice(0, NAMES_SHOWN).map((name) => JSON.stringify(name));
  const more = names.length > NAMES_SHOWN ? ' …' : '';
  return `${place}: ignored files that the export did not write, ${names.length} of ${stream}: ${shown.join(', ')}${more}\n`;
}

runCommand(main);
