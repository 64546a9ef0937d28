import { z } from 'zod';
import type { CustomField } from '../streams/customField';
import type { Answer } from './http';
import { jsonOrUndefined } from '../json';
import { answerError } from './refusal';

/** Far more fields than an account can have. */
const MOST_PAGES = 100;

/**
 * Reads `GET /api/v2/ticket_fields`, page by page.
 * @param ask answers undefined when the credentials may not see them; then the result is undefined, too
 * @throws ZendeskError also when the list has no end
 */
export async function readTicketFields(
  baseUrl: string,
  ask: (url: URL) => Promise<Answer | undefined>,
): Promise<readonly CustomField[] | undefined> {
  const fields = new Map<number, CustomField>();
  const urlOf = (query: Readonly<Record<string, string>>): URL =>
    new URL(`${baseUrl}/api/v2/ticket_fields?${new URLSearchParams(query).toString()}`);
  const asked = new Set<string>();
  let next: FieldPage['next'] = FIRST;
  while (next !== undefined) {
    const url = urlOf(next);
    const answer = await ask(url);
    if (answer === undefined) return undefined;
    const read = readFields(answer.body);
    if (read === undefined)
      throw answerError('unavailable', answer, url, 'the answer holds no list of ticket fields');
    asked.add(url.search);
    for (const field of read.fields) fields.set(field.id, field);
    ({ next } = read);
    // A retry would run in the same circle.
    if (asked.size === MOST_PAGES || (next !== undefined && asked.has(urlOf(next).search)))
      throw answerError('refused', answer, url, `the list of ticket fields has no end (${asked.size} pages)`);
  }
  return [...fields.values()];
}

interface FieldPage {
  readonly fields: readonly CustomField[];
  /** The query of the next page; undefined on the last. */
  readonly next: Readonly<Record<string, string>> | undefined;
}

/** The query of the first page. */
const FIRST: Readonly<Record<string, string>> = { 'page[size]': '100' };

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
    return { ...FIRST, 'page[after]': meta.after_cursor };
  }
  if (meta?.has_more !== undefined || !nextPage || !URL.canParse(nextPage)) return undefined;
  // Pages by number, from a Zendesk or a proxy that does not know `page[size]`.
  const { searchParams } = new URL(nextPage);
  const page = searchParams.get('page');
  if (page === null) return undefined;
  const size = searchParams.get('per_page');
  return { page, ...(size === null ? {} : { per_page: size }) };
}
