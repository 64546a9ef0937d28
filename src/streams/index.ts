import { groups } from './groups';
import { metricSets } from './metricSets';
import { organizations } from './organizations';
import { sharingAgreements } from './sharingAgreements';
import type { IncrementalPaging, Stream } from './stream';
import { ticketEvents } from './ticketEvents';
import { ticketForms } from './ticketForms';
import { ticketMetricEvents } from './ticketMetricEvents';
import { tickets } from './tickets';
import { userIdentities } from './userIdentities';
import { users } from './users';

/** Every kind of record, by its name. An export reads them in this order where the operator names none. */
export const STREAMS = {
  tickets,
  users,
  organizations,
  ticket_events: ticketEvents,
  ticket_metric_events: ticketMetricEvents,
  user_identities: userIdentities,
  groups,
  ticket_forms: ticketForms,
  metric_sets: metricSets,
  sharing_agreements: sharingAgreements,
} as const satisfies Readonly<Record<string, Stream>>;

export type StreamName = keyof typeof STREAMS;

/** All of them: each has a table. */
export const TABLE_NAMES = Object.keys(STREAMS) as readonly StreamName[];

/** Those that an export can read; the others come with them. */
export const STREAM_NAMES = TABLE_NAMES.filter((name) => STREAMS[name].paging.kind !== 'sideload');

/** How a stream is read. */
export function pagingOf(name: StreamName): IncrementalPaging {
  const { paging } = STREAMS[name];
  if (paging.kind === 'sideload') throw new Error(`${name} come with other records`);
  return paging;
}

/** The table that a sideload of a stream is written to; undefined where it has none. */
export function sideloadTable(stream: StreamName, sideload: string): StreamName | undefined {
  const found = STREAMS[stream].sideloads.find(({ name }) => name === sideload);
  return TABLE_NAMES.find((name) => name === found?.table);
}

/**
 * The name of a stream as it was stored.
 * @throws Error when this release has no such stream
 */
export function streamNamed(name: unknown): StreamName {
  const known = TABLE_NAMES.find((each) => each === name);
  if (known === undefined) throw new Error(`there is no stream ${JSON.stringify(name)}`);
  return known;
}
