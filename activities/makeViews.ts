import { log } from '@temporalio/activity';
import type { Destination } from '../src/destinations/destination';

/**
 * Makes an account's views for dashboards, where any are wanted. An export does its work without them, too.
 * @returns why they are not as they should be; null: they are, or none are wanted
 */
export async function makeViews(store: Destination, subdomain: string): Promise<string | null> {
  const problem = (await store.makeViews(subdomain))?.problem ?? null;
  if (problem !== null) log.warn('the views for dashboards are not up to date', { subdomain, problem });
  return problem;
}
