import { join } from 'node:path';
import { markdownTable } from 'markdown-table';
import { CONTENDERS, type Contender } from './arguments';
import { startChild } from '../development/child';
import { isDestination } from './destinations';
import { measureExporter, type Measured } from './exporter';
import { newFolder } from '../development/folder';
import { medianBy } from './median';
import { withSimulatedAccount } from './simulatedAccount';
import type { Bench } from './suite';
import { figure } from './figure';

/** A loop, or the exporter into a destination with some number of ranges. */
interface Lane {
  readonly contender: Contender;
  readonly ranges: number | undefined;
}

interface Run extends Lane, Measured {}

/** The exporter beside bare loops, taking turns, so that whatever else the machine does affects all of them alike. */
export async function throughput(bench: Bench): Promise<object> {
  const { options, say } = bench;
  const lanes = (options.only ?? CONTENDERS).flatMap((contender): Lane[] =>
    isDestination(contender)
      ? options.ranges.map((ranges) => ({ contender, ranges }))
      : [{ contender, ranges: undefined }],
  );
  const runs: Run[] = [];
  await withSimulatedAccount(options.tickets, options, async (zendesk) => {
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const lane of lanes) {
        const run = { ...lane, ...(await measure(bench, zendesk, lane)) };
        runs.push(run);
        say(`${nameOf(lane)}, round ${round}: ${figure(speedOf(run))} tickets/s`);
      }
    }
  });
  const medians = lanes.flatMap(
    (lane) =>
      medianBy(
        runs.filter((run) => nameOf(run) === nameOf(lane)),
        ({ seconds }) => seconds,
      ) ?? [],
  );
  say(`\n${tableOf(medians)}`);
  return { medians, runs };
}

function nameOf({ contender, ranges }: Lane): string {
  return ranges === undefined ? contender : `${contender}, ranges: ${ranges}`;
}

async function measure(bench: Bench, zendesk: string, { contender, ranges }: Lane): Promise<Measured> {
  if (contender === 'prefetch') return measureLoop([zendesk]);
  if (contender === 'loop') {
    const folder = newFolder();
    try {
      return await measureLoop([zendesk, join(folder.path, 'tickets.ndjson')]);
    } finally {
      folder.remove();
    }
  }
  return (await measureExporter(bench, zendesk, contender, ranges)).measured;
}

async function measureLoop(args: readonly string[]): Promise<Measured> {
  const loop = startChild('../bench/bareLoop.js', args, {});
  try {
    const [, tickets, milliseconds] = await loop.said(/done (\d+) in ([\d.]+) ms/);
    return { tickets: Number(tickets), seconds: Number(milliseconds) / 1000, ...(await loop.measure()) };
  } finally {
    await loop.stop();
  }
}

const speedOf = ({ tickets, seconds }: Measured): number => tickets / seconds;

function tableOf(medians: readonly Run[]): string {
  const loop = medians.find(({ contender }) => contender === 'loop');
  const ofLoop = (value: number, ofTheLoop: number | undefined): string =>
    ofTheLoop === undefined ? '' : figure(value / ofTheLoop, 2);
  return markdownTable([
    [
      '',
      'tickets/s',
      'of the loop',
      'CPU s',
      'of the loop',
      'peak MB',
      'longest block, ms',
      'events/page',
      'history bytes/page',
    ],
    ...medians.map((run) => [
      nameOf(run),
      figure(speedOf(run)),
      ofLoop(speedOf(run), loop && speedOf(loop)),
      figure(run.cpuSeconds, 1),
      ofLoop(run.cpuSeconds, loop?.cpuSeconds),
      figure(run.peakMegabytes),
      figure(run.longestBlockMs),
      figure(run.eventsPerPage, 1),
      figure(run.historyBytesPerPage),
    ]),
  ]);
}
