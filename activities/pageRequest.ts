import type { PageRequest } from '../src/contract/page';
import { wireRequest } from '../src/contract/pageSchema';
import { fromWireRequest } from '../src/contract/wire';
import { readArgument } from './checked';

const WORDS = { what: 'The request for a page', remedy: 'Start the export again from its watermark.' };

/**
 * Checks the argument of `exportPage`.
 * @throws InvalidInput naming every problem
 */
export function parsePageRequest(asked: unknown): PageRequest {
  return fromWireRequest(readArgument(wireRequest, asked, WORDS));
}
