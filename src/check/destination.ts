import type { NamedDestination } from '../account/config';
import { DestinationInUse, DestinationRefused, type Destination } from '../destinations/destination';
import { openDestination } from '../destinations/open';
import type { Fact } from './fact';

/**
 * Makes what is missing in the destination, as an export would, and proves that pages can be written.
 * @param subdomains the accounts whose exports go there: each may have views
 */
export async function checkDestination(
  { name, url }: NamedDestination,
  subdomains: readonly string[] = [],
): Promise<readonly [Fact, ...Fact[]]> {
  const about = `destination ${name}`;
  const destination = openDestination(url);
  try {
    const lacking = await destination.prepare();
    const views = await viewsFacts(destination, about, subdomains);
    await destination.close();
    const takes: Fact =
      lacking.length === 0
        ? { kind: 'ok', about, text: 'takes pages' }
        : { kind: 'warn', about, text: `takes pages, but could not make ${lacking.join(' ')}` };
    return [takes, ...views];
  } catch (error) {
    await destination.close().catch(() => undefined);
    const text = error instanceof Error ? error.message : String(error);
    // A worker closes its file whenever it waits.
    if (error instanceof DestinationInUse)
      return [{ kind: 'warn', about, text: `in use, by a worker? ${text}` }];
    const isRefusal = error instanceof DestinationRefused;
    return [{ kind: 'fail', about, text: isRefusal ? text : `out of reach: ${text}` }];
  }
}

/** Views for dashboards are no condition of an export. */
async function viewsFacts(
  destination: Destination,
  about: string,
  subdomains: readonly string[],
): Promise<readonly Fact[]> {
  const facts: Fact[] = [];
  for (const subdomain of subdomains) {
    const made = await destination.makeViews(subdomain);
    if (made === null) continue;
    const { schema, problem } = made;
    facts.push(
      problem === null
        ? { kind: 'ok', about, text: `has the views of ${subdomain} in the schema ${schema}` }
        : { kind: 'warn', about, text: problem },
    );
  }
  return facts;
}
