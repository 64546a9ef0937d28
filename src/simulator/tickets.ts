import { tickets } from '../streams/tickets';
import { customFieldsJson } from './customFields';
import type { Fate } from './history';
import { aGroup, anAgent, anEndUser, organizationOf, type Population } from './population';
import { fraction, hash, pick } from './random';
import type { TicketShape } from './shapes';
import { iso } from './time';
import { viaJson } from './via';
import { COMMENTS, SENTENCES, SUBJECTS, TAGS } from './vocabulary';

/** Everything a ticket's JSON is made from. Times are Unix seconds. */
export interface TicketVersion {
  readonly id: number;
  readonly version: number;
  readonly fate: Fate;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly generatedTimestamp: number;
}

type TicketOf = Pick<TicketVersion, 'id' | 'version' | 'fate'>;

/** What is the same for every ticket of one simulator. */
export interface TicketStyle {
  readonly seed: number;
  readonly subdomain: string;
  readonly population: Population;
  /** Each ticket is of one of them. */
  readonly sizes: readonly TicketSize[];
}

interface TicketSize {
  /** Number of custom fields. */
  readonly customFields: number;
  /** Mean length of a description, in characters. */
  readonly descriptionLength: number;
}

/** The people and groups a ticket points to; sideloads are built from the same ones. */
export interface TicketLinks {
  readonly requester: number;
  readonly assignee: number | null;
  readonly group: number;
  readonly organization: number | null;
}

/** The only ones. */
export const TICKET_FORM = 360_000_401;
const BRAND = 360_000_001;

const ENVELOPE_BYTES = 1190;
const BYTES_PER_CUSTOM_FIELD = 82;

export function ticketStyle({
  shapes,
  ...style
}: Omit<TicketStyle, 'sizes'> & { readonly shapes: readonly TicketShape[] }): TicketStyle {
  return { ...style, sizes: shapes.map(sizeOf) };
}

function sizeOf({ bytes, customFields: wanted }: TicketShape): TicketSize {
  const spare = Math.max(0, bytes - ENVELOPE_BYTES);
  const customFields = wanted ?? Math.min(80, Math.max(3, Math.floor(spare / 2 / BYTES_PER_CUSTOM_FIELD)));
  return { customFields, descriptionLength: Math.max(40, spare - customFields * BYTES_PER_CUSTOM_FIELD) };
}

/** The number of custom fields that the account has. */
export function customFieldsOf({ sizes }: TicketStyle): number {
  return Math.max(...sizes.map(({ customFields }) => customFields));
}

const SETTLED = [
  'closed',
  'closed',
  'closed',
  'closed',
  'closed',
  'closed',
  'solved',
  'solved',
  'open',
  'pending',
  'hold',
  'new',
];
const MOVING = ['open', 'open', 'pending', 'hold', 'solved'];
const KINDS = ['"incident"', '"question"', '"problem"', '"task"', 'null'];
const PRIORITIES = ['"low"', '"normal"', '"normal"', '"high"', '"urgent"', 'null', 'null'];

/** The `status` of a version. "deleted" is not in Zendesk's OpenAPI enum, and is what the export says. */
export function ticketStatus(seed: number, { id, version, fate }: TicketOf): string {
  if (fate !== 'live') return 'deleted';
  return version === 0 ? pick(SETTLED, hash(seed, id, 1)) : pick(MOVING, hash(seed, id, 100 + version));
}

/** About 3 % of the tickets belong to an AI agent, and are hidden by the default `support_type_scope`. */
export function supportType(seed: number, id: number): 'agent' | 'ai_agent' {
  return hash(seed, id, 2) % 100 < 3 ? 'ai_agent' : 'agent';
}

export function ticketLinks({ seed, population }: TicketStyle, id: number): TicketLinks {
  const h = hash(seed, id, 3);
  const requester = anEndUser(h, population);
  return {
    requester,
    assignee: h % 7 === 0 ? null : anAgent(h >>> 3, population),
    group: aGroup(h >>> 5),
    organization: organizationOf(seed, requester, population),
  };
}

function satisfactionJson(h: number): string {
  switch (h % 6) {
    case 0:
      return 'null';
    case 1:
      return '{"score":"offered"}';
    case 2:
      return `{"score":"bad","comment":"${pick(COMMENTS, h >>> 5)}"}`;
    case 3:
      return `{"id":${h},"score":"good","comment":"${pick(COMMENTS, h >>> 5)}","reason":"No reason provided","reason_id":0}`;
    default:
      return '{"score":"unoffered"}';
  }
}

function descriptionJson(seed: number, id: number, version: number, length: number): string {
  const wanted = length * (0.4 + 1.2 * fraction(seed, id, 5));
  let h = hash(seed, id, 6 + version * 8);
  let text = `Ticket ${id}: `;
  while (text.length < wanted) {
    text += pick(SENTENCES, h >>> 7);
    h = (Math.imul(h, 1_664_525) + 1_013_904_223) >>> 0;
  }
  return text;
}

