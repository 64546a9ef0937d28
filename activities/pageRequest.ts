import { InvalidInput } from '../src/contract/input';
import type { PageRequest } from '../src/contract/page';
import { wireRequest } from '../src/contract/pageSchema';
import { fromWireRequest } from '../src/contract/wire';

/**
 * Checks the argument of `exportPage`: whoever may start workflows can have it called with anything.
 * @throws InvalidInput naming every problem
 */
export function parsePageRequest(asked: unknown): PageRequest {
  const { data, error } = wireRequest.safeParse(asked);
  if (data !== undefined) return fromWireRequest(data);
  const problems = error.issues.map(({ path, message }) => `${path.join('.') || 'all of it'}: ${message}`);
  throw new InvalidInput(
    `The request for a page is not valid (${problems.join('; ')}). Start the export again from its watermark.`,
  );
}
