import { toActivityFailure } from './failures';

/**
 * An activity's argument, checked: whoever may start workflows can have it called with anything.
 * @throws ApplicationFailure, which fails the workflow by name
 */
export function checked<T>(parse: (asked: unknown) => T, asked: unknown): T {
  try {
    return parse(asked);
  } catch (error) {
    throw toActivityFailure(error, 1, false);
  }
}