/** What is said of a ticket by its own JSON and by its events, as JSON. */
function ticketParts(
  style: TicketStyle,
  ticket: TicketOf,
): {
  readonly [Part in 'subject' | 'kind' | 'priority' | 'tags' | 'customFields']: string;
} {
  const { seed, sizes } = style;
  const { id, version, fate } = ticket;
  const h = hash(seed, id, 4);
  const kind = pick(KINDS, h >>> 9);
  const priority = pick(PRIORITIES, (h >>> 5) + version);
  if (fate === 'scrubbed') return { kind, priority, subject: '"SCRUBBED"', tags: '[]', customFields: '[]' };
  return {
    kind,
    priority,
    subject: `"${pick(SUBJECTS, h >>> 3)}${version > 0 ? ` (${version})` : ''}"`,
    tags: `["${pick(TAGS, h >>> 6)}","${pick(TAGS, (h >>> 6) + 1 + version)}"]`,
    customFields: customFieldsJson(seed, id, version, pick(sizes, hash(seed, id, 7)).customFields),
  };
}

function descriptionOf({ seed, sizes }: TicketStyle, { id, version, fate }: TicketOf): string {
  if (fate === 'scrubbed') return 'X';
  return descriptionJson(seed, id, version, pick(sizes, hash(seed, id, 7)).descriptionLength);
}

/** What events say of a ticket, under the names that its own JSON has. */
export interface TicketState {
  readonly status: string;
  readonly priority: unknown;
  readonly type: unknown;
  readonly subject: unknown;
  readonly requester_id: number;
  readonly assignee_id: number | null;
  readonly group_id: number;
  readonly organization_id: number | null;
  readonly ticket_form_id: number;
  readonly brand_id: number;
  readonly tags: readonly string[];
  /** As JSON: most events leave them alone. */
  readonly customFields: string;
  description(): unknown;
}

export function ticketState(style: TicketStyle, ticket: TicketOf): TicketState {
  const { subject, kind, priority, tags, customFields } = ticketParts(style, ticket);
  const { requester, assignee, group, organization } = ticketLinks(style, ticket.id);
  return {
    status: ticketStatus(style.seed, ticket),
    priority: JSON.parse(priority),
    type: JSON.parse(kind),
    subject: JSON.parse(subject),
    requester_id: requester,
    assignee_id: assignee,
    group_id: group,
    organization_id: organization,
    ticket_form_id: TICKET_FORM,
    brand_id: BRAND,
    tags: JSON.parse(tags) as string[],
    customFields,
    description: () => JSON.parse(`"${descriptionOf(style, ticket)}"`) as unknown,
  };
}

/**
 * One ticket as the export shows it, as JSON without spaces. About 2 % are old archived bodies that lack the keys Zendesk
 * added later: any key but `id`, `generated_timestamp` and `updated_at` can be missing (§ fields on the wire).
 * `extra` is JSON put before the closing brace (nested sideloads).
 */
export function ticketJson(style: TicketStyle, ticket: TicketVersion, extra = ''): string {
  const { seed } = style;
  const { id } = ticket;
  const h = hash(seed, id, 4);
  const links = ticketLinks(style, id);
  const archived = h % 50 === 0;
  const { subject, kind, priority, tags, customFields } = ticketParts(style, ticket);
  return (
    `{"url":"https://${style.subdomain}.zendesk.com/api/v2/tickets/${id}.json","id":${id},` +
    `"external_id":${h % 9 === 0 ? `"crm-${h}"` : 'null'},` +
    (h % 211 === 0 ? '' : `"via":${viaJson(seed, id)},`) +
    `"created_at":"${iso(ticket.createdAt)}","updated_at":"${iso(ticket.updatedAt)}",` +
    `"${tickets.version.key}":${ticket.generatedTimestamp},"type":${kind},"subject":${subject},"raw_subject":${subject},` +
    `"description":"${descriptionOf(style, ticket)}",` +
    `"priority":${priority},"status":"${ticketStatus(seed, ticket)}",` +
    `"recipient":${h % 8 === 0 ? '"support@demo.example"' : 'null'},"requester_id":${links.requester},` +
    `"submitter_id":${links.requester},"assignee_id":${links.assignee},"organization_id":${links.organization},` +
    `"group_id":${links.group},"collaborator_ids":[],"follower_ids":[${h % 10 === 0 ? anEndUser(h >>> 4, style.population) : ''}],` +
    `"email_cc_ids":[],"forum_topic_id":null,"problem_id":null,"has_incidents":false,"is_public":true,` +
    `"due_at":${kind === '"task"' ? `"${iso(ticket.createdAt + 604_800)}"` : 'null'},` +
    `"tags":${tags},` +
    `"custom_fields":${customFields},"satisfaction_rating":${satisfactionJson(h >>> 2)},"sharing_agreement_ids":[],` +
    (archived
      ? ''
      : `"custom_status_id":${36_000_040 + (h % 5)},"encoded_id":"${h.toString(36).toUpperCase()}-${id}",` +
        `"fields":${customFields},"from_messaging_channel":${h % 6 === 0},"support_type":"${supportType(seed, id)}",`) +
    `"followup_ids":[],"ticket_form_id":${TICKET_FORM},"brand_id":${BRAND},"allow_channelback":false,"allow_attachments":true` +
    extra +
    '}'
  );
}
