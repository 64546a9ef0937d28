import { markdownTable } from 'markdown-table';
import { isDestination, type DestinationName } from './destinations';
import { measureExporter, type Measured } from './exporter';
import { timeAround } from './pageTimes';
import { withSimulatedAccount } from './simulatedAccount';
import { figure } from './figure';
import type { Bench } from './suite';

interface Sized extends Measured {
  readonly destination: DestinationName;
}

/** What a page takes in the largest run, at some places of it. */
interface PageTime {
  readonly destination: DestinationName;
  readonly page: number;
  readonly milliseconds: number;
}

const PAGES = [10, 100, 250, 500, 750, 1000];

/** Whether an export, or a page of it, costs more the more there are. */
export async function growth(bench: Bench): Promise<object> {
  const { options, say } = bench;
  const sizes = options.sizes.toSorted((a, b) => a - b);
  const runs: Sized[] = [];
  const pages: PageTime[] = [];
  for (const destination of options.only?.filter(isDestination) ?? (['duckdb'] as const)) {
    let largest: readonly number[] = [];
    for (const tickets of sizes) {
      const { measured, pageMs } = await withSimulatedAccount(tickets, options, async (zendesk) =>
        measureExporter(bench, zendesk, destination),
      );
      runs.push({ destination, ...measured });
      largest = pageMs;
    }
    for (const page of PAGES.filter((one) => one <= largest.length))
      pages.push({ destination, page, milliseconds: timeAround(largest, page) });
  }
  say(tableOfRuns(runs));
  say(`\n${tableOfPages(pages)}`);
  return { runs, pages };
}

function tableOfRuns(runs: readonly Sized[]): string {
  return markdownTable([
    ['', 'tickets', 'tickets/s', 'CPU s', 'peak MB', 'longest block, ms'],
    ...runs.map((run) => [
      run.destination,
      figure(run.tickets),
      figure(run.tickets / run.seconds),
      figure(run.cpuSeconds, 1),
      figure(run.peakMegabytes),
      figure(run.longestBlockMs),
    ]),
  ]);
}

function tableOfPages(pages: readonly PageTime[]): string {
  return markdownTable([
    ['', 'page', 'ms', 'of the 10th'],
    ...pages.map(({ destination, page, milliseconds }) => {
      const tenth = pages.find((other) => other.destination === destination && other.page === 10);
      const ratio = tenth === undefined ? undefined : milliseconds / tenth.milliseconds;
      return [destination, figure(page), figure(milliseconds), figure(ratio, 2)];
    }),
  ]);
}
