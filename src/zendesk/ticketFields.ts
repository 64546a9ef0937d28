import { z } from 'zod';
import { jsonOrUndefined } from './json';

/** A custom field of an account's tickets. */
export interface TicketField {
  readonly id: number;
  readonly title: string;
  /** Zendesk's name of the type, which may be one that is new to us. */
  readonly type: string;
  readonly active: boolean;
  /** What a tag among the values of a list is called. */
  readonly options: readonly { readonly value: string; readonly name: string }[];
}

export interface FieldPage {
  readonly fields: readonly TicketField[];
  /** The query of the next page; undefined on the last. */
  readonly next: Readonly<Record<string, string>> | undefined;
}

/** The query of the first page. */
export const FIRST_FIELDS: Readonly<Record<string, string>> = { 'page[size]': '100' };

/** What every account has: these are columns of `tickets` and not among a ticket's `custom_fields`. */
const SYSTEM_TYPES: ReadonlySet<string> = new Set([
  'subject',
  'description',
  'status',
  'custom_status',
  'tickettype',
  'priority',
  'basic_priority',
  'group',
  'assignee',
]);

const option = z.object({ value: z.string(), name: z.string() });
const field = z.object({
  id: z.int().positive(),
  title: z.string().catch(''),
  type: z.string(),
  active: z.boolean().catch(true),
  custom_field_options: z.array(z.unknown()).nullish().catch(null),
});
const body = z.object({
  ticket_fields: z.array(z.unknown()),
  meta: z.object({ has_more: z.boolean().nullish(), after_cursor: z.string().nullish() }).nullish(),
  next_page: z.string().nullish(),
});

/**
 * Reads one page of `GET /api/v2/ticket_fields`. A field that cannot be read is left out: its values stay in the raw JSON.
 * @returns undefined when `text` is no such page
 */
export function readFields(text: string): FieldPage | undefined {
  const { data } = body.safeParse(jsonOrUndefined(text));
  if (data === undefined) return undefined;
  const fields = data.ticket_fields.flatMap((record) => {
    const read = field.safeParse(record).data;
    if (read === undefined || SYSTEM_TYPES.has(read.type)) return [];
    const { custom_field_options: options, ...rest } = read;
    return [{ ...rest, options: (options ?? []).flatMap((one) => option.safeParse(one).data ?? []) }];
  });
  return { fields, next: nextQuery(data) };
}

/** Only the place is taken from the answer: its links may name another host. */
function nextQuery({ meta, next_page: nextPage }: z.output<typeof body>): FieldPage['next'] {
  if (meta?.has_more === true && meta.after_cursor) {
    return { ...FIRST_FIELDS, 'page[after]': meta.after_cursor };
  }
  if (meta?.has_more !== undefined || !nextPage || !URL.canParse(nextPage)) return undefined;
  // Pages by number, from a Zendesk or a proxy that does not know `page[size]`.
  const { searchParams } = new URL(nextPage);
  const page = searchParams.get('page');
  if (page === null) return undefined;
  const size = searchParams.get('per_page');
  return { page, ...(size === null ? {} : { per_page: size }) };
}
