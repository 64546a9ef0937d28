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
export function ticketStatus(
  seed: number,
  { id, version, fate }: Pick<TicketVersion, 'id' | 'version' | 'fate'>,
): string {
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

/**
 * One ticket as the export shows it, as JSON without spaces. About 2 % are old archived bodies that lack the keys Zendesk
 * added later: any key but `id`, `generated_timestamp` and `updated_at` can be missing (§ fields on the wire).
 * `extra` is JSON put before the closing brace (nested sideloads).
 */
export function ticketJson(style: TicketStyle, ticket: TicketVersion, extra = ''): string {
  const { seed } = style;
  const { id, version, fate } = ticket;
  const h = hash(seed, id, 4);
  const links = ticketLinks(style, id);
  const scrubbed = fate === 'scrubbed';
  const archived = h % 50 === 0;
  const status = ticketStatus(seed, ticket);
  const subject = scrubbed ? 'SCRUBBED' : pick(SUBJECTS, h >>> 3) + (version > 0 ? ` (${version})` : '');
  const kind = pick(KINDS, h >>> 9);
  const size = pick(style.sizes, hash(seed, id, 7));
  const customFields = scrubbed ? '[]' : customFieldsJson(seed, id, version, size.customFields);
  return (
    `{"url":"https://${style.subdomain}.zendesk.com/api/v2/tickets/${id}.json","id":${id},` +
    `"external_id":${h % 9 === 0 ? `"crm-${h}"` : 'null'},` +
    (h % 211 === 0 ? '' : `"via":${viaJson(seed, id)},`) +
    `"created_at":"${iso(ticket.createdAt)}","updated_at":"${iso(ticket.updatedAt)}",` +
    `"${tickets.version.key}":${ticket.generatedTimestamp},"type":${kind},"subject":"${subject}","raw_subject":"${subject}",` +
    `"description":"${scrubbed ? 'X' : descriptionJson(seed, id, version, size.descriptionLength)}",` +
    `"priority":${pick(PRIORITIES, (h >>> 5) + version)},"status":"${status}",` +
    `"recipient":${h % 8 === 0 ? '"support@demo.example"' : 'null'},"requester_id":${links.requester},` +
    `"submitter_id":${links.requester},"assignee_id":${links.assignee},"organization_id":${links.organization},` +
    `"group_id":${links.group},"collaborator_ids":[],"follower_ids":[${h % 10 === 0 ? anEndUser(h >>> 4, style.population) : ''}],` +
    `"email_cc_ids":[],"forum_topic_id":null,"problem_id":null,"has_incidents":false,"is_public":true,` +
    `"due_at":${kind === '"task"' ? `"${iso(ticket.createdAt + 604_800)}"` : 'null'},` +
    `"tags":${scrubbed ? '[]' : `["${pick(TAGS, h >>> 6)}","${pick(TAGS, (h >>> 6) + 1 + version)}"]`},` +
    `"custom_fields":${customFields},"satisfaction_rating":${satisfactionJson(h >>> 2)},"sharing_agreement_ids":[],` +
    (archived
      ? ''
      : `"custom_status_id":${36_000_040 + (h % 5)},"encoded_id":"${h.toString(36).toUpperCase()}-${id}",` +
        `"fields":${customFields},"from_messaging_channel":${h % 6 === 0},"support_type":"${supportType(seed, id)}",`) +
    `"followup_ids":[],"ticket_form_id":360000401,"brand_id":360000001,"allow_channelback":false,"allow_attachments":true` +
    extra +
    '}'
  );
}
