import { readCommandLine, runCommand } from '../command';
import { readDestinations, readPrivacy, type NamedDestination } from '../account/config';
import { openDestination } from '../destinations/open';
import { replayQuarantine } from '../export/replayQuarantine';

const USAGE = `Tries again to store the records in the quarantine of the configured destinations, after an upgrade that can.

  npm run replay-quarantine

It takes the worker's variables (EXPORT_DESTINATION or EXPORT_CONFIG). Records that can be stored now leave the quarantine;
the others stay. The privacy rules of today hold for them. No worker may have a DuckDB file open meanwhile.
`;

/** `npm run replay-quarantine` */
async function main(): Promise<number> {
  readCommandLine(process.argv.slice(2), { usage: USAGE, options: {} });
  const privacyOf = readPrivacy(process.env);
  for (const destination of readDestinations(process.env)) await replay(destination, privacyOf);
  return 0;
}

async function replay(
  { name, url }: NamedDestination,
  privacyOf: ReturnType<typeof readPrivacy>,
): Promise<void> {
  const destination = openDestination(url);
  try {
    await destination.findExport();
    await destination.prepare();
    const { stored, left } = await replayQuarantine(
      destination,
      `quarantine ${new Date().toISOString()}`,
      undefined,
      privacyOf,
    );
    process.stdout.write(`${name}: ${stored} records have been stored, ${left} are left in quarantine.\n`);
  } finally {
    await destination.close();
  }
}

runCommand(main);
