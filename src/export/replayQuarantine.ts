import type { Destination, QuarantinedRecord } from '../destinations/destination';
import { isOfFuture } from './futureVersions';
import { newestOfEach } from './select';
import type { RecordVersion } from '../streams/record';
import { recordReader } from '../zendesk/record';
import { tickets } from '../streams/tickets';
import { MalformedJson } from '../zendesk/tokens';

export interface Replayed {
  /** Records that have become tickets. */
  readonly tickets: number;
  /** Records that are still no ticket, or still cannot be stored. */
  readonly left: number;
}

/**
 * Tries again what is in quarantine, after this program or the destination has learned to take it. A record that is a
 * ticket now leaves the quarantine in the transaction that stores it, and never replaces a newer version.
 * @param name of this replay in the checkpoint log
 * @param now epoch seconds: a version of the future is a ticket once its time has come
 */
export async function replayQuarantine(
  destination: Destination,
  name: string,
  now = Date.now() / 1000,
): Promise<Replayed> {
  const records = await destination.quarantined();
  const readable = records.flatMap(read).filter(({ ticket }) => !isOfFuture(ticket, now));
  for (const subdomain of new Set(readable.map((record) => record.subdomain))) {
    const own = readable.filter((record) => record.subdomain === subdomain);
    await destination.write({
      subdomain,
      stream: 'tickets',
      key: { exportId: name, epoch: 0, page: 1 },
      records: newestOfEach(own.map(({ ticket }) => ticket)),
      released: own.map(({ digest }) => digest),
      rejected: [],
      sideloads: new Map(),
      position: 'quarantine',
      first: null,
      last: null,
      checkpoint: () => '{}',
    });
  }
  const left = (await destination.quarantined()).length;
  return { tickets: records.length - left, left };
}

function read(record: QuarantinedRecord): (QuarantinedRecord & { readonly ticket: RecordVersion })[] {
  try {
    const ticket = recordReader(tickets).read(record.json);
    return ticket.kind === 'record' ? [{ ...record, ticket }] : [];
  } catch (error) {
    if (error instanceof MalformedJson) return [];
    throw error;
  }
}
