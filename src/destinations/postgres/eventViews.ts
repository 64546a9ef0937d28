import type { ClientBase } from 'pg';
import {
  EVENT_VIEWS,
  CHANGE_KINDS,
  COMMENT_KINDS,
  EVENT_TIME,
  NO_FIELD_LIST,
  type EventView,
} from '../eventViews';
import { READERS } from './sql';
import { lockViews, makeView } from './view';

/** Each child event as `json`, with its place. What is no list has none. */
const CHILDREN = `jsonb_array_elements(CASE jsonb_typeof(child_events) WHEN 'array' THEN child_events END)
  WITH ORDINALITY AS child (json, place)`;

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
WHERE json->>'event_type' ~ '${COMMENT_KINDS}' OR json->>'type' ~ '${COMMENT_KINDS}'`;

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
      AND NOT (key = 'type' AND value IN ${CHANGE_KINDS})
      AND NOT (key IN ('added_tags', 'removed_tags') AND json->'tags' IS NOT NULL)
    UNION ALL
    SELECT key, value FROM ${members(`(json->'custom_ticket_fields')`)} WHERE json->>'field_name' IS NULL
  ) AS field`;

const HISTORY = `
SELECT subdomain, ticket_id, field_name, ${EVENT_TIME} AS updated, value, updater_id AS user_id, id AS event_id
FROM ticket_events CROSS JOIN LATERAL (
  SELECT DISTINCT ON (field_name COLLATE "C") field_name, value
  FROM ${CHILDREN} CROSS JOIN LATERAL ${FIELDS}
  WHERE coalesce(json->>'event_type', json->>'type') IN ${CHANGE_KINDS}
  ORDER BY field_name COLLATE "C", place DESC
) AS change`;

const VIEWS: Readonly<Record<EventView, string>> = {
  ticket_comments: COMMENTS,
  ticket_field_history: HISTORY,
};

/** Whoever reads a view waits behind a change of it that waits itself. */
const SHORT_WAIT = `SET LOCAL lock_timeout = '3s'`;

/** What makes each thing that only readers need. */
export const FOR_READERS: Readonly<Record<string, (client: ClientBase) => Promise<void>>> =
  Object.fromEntries(
    EVENT_VIEWS.map((name) => [
      name,
      async (client: ClientBase): Promise<void> => {
        await client.query(SHORT_WAIT);
        await lockViews(client);
        await makeView(client, name, VIEWS[name], 'replace');
      },
    ]),
  );
