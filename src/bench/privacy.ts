import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from 'markdown-table';
import { DESTINATIONS, isDestination, type DestinationName } from './destinations';
import { measureExporter, type Measured } from './exporter';
import { figure } from './figure';
import { newFolder } from '../development/folder';
import { medianBy } from './median';
import { withSimulatedAccount } from './simulatedAccount';
import type { Bench } from './suite';

/** What a careful company may have: long texts, addresses, several custom fields, and one path that any record is searched for. */
const PRIVACY = {
  key: 'the key of the benchmark',
  rules: {
    tickets: {
      drop: ['description', 'satisfaction_rating.comment', 'custom_fields.360021289000', '*.email'],
      hash: ['subject', 'recipient', 'via.source.from', 'custom_fields.360021289001', 'external_id'],
    },
  },
};

interface Run extends Measured {
  readonly destination: DestinationName;
  readonly hasRules: boolean;
}

/** What privacy rules cost: the exporter with and without them, taking turns. */
export async function privacy(bench: Bench): Promise<object> {
  const { options, say } = bench;
  const destinations = (options.only ?? DESTINATIONS).filter(isDestination);
  const folder = newFolder();
  const runs: Run[] = [];
  try {
    const file = join(folder.path, 'privacy.json');
    writeFileSync(file, JSON.stringify(PRIVACY));
    await withSimulatedAccount(options.tickets, options, async (zendesk) => {
      for (let round = 1; round <= options.rounds; round += 1)
        for (const destination of destinations)
          for (const hasRules of [false, true]) {
            const environment: Record<string, string> = hasRules ? { EXPORT_PRIVACY: file } : {};
            const { measured } = await measureExporter(bench, zendesk, destination, 1, environment);
            runs.push({ ...measured, destination, hasRules });
            const rules = hasRules ? 'with rules' : 'without rules';
            say(`${destination} ${rules}, round ${round}: ${figure(measured.cpuSeconds, 2)} CPU s`);
          }
    });
  } finally {
    folder.remove();
  }
  say(`\n${tableOf(destinations, runs)}`);
  return { runs };
}

function tableOf(destinations: readonly DestinationName[], runs: readonly Run[]): string {
  const cpu = (destination: DestinationName, hasRules: boolean): number =>
    medianBy(
      runs.filter((run) => run.destination === destination && run.hasRules === hasRules),
      ({ cpuSeconds }) => cpuSeconds,
    )?.cpuSeconds ?? 0;
  return markdownTable([
    ['', 'CPU s without rules', 'with rules', 'times as much'],
    ...destinations.map((destination) => {
      const [without, ruled] = [cpu(destination, false), cpu(destination, true)];
      return [destination, figure(without, 2), figure(ruled, 2), figure(ruled / without, 2)];
    }),
  ]);
}
