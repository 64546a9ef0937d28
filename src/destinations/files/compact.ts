import { compactTickets } from './compactTickets';
import { parseLocation, type Location } from './location';

/** `npm run compact`: writes the newest version of every ticket in `EXPORT_DESTINATION` beside its versions. */
async function main(): Promise<void> {
  const { store } = readLocation(process.env.EXPORT_DESTINATION?.trim() ?? '');
  const { tickets, files } = await compactTickets(store);
  store.close();
  if (tickets === 0) throw new Error(`${store.name}: holds no tickets to compact`);
  process.stdout.write(`${store.name}: tickets_latest holds ${tickets} tickets in ${files} files\n`);
}

function readLocation(url: string): Location {
  if (!/^(file|s3):/i.test(url)) {
    throw new Error(
      'EXPORT_DESTINATION: only files have versions to compact (file:./export, s3://bucket/prefix)',
    );
  }
  try {
    return parseLocation(url);
  } catch (error) {
    throw new Error(`EXPORT_DESTINATION: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
