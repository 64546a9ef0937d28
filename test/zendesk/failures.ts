import { types } from 'node:util';
import { ZendeskError } from '../../src/zendesk/failure';

/** The error that `work` fails with; anything but a ZendeskError fails the test. */
export async function failureOf(work: Promise<unknown>): Promise<ZendeskError> {
  const error: unknown = await work.then(
    () => 'no failure',
    (reason: unknown) => reason,
  );
  if (error instanceof ZendeskError) return error;
  throw new Error(`expected a ZendeskError, got ${String(error)}`);
}

/** Everything of an error that could be logged, its causes included. */
export function everythingOf(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  const own = Object.getOwnPropertyNames(error).map((key) => String(Reflect.get(error, key)));
  return [String(error), JSON.stringify(error), ...own, everythingOf(error.cause)].join('\n');
}
