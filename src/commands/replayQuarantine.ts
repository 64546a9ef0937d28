import { readCommandLine, runCommand } from '../command';
import { readDestinations, type NamedDestination } from '../account/config';
import { openDestination } from '../destinations/open';
import { replayQuarantine } from '../export/replayQuarantine';

const USAGE = `Tries again what the configured destinations have in quarantine, after an upgrade has learned to take it.

  npm run replay-quarantine

It takes the worker's variables (EXPORT_DESTINATION or EXPORT_CONFIG). What is a ticket by now leaves the quarantine; the rest
stays. A DuckDB file must not be open in a worker meanwhile.
`;

/** `npm run replay-quarantine` */
async function main(): Promise<number> {
  readCommandLine(process.argv.slice(2), { usage: USAGE, options: {} });
  for (const destination of readDestinations(process.env)) await replay(destination);
  return 0;
}

async function replay({ name, url }: NamedDestination): Promise<void> {
  const destination = openDestination(url);
  try {
    await destination.findExport();
    await destination.prepare();
    const { tickets, left } = await replayQuarantine(destination, `quarantine ${new Date().toISOString()}`);
    process.stdout.write(
      `${name}: ${tickets} records have become tickets, ${left} are left in quarantine.\n`,
    );
  } finally {
    await destination.close();
  }
}

runCommand(main);
