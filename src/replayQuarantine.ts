import { readDestinations } from './config';
import { openDestination } from './destinations/open';
import { replayQuarantine } from './export/replayQuarantine';

/** `npm run replay-quarantine`: tries again what the configured destinations have in quarantine. */
async function main(): Promise<void> {
  for (const { name, url } of readDestinations(process.env)) {
    const destination = openDestination(url);
    try {
      await destination.prepare();
      const { tickets, left } = await replayQuarantine(destination, `quarantine ${new Date().toISOString()}`);
      process.stdout.write(
        `${name}: ${tickets} records have become tickets, ${left} are left in quarantine.\n`,
      );
    } finally {
      await destination.close();
    }
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
