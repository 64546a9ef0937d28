import type { z } from 'zod';
import { InvalidInput } from '../src/contract/input';
import { toActivityFailure } from './failures';

/** Whose argument it is, and what to do where it is not valid. */
interface ArgumentWords {
  readonly what: string;
  readonly remedy: string;
}

/**
 * An activity's argument, read: whoever may start workflows can have it called with anything.
 * @throws InvalidInput naming every problem
 */
export function readArgument<T>(schema: z.ZodType<T>, asked: unknown, { what, remedy }: ArgumentWords): T {
  const parsed = schema.safeParse(asked);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'all of it'}: ${message}`,
  );
  throw new InvalidInput(`${what} is not valid (${problems.join('; ')}). ${remedy}`);
}

/** @throws ApplicationFailure, which fails the workflow by name */
export function checked<T>(parse: (asked: unknown) => T, asked: unknown): T {
  try {
    return parse(asked);
  } catch (error) {
    throw toActivityFailure(error, 1, false);
  }
}
