import { readDestination } from './config';
import { replayQuarantine } from './export/replayQuarantine';

/** `npm run replay-quarantine`: tries again what `EXPORT_DESTINATION` has in quarantine. */
async function main(): Promise<void> {
  const destination = readDestination(process.env);
  try {
    await destination.prepare();
    const { tickets, left } = await replayQuarantine(destination, `quarantine ${new Date().toISOString()}`);
    process.stdout.write(`${tickets} records have become tickets, ${left} are left in quarantine.\n`);
  } finally {
    await destination.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
