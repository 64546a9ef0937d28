import type { Destination, QuarantinedRecord } from '../destinations/destination';
import { STREAMS, type StreamName } from '../streams';
import type { RecordVersion } from '../streams/record';
import { MalformedJson } from '../zendesk/jsonLexer';
import { JsonScanner } from '../zendesk/jsonScanner';
import { applyRulesToRecord } from '../zendesk/privacy/applyRules';
import type { Privacy } from '../zendesk/privacy/privacy';
import { recordReader } from '../zendesk/recordReader';
import { isOfFuture } from './quarantine';
import { newestOfEach } from './select';

interface Replayed {
  /** Records that are in their table now. */
  readonly stored: number;
  /** Records that still cannot be read, or still cannot be stored. */
  readonly left: number;
}

/**
 * Tries again what is in quarantine, after this program or the destination has learned to take it. A record that can be read
 * now leaves the quarantine in the transaction that stores it, and never replaces a newer version.
 * @param name of this replay in the checkpoint log
 * @param now Unix seconds: a version of the future can be stored once its time has come
 * @param privacyOf the rules of an account, which may be newer than what is in quarantine
 */
export async function replayQuarantine(
  destination: Destination,
  name: string,
  now = Date.now() / 1000,
  privacyOf: (subdomain: string) => Privacy | undefined = () => undefined,
): Promise<Replayed> {
  const quarantined = await destination.quarantined();
  const readable = quarantined
    .flatMap((record) => read(record, privacyOf(record.subdomain)))
    .filter(({ version }) => !isOfFuture(version, now));
  const tables = new Map(readable.map((record) => [record.table, record]));
  for (const [index, { table, subdomain, stream }] of [...tables.values()].entries()) {
    const own = readable.filter((record) => record.table === table);
    await destination.write({
      subdomain,
      stream,
      key: { exportId: name, epoch: 0, page: index + 1 },
      records: newestOfEach(own.map(({ version }) => version)),
      released: own.map(({ digest }) => digest),
      rejected: [],
      sweep: null,
      sideloads: new Map(),
      position: 'quarantine',
      first: null,
      last: null,
      checkpoint: () => '{}',
    });
  }
  const left = (await destination.quarantined()).length;
  return { stored: quarantined.length - left, left };
}

interface ReadableRecord {
  readonly subdomain: string;
  readonly stream: StreamName;
  /** Names the stream and the account. */
  readonly table: string;
  readonly digest: string;
  readonly version: RecordVersion;
}

/** The record as one of its stream; none when it still cannot be read. */
function read(
  { subdomain, stream, digest, json }: QuarantinedRecord,
  privacy: Privacy | undefined,
): ReadableRecord[] {
  try {
    const { [stream]: of } = STREAMS;
    const text =
      privacy === undefined
        ? json
        : applyRulesToRecord(new JsonScanner(Buffer.from(json)), of, privacy).toString();
    const version = recordReader(of).read(text);
    const table = `${stream} of ${subdomain}`;
    return version.kind === 'record' ? [{ subdomain, stream, table, digest, version }] : [];
  } catch (error) {
    if (error instanceof MalformedJson) return [];
    throw error;
  }
}
