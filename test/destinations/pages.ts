import type { Batch } from '../../src/destinations/destination';
import type { RecordId, RecordVersion } from '../../src/streams/record';
import { recordReader } from '../../src/zendesk/recordReader';
import { STREAMS, type StreamName } from '../../src/streams';

export const NOON = 1_700_000_000;

/** A record as the client reads it from Zendesk's JSON. */
export function read(json: string, stream: StreamName = 'tickets'): RecordVersion {
  const record = recordReader(STREAMS[stream]).read(json);
  if (record.kind === 'rejected') throw new Error(`no record of ${stream}: ${record.reason}`);
  return record;
}

/** The id of a record whose number that is. */
export function idOf(stream: StreamName, number: number): RecordId {
  return STREAMS[stream].id.type === 'integer' ? number : String(number);
}

/** Of a stream, at a version in Unix seconds. */
export function recordOf(
  stream: StreamName,
  id: number,
  version = NOON,
  fields: Record<string, unknown> = {},
): RecordVersion {
  const { key, form } = STREAMS[stream].version;
  const value = form === 'seconds' ? version : isoTime(version);
  const { key: idKey } = STREAMS[stream].id;
  return read(JSON.stringify({ [key]: value, ...fields, [idKey]: idOf(stream, id) }), stream);
}

export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

export function ticket(
  id: number,
  generatedTimestamp = NOON,
  fields: Record<string, unknown> = {},
): RecordVersion {
  return read(
    JSON.stringify({
      id,
      generated_timestamp: generatedTimestamp,
      status: 'open',
      subject: `Ticket ${id}`,
      ...fields,
    }),
  );
}

/** A page of the account acme, whose checkpoint names it. */
export function page(number: number, tickets: readonly RecordVersion[], rest: Partial<Batch> = {}): Batch {
  const times = tickets.map((version) => version.version);
  return {
    subdomain: 'acme',
    stream: 'tickets',
    key: { exportId: 'export-1', epoch: 0, page: number },
    records: tickets,
    rejected: [],
    sideloads: new Map(),
    sweep: null,
    position: `start_time ${NOON}`,
    first: times.length === 0 ? null : Math.min(...times),
    last: times.length === 0 ? null : Math.max(...times),
    checkpoint: () => JSON.stringify({ page: number }),
    ...rest,
  };
}
