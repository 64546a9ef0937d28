import { readDestinations, type NamedDestination } from '../../config';
import { compactTickets } from './compactTickets';
import { parseLocation } from './location';

/** `npm run compact`: writes the newest version of every ticket in the configured files beside its versions. */
async function main(): Promise<void> {
  const destinations = readDestinations(process.env);
  const files = destinations.filter(({ url }) => /^(file|s3):/i.test(url));
  if (files.length === 0) {
    const names = destinations.map(({ name }) => name).join(', ');
    throw new Error(`${names}: only files have versions to compact (file:./export, s3://bucket/prefix)`);
  }
  for (const each of files) await compact(each);
}

async function compact({ url }: NamedDestination): Promise<void> {
  const { store } = parseLocation(url);
  const { tickets, files } = await compactTickets(store);
  store.close();
  if (tickets === 0) throw new Error(`${store.name}: holds no tickets to compact`);
  process.stdout.write(`${store.name}: tickets_latest holds ${tickets} tickets in ${files} files\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
