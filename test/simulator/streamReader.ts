import type { ServedStream, Simulator } from '../../src/simulator';
import { getJson } from './reader';

export type Row = Record<string, unknown> & { readonly id: number };
export type Body = Record<string, unknown>;

export interface ListBody extends Body {
  readonly meta: { has_more: boolean; after_cursor?: string; before_cursor?: string };
  readonly links: { next: string | null; prev: string | null };
}

/** What was read, and where to go on from. */
interface Read<Place> {
  readonly rows: Row[];
  readonly end: Place;
}

interface Reading<Place> {
  readonly start?: Place;
  /** Called between two pages. */
  readonly meanwhile?: () => void;
}

export const path = (stream: ServedStream): string => `/api/v2/incremental/${stream}`;

export function rowsOf(stream: ServedStream, body: Body): Row[] {
  return body[stream] as Row[];
}

/** By time: `end_time` leads on until the end of the stream. */
export async function readByTime(
  simulator: Simulator,
  stream: ServedStream,
  perPage: number,
  { start = 0, meanwhile }: Reading<number> = {},
): Promise<Read<number>> {
  const rows: Row[] = [];
  for (let end = start; ;) {
    const query = `start_time=${end}&per_page=${perPage}&support_type_scope=all&include=comment_events`;
    const body = (await getJson(simulator, `${path(stream)}?${query}`)) as Body;
    rows.push(...rowsOf(stream, body));
    end = (body.end_time as number | null) ?? end;
    if (body.end_of_stream === true) return { rows, end };
    meanwhile?.();
  }
}

/** By cursor: `after_cursor` leads on until the end of the stream. A place is a part of the query. */
export async function readByCursor(
  simulator: Simulator,
  stream: 'tickets' | 'users',
  perPage: number,
  { start = 'start_time=0', meanwhile }: Reading<string> = {},
): Promise<Read<string>> {
  const rows: Row[] = [];
  for (let end = start; ;) {
    const query = `${end}&per_page=${perPage}&support_type_scope=all`;
    const body = (await getJson(simulator, `${path(stream)}/cursor?${query}`)) as Body;
    rows.push(...rowsOf(stream, body));
    end = `cursor=${encodeURIComponent(body.after_cursor as string)}`;
    if (body.end_of_stream === true) return { rows, end };
    meanwhile?.();
  }
}

/** As a list: `links.next` leads on while there is more. A place is a part of the query. */
export async function readList(
  simulator: Simulator,
  size: number,
  { start = 'start_time=0', meanwhile }: Reading<string> = {},
): Promise<Read<string>> {
  const rows: Row[] = [];
  let end = start;
  for (let next = `${path('ticket_metric_events')}?${start}&page[size]=${size}`; ;) {
    const body = (await getJson(simulator, next)) as ListBody;
    rows.push(...rowsOf('ticket_metric_events', body));
    // On an empty page there is none.
    if (body.meta.after_cursor !== undefined) end = `page[after]=${body.meta.after_cursor}`;
    if (!body.meta.has_more) return { rows, end };
    meanwhile?.();
    const { pathname, search } = new URL(body.links.next ?? fail());
    next = pathname + search;
  }
}

function fail(): never {
  throw new Error('there is more, and no link to it');
}

/** The last that a reader saw of each record. */
export function newest(rows: readonly Row[]): Map<number, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}

/** What a reader must end up with. */
export function truth(simulator: Simulator, stream: ServedStream): Map<number, Row> {
  return new Map(
    [...simulator.truthOf(stream)].map(([id, record]) => [id, JSON.parse(record.json()) as Row]),
  );
}
