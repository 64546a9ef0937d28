import { z } from 'zod';
import { Misuse, readCommandLine } from '../command';
import type { TicketShape } from '../simulator';
import { SHAPE_FLAGS, shapeHelp, shapesOf } from '../simulator/shapeArguments';
import { DESTINATIONS, isDestination } from './destinations';

const SUITES = ['throughput', 'privacy', 'quota', 'accounts', 'followers', 'growth'] as const;
export const CONTENDERS = ['loop', 'prefetch', ...DESTINATIONS] as const;

export type SuiteName = (typeof SUITES)[number];
export type Contender = (typeof CONTENDERS)[number];

/** Mean length of a ticket's JSON where nothing is said about it. */
const TICKET_BYTES = 2900;

export const help = `Measures the exporter against a simulated account. Prints tables, writes JSON.

  npm run bench -- [suites] [options]

  throughput   the exporter beside two bare fetch loops, taking turns; medians
  privacy      the exporter with privacy rules and without, taking turns; medians
  quota        how much of the export quota a backfill uses, in real minutes
  accounts     1, 10 and 100 backfills at once in one worker
  followers    many exports that follow, in one worker, in real minutes
  growth       what a page costs as the destination grows

  Without a suite: all of them, one after another.

  --tickets <n>           of throughput and privacy, and of accounts in all (default 100000)
  --rounds <n>            of throughput and privacy (default 3)
  --ranges <numbers>      how many ranges each export of throughput reads side by side (default 1,3)
  --only <names>          contenders of throughput, of ${CONTENDERS.join(',')} (default all),
                          and destinations of privacy (default all), growth (default duckdb) and
                          followers (the first; default files)
${shapeHelp(TICKET_BYTES)}                          of throughput, privacy, accounts and growth
  --sizes <numbers>       tickets of each run of growth (default 10000,100000,1000000)
  --minutes <n>           of quota (default 5)
  --accounts <n>          that follow (default 500)
  --workers <n>           that serve them (default 1); of several, one is killed in the end
  --every <seconds>       how often they poll, from 60 (default 300)
  --polls <n>             of each that are waited for (default 2)
  --postgres <url>        of a scratch database, in place of a new PostgreSQL server
  --json <file>           where the figures go (default bench.json)
  --help                  this text
`;

const text = { type: 'string' } as const;
const flags = {
  tickets: { ...text, default: '100000' },
  rounds: { ...text, default: '3' },
  ranges: { ...text, default: '1,3' },
  only: text,
  sizes: { ...text, default: '10000,100000,1000000' },
  minutes: { ...text, default: '5' },
  accounts: { ...text, default: '500' },
  workers: { ...text, default: '1' },
  every: { ...text, default: '300' },
  polls: { ...text, default: '2' },
  postgres: text,
  json: { ...text, default: 'bench.json' },
  ...SHAPE_FLAGS,
} as const;

const wholeFrom = (least: number) =>
  z
    .string()
    .refine((value) => Number.isInteger(Number(value)) && Number(value) >= least, {
      error: ({ input }) => `must be a whole number from ${least}, not "${String(input)}"`,
    })
    .transform(Number);

const oneOf = <const T extends readonly string[]>(names: T) =>
  z.enum(names, { error: ({ input }) => `"${String(input)}" is unknown; known are ${names.join(', ')}` });

const list = (value: string): string[] => value.split(',');

const numbers = z
  .string()
  .transform(list)
  .pipe(z.array(wholeFrom(1)));

const schema = z
  .object({
    suites: z.array(oneOf(SUITES)).transform((names) => (names.length === 0 ? SUITES : names)),
    tickets: wholeFrom(1),
    rounds: wholeFrom(1),
    only: z
      .string()
      .transform(list)
      .pipe(z.array(oneOf(CONTENDERS)))
      .optional(),
    ranges: numbers,
    sizes: numbers,
    minutes: wholeFrom(1),
    accounts: wholeFrom(1),
    workers: wholeFrom(1),
    every: wholeFrom(60),
    polls: wholeFrom(1),
    postgres: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' }).optional(),
    json: z.string().min(1, { error: 'must name a file' }),
  })
  .refine(({ suites, only }) => !suites.includes('growth') || (only?.some(isDestination) ?? true), {
    path: ['only'],
    error: `growth needs one of ${DESTINATIONS.join(', ')}`,
  });

/** What a run measures, and how much of it. */
export interface Options extends z.output<typeof schema> {
  /** Of the tickets. */
  readonly shapes: readonly TicketShape[];
  /** The same for the command line of a simulator. */
  readonly shapeArguments: readonly string[];
}

/** @throws Help, or Misuse that names every problem */
export function readArguments(args: readonly string[]): Options {
  const { values, positionals } = readCommandLine(args, { usage: help, options: flags, positionals: true });
  const read = schema.safeParse({ ...values, suites: positionals });
  if (read.success) {
    const shapes = shapesOf(values, TICKET_BYTES);
    return { ...read.data, shapes, shapeArguments: shapeArguments(values) };
  }
  throw new Misuse(
    read.error.issues
      .map(({ path: [name], message }) => `${name === 'suites' ? 'suite' : `--${String(name)}`}: ${message}`)
      .join('\n'),
  );
}

function shapeArguments(values: Readonly<Record<string, unknown>>): string[] {
  const given = Object.keys(SHAPE_FLAGS).flatMap((name) => {
    const value = values[name];
    return typeof value === 'string' ? [`--${name}`, value] : [];
  });
  return values['shape'] === undefined && values['ticket-bytes'] === undefined
    ? ['--ticket-bytes', String(TICKET_BYTES), ...given]
    : given;
}
