import { hash, pick } from './random';
import type { TicketState } from './tickets';
import { iso } from './time';
import { SENTENCES } from './vocabulary';

/** Everything an event's JSON is made from. `at` is in Unix seconds. */
export interface TicketEvent {
  readonly id: number;
  readonly ticket: number;
  readonly at: number;
  /** The ticket before and after; null: it did not exist; undefined: it did not change. */
  readonly before: TicketState | null | undefined;
  readonly after: TicketState | undefined;
  readonly comment: boolean;
}

const PROPERTIES = [
  'status',
  'priority',
  'type',
  'subject',
  'requester_id',
  'assignee_id',
  'group_id',
  'organization_id',
  'ticket_form_id',
  'brand_id',
] as const;

/** As strings, as they often come in child events (§ ticket events). */
const VIAS = ['Web form', 'Mail', 'Rule'] as const;

type Child = Record<string, unknown>;

/** Has keys of a ticket's properties, and says nothing of these. */
const NOTIFICATION = {
  event_type: 'Notification',
  type: 'Notification',
  subject: 'Request received: {{ticket.title}}',
  body: 'Your request has been received.',
  recipients: [370_000_000_001],
};

/** One event as the export shows it. Without `withComments` a comment is only said to be there. */
export function ticketEventJson(seed: number, event: TicketEvent, withComments: boolean): string {
  const { id, ticket, at, before, after } = event;
  const h = hash(seed, id % 4_194_304, 51);
  const requester = after?.requester_id ?? -1;
  const author = before === null ? requester : (after?.assignee_id ?? requester);
  const said = propertiesOf(event);
  // Some come as the audits have them (§ ticket events).
  const properties = h % 4 === 0 ? said.flatMap(byName) : said;
  const children: Child[] = [
    ...properties,
    ...(before === null && h % 3 === 0 ? agreement(h) : []),
    ...(event.comment || properties.length === 0 ? [comment(event, author, h, withComments)] : []),
    ...(h % 6 === 0 ? [NOTIFICATION] : []),
    // New types appear without notice (§ ticket events).
    ...(h % 50 === 0
      ? [{ event_type: 'AgentMacroReference', macro_id: 360_000_801, type: 'AgentMacroReference' }]
      : []),
  ];
  return JSON.stringify({
    child_events: children.map((child, index) => ({
      id: id * 100 + index,
      via:
        (h + index) % 3 === 0
          ? pick(VIAS, h >>> 3)
          : { channel: 'web', source: { from: {}, to: {}, rel: null } },
      via_reference_id: null,
      ...child,
    })),
    id,
    ticket_id: ticket,
    timestamp: at,
    created_at: iso(at),
    updater_id: h % 17 === 0 ? -1 : author,
    via: pick(VIAS, h >>> 3),
    system: {
      client: 'Mozilla/5.0 (X11; Linux x86_64)',
      location: 'Zürich, 25, Switzerland',
      latitude: 47.3667,
      longitude: 8.55,
      ip_address: '192.0.2.7',
    },
    metadata: {},
    ...(h % 60 === 0 ? { merged_ticket_ids: [Math.max(1, ticket - 1)] } : {}),
    event_type: 'Audit',
  });
}

function propertiesOf({ before, after }: TicketEvent): Child[] {
  if (before === undefined || after === undefined) return [];
  return before === null ? [created(after)] : changes(before, after);
}

/** The one child event of a new ticket's properties. */
function created(ticket: TicketState): Child {
  const { tags } = ticket;
  return {
    event_type: 'Create',
    ...Object.fromEntries(PROPERTIES.map((key) => [key, ticket[key]])),
    tags,
    added_tags: tags,
    removed_tags: [],
    custom_ticket_fields: Object.fromEntries(valuesOf(ticket)),
  };
}

/** One child event for each property that changed, with the property as a key. */
function changes(before: TicketState, after: TicketState): Child[] {
  const properties = PROPERTIES.filter((key) => before[key] !== after[key]).map((key) => ({
    event_type: 'Change',
    [key]: after[key],
    previous_value: before[key],
  }));
  const added = after.tags.filter((tag) => !before.tags.includes(tag));
  const removed = before.tags.filter((tag) => !after.tags.includes(tag));
  const tags = { event_type: 'Change', tags: after.tags, added_tags: added, removed_tags: removed };
  return [
    ...properties,
    ...(added.length + removed.length > 0 ? [tags] : []),
    ...(before.customFields === after.customFields ? [] : fieldChanges(before, after)),
  ];
}

function fieldChanges(before: TicketState, after: TicketState): Child[] {
  const old = valuesOf(before);
  return [...valuesOf(after)]
    .filter(([id, value]) => JSON.stringify(value) !== JSON.stringify(old.get(id)))
    .map(([id, value]) => ({
      event_type: 'Change',
      custom_ticket_fields: { [id]: value },
      previous_value: old.get(id) ?? null,
    }));
}

/** The other shape: a child event for each property, with its name and value. */
function byName({ event_type, previous_value, custom_ticket_fields: fields, ...rest }: Child): Child[] {
  const values = Object.entries({ ...rest, ...(fields as Child | undefined) });
  const old = previous_value === undefined ? {} : { previous_value };
  return values
    .filter(([name]) => name !== 'added_tags' && name !== 'removed_tags')
    .map(([field_name, value]) => ({ event_type, type: event_type, field_name, value, ...old }));
}

/** What an SLA promises comes in that shape alone (§ field names). */
function agreement(h: number): Child[] {
  const promise = { minutes: 15 * (1 + (h % 40)), in_business_hours: h % 2 === 0 };
  const values = { sla_policy: 'Premium', first_reply_time: promise };
  return Object.entries(values).map(([field_name, value]) => ({ event_type: 'Create', field_name, value }));
}

/** The values of custom fields, by the field's id as text. */
function valuesOf({ customFields }: TicketState): Map<string, unknown> {
  const fields = JSON.parse(customFields) as readonly { id: number; value: unknown }[];
  return new Map(fields.map(({ id, value }) => [String(id), value]));
}

/** Of every fortieth comment each. */
const COMMENT_TYPES = ['VoiceComment', 'FacebookComment', 'Tweet'];

function attachment(h: number): object {
  const file_name = `screenshot-${h % 100}.png`;
  return { id: h, file_name, content_type: 'image/png', size: h % 1_000_000, inline: h % 2 === 0 };
}

function comment({ id, at, before, after }: TicketEvent, author: number, h: number, whole: boolean): Child {
  const event_type = COMMENT_TYPES[h % 40] ?? 'Comment';
  const isPublic = before === null || h % 5 > 0;
  if (!whole) return { event_type, comment_present: true, comment_public: isPublic };
  const text: unknown = before === null ? after?.description() : JSON.parse(`"${pick(SENTENCES, h >>> 5)}"`);
  const body = String(text);
  return {
    event_type,
    type: event_type,
    author_id: author,
    body,
    html_body: `<div class="zd-comment" dir="auto"><p>${body.replace(/</g, '&lt;')}</p></div>`,
    // Absent where the comment came through the API (§ ticket events).
    ...(h % 7 === 0 ? {} : { plain_body: body }),
    public: isPublic,
    attachments: h % 9 === 0 ? [attachment(h)] : [],
    audit_id: id,
    created_at: iso(at),
    ...(event_type === 'VoiceComment'
      ? { data: { call_id: h, recording_url: null, call_duration: h % 600 } }
      : {}),
  };
}
