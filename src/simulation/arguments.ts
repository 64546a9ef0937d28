import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { Misuse, readCommandLine } from '../command';
import { STORES } from './stores';

const usage = `Lives through random histories of exports, in which everything goes wrong, and looks whether they keep their promises.

  npm run simulate -- [options]

  --histories <n>     how many (default 1000, with --mutants 4000)
  --seed <n>          the same seed is the same histories (default 1)
  --history <n>       only this one, of all that the seed gives
  --store <name>      only into this store, of ${STORES.join(', ')} (default: each by its share)
  --postgres          a PostgreSQL server is started, and gets its share
  --mutants           plants faults, one at a time, and reports which are caught, each by up to --histories histories
  --only <text>       only the mutants whose names contain it
  --processes <n>     side by side (default: one for each core)
  --help              this text
`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const options = {
  histories: text,
  seed: { ...text, default: '1' },
  history: text,
  store: text,
  postgres: flag,
  mutants: flag,
  only: { ...text, default: '' },
  processes: text,
} as const;

const whole = (least: number) =>
  z
    .string()
    .refine((value) => Number.isSafeInteger(Number(value)) && Number(value) >= least, {
      error: ({ input }) => `must be a whole number from ${least}, not "${String(input)}"`,
    })
    .transform(Number);

const schema = z.object({
  histories: whole(1),
  seed: whole(0),
  history: whole(0).optional(),
  store: z
    .enum(STORES, { error: ({ input }) => `"${String(input)}" is unknown; known are ${STORES.join(', ')}` })
    .optional(),
  postgres: z.boolean(),
  mutants: z.boolean(),
  only: z.string(),
  processes: whole(1).default(availableParallelism()),
});

export type Arguments = z.output<typeof schema>;

/** @throws Help, Misuse */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = readCommandLine(args, { usage, options });
  // What a fault needs may be drawn once in hundreds of histories. Most are caught by the first few.
  const histories = values.mutants ? '4000' : '1000';
  const parsed = schema.safeParse({ histories, ...values });
  if (parsed.success) return parsed.data;
  throw new Misuse(
    parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n'),
  );
}
