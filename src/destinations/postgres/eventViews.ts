import type { PoolClient } from 'pg';
import { ticketEvents } from '../../streams/ticketEvents';
import {
  EVENT_VIEWS,
  CHANGE_KINDS,
  COMMENT_KINDS,
  EVENT_TIME,
  NO_FIELD_LIST,
  lacking,
  type EventView,
} from '../eventViews';
import { makeMissingIndex, SHORT_WAIT } from './schema';
import { READERS } from './sql';
import { lockViews, makeView } from './view';

/** Each child event as `json`, with its place. What is no list has none. */
const CHILDREN = `jsonb_array_elements(CASE jsonb_typeof(child_events) WHEN 'array' THEN child_events END)
  WITH ORDINALITY AS child (json, place)`;

const KIND = `coalesce(json->>'event_type', json->>'type')`;

const COMMENTS = `
SELECT subdomain, ${READERS.integer('id')} AS id, ticket_id,
  ${READERS.integer('author_id')} AS author_id,
  ${READERS.boolean('public')} AS public,
  json->>'body' AS body, json->>'html_body' AS html_body, json->>'plain_body' AS plain_body,
  CASE WHEN json->>'type' ~ '${COMMENT_KINDS}' THEN json->>'type' ELSE json->>'event_type' END AS type,
  coalesce(${READERS.time('created_at')}, ${EVENT_TIME}) AS created_at,
  coalesce(${READERS.json('via')}, via) AS via,
  ${READERS.json('attachments')} AS attachments
FROM ticket_events CROSS JOIN ${CHILDREN}
WHERE ${KIND} ~ '${COMMENT_KINDS}'`;

/** The members of a jsonb `value`. */
function members(value: string): string {
  return `jsonb_each_text(CASE jsonb_typeof(${value}) WHEN 'object' THEN ${value} END) AS member (key, value)`;
}

/** What one child event says of fields: by name and value, or with the fields as keys. */
const FIELDS = `(
    SELECT json->>'field_name' AS field_name, json->>'value' AS value WHERE json->>'field_name' IS NOT NULL
    UNION ALL
    SELECT key, value FROM ${members('json')}
    WHERE json->>'field_name' IS NULL AND key NOT IN ${NO_FIELD_LIST}
      AND NOT (key = 'type' AND coalesce(value, '') IN ${CHANGE_KINDS})
      AND NOT (key IN ('added_tags', 'removed_tags') AND json->'tags' IS NOT NULL)
    UNION ALL
    SELECT key, value FROM ${members(`(json->'custom_ticket_fields')`)} WHERE json->>'field_name' IS NULL
  ) AS field`;

const HISTORY = `
SELECT subdomain, ticket_id, field_name, ${EVENT_TIME} AS updated, value, updater_id AS user_id, id AS event_id
FROM ticket_events CROSS JOIN LATERAL (
  SELECT DISTINCT ON (field_name) field_name, value
  FROM ${CHILDREN} CROSS JOIN LATERAL ${FIELDS}
  WHERE ${KIND} IN ${CHANGE_KINDS}
  ORDER BY field_name, place DESC
) AS change`;

const VIEWS: Readonly<Record<EventView, string>> = {
  ticket_comments: COMMENTS,
  ticket_field_history: HISTORY,
};

/** What only readers need, and how each is made. */
const FOR_READERS: Readonly<Record<string, (client: PoolClient) => Promise<void>>> = {
  'index of ticket_events by ticket_id': async (client) =>
    makeMissingIndex(client, ticketEvents.name, ['ticket_id']),
  ...Object.fromEntries(
    EVENT_VIEWS.map((name) => [
      name,
      async (client: PoolClient): Promise<void> => makeView(client, name, VIEWS[name], 'replace'),
    ]),
  ),
};

/**
 * Each in a transaction of its own: a right that is missing for one holds up nothing else.
 * @returns what could not be made, and why
 */
export async function makeForReaders(
  transaction: (work: (client: PoolClient) => Promise<void>) => Promise<void>,
): Promise<readonly string[]> {
  return lacking(Object.keys(FOR_READERS), async (name) =>
    transaction(async (client) => {
      await client.query(SHORT_WAIT);
      await lockViews(client);
      await FOR_READERS[name]?.(client);
    }),
  );
}
