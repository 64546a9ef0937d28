import { z } from 'zod';
import { Misuse, readCommandLine } from '../command';
import { FAULTS } from './faults';
import type { Fault } from './fault';

const NAME_WIDTH = Math.max(...FAULTS.map(({ name }) => name.length)) + 2;

export const help = `Exports simulated accounts through real parts while something goes wrong with these, and compares every record.

  npm run faults -- [--only <names>]
  npm run faults -- --only soak [--minutes <n>]

${FAULTS.map(({ name, what }) => `  ${name.padEnd(NAME_WIDTH)}${what}\n`).join('')}
  --only <names>   of these, with commas between (default: all but soak)
  --minutes <n>    of soak (default 30)
  --help           this text

Prints a line for each. Exit code 1: an export did not hold. A fault that needs what is not here is not run, and says so.
`;

const text = { type: 'string' } as const;

const schema = z.object({
  only: z
    .string()
    .transform((names) => names.split(','))
    .default(FAULTS.filter(({ name }) => name !== 'soak').map(({ name }) => name))
    .pipe(
      z.array(
        z.string().transform((name, context): Fault => {
          const found = FAULTS.find((fault) => fault.name === name);
          if (found !== undefined) return found;
          const known = FAULTS.map((fault) => fault.name).join(', ');
          context.addIssue({ code: 'custom', message: `"${name}" is unknown; known are ${known}` });
          return z.NEVER;
        }),
      ),
    ),
  minutes: z.coerce.number({ error: 'must be a whole number from 1' }).int().min(1).default(30),
});

/** What a run does. */
export interface Options {
  readonly faults: readonly Fault[];
  readonly minutes: number;
}

/** @throws Help, or Misuse that names every problem */
export function readArguments(args: readonly string[]): Options {
  const { values } = readCommandLine(args, { usage: help, options: { only: text, minutes: text } });
  const read = schema.safeParse(values);
  if (read.success) return { faults: read.data.only, minutes: read.data.minutes };
  throw new Misuse(
    read.error.issues.map(({ path: [name], message }) => `--${String(name)}: ${message}`).join('\n'),
  );
}
