import type { NamedDestination } from '../account/config';
import { DestinationInUse, DestinationRefused } from '../destinations/destination';
import { openDestination } from '../destinations/open';
import type { Fact } from './fact';

/** Makes what is missing in the destination, as an export would, and proves that pages can be written. */
export async function checkDestination({ name, url }: NamedDestination): Promise<Fact> {
  const about = `destination ${name}`;
  const destination = openDestination(url);
  try {
    const lacking = await destination.prepare();
    await destination.close();
    if (lacking.length === 0) return { kind: 'ok', about, text: 'takes pages' };
    return { kind: 'warn', about, text: `takes pages; readers do without ${lacking.join(' ')}` };
  } catch (error) {
    await destination.close().catch(() => undefined);
    const text = error instanceof Error ? error.message : String(error);
    // A worker closes its file whenever it waits.
    if (error instanceof DestinationInUse)
      return { kind: 'warn', about, text: `in use, by a worker? ${text}` };
    return {
      kind: 'fail',
      about,
      text: error instanceof DestinationRefused ? text : `out of reach: ${text}`,
    };
  }
}
