import type { DuckDBConnection } from '@duckdb/node-api';
import {
  EVENT_VIEWS,
  CHANGE_KINDS,
  COMMENT_KINDS,
  EVENT_TIME,
  NO_FIELD_LIST,
  lacking,
  type EventView,
} from '../eventViews';
import { READERS } from './readRecords';
import { makeView } from './view';

/** Each child event as JSON text; what is no list has none. No lambda and no lateral join, which older readers do not know. */
const CHILDREN = `from_json(child_events, '["JSON"]')`;

const COMMENT = JSON.stringify({
  id: 'JSON',
  author_id: 'JSON',
  public: 'JSON',
  body: 'VARCHAR',
  html_body: 'VARCHAR',
  plain_body: 'VARCHAR',
  type: 'VARCHAR',
  event_type: 'VARCHAR',
  created_at: 'TIMESTAMPTZ',
  via: 'JSON',
  attachments: 'JSON',
});

const KIND = `coalesce(child->>'event_type', child->>'type')`;

const read = (type: 'integer' | 'boolean' | 'time', key: string): string =>
  READERS[type](`comment.${key}`, `child->>'${key}'`);

const COMMENTS = `
SELECT subdomain, ${read('integer', 'id')} AS id, ticket_id,
  ${read('integer', 'author_id')} AS author_id,
  ${read('boolean', 'public')} AS public,
  comment.body AS body, comment.html_body AS html_body, comment.plain_body AS plain_body,
  CASE WHEN regexp_matches(comment.type, '${COMMENT_KINDS}') THEN comment.type ELSE comment.event_type END AS type,
  coalesce(${read('time', 'created_at')}, updated) AS created_at,
  coalesce(comment.via, via) AS via, comment.attachments AS attachments
FROM (
  SELECT *, from_json(child, '${COMMENT}') AS comment
  FROM (SELECT subdomain, ticket_id, ${EVENT_TIME} AS updated, via, unnest(${CHILDREN}) AS child FROM ticket_events)
  WHERE regexp_matches(${KIND}, '${COMMENT_KINDS}')
)`;

/** The members of a JSON `value`. */
function members(value: string): string {
  return `coalesce(map_entries(from_json(${value}, '"MAP(VARCHAR, JSON)"')), [])`;
}

/** What one child event says of fields: by name and value, or with the fields as keys. */
const FIELDS = `CASE WHEN is_named
        THEN [{'key': child->>'field_name', 'value': nullif(child->'value', 'null')}]
        ELSE list_concat(${members('child')}, ${members(`child->'custom_ticket_fields'`)}) END`;

const IS_FIELD = `is_named OR (
    field.key NOT IN ${NO_FIELD_LIST}
    AND NOT (field.key = 'type' AND coalesce(field.value->>'$', '') IN ${CHANGE_KINDS})
    AND NOT (field.key IN ('added_tags', 'removed_tags') AND has_tags)
  )`;

/** The window has plain columns, so that a search for one field does not have it sort all of them. */
const HISTORY = `
SELECT subdomain, ticket_id, field_name, updated, value, user_id, event_id
FROM (
  SELECT *, field.key AS field_name, field.value->>'$' AS value
  FROM (
    SELECT * EXCLUDE (fields), unnest(fields) AS field, generate_subscripts(fields, 1) AS member
    FROM (
      SELECT * EXCLUDE (child), ${FIELDS} AS fields
      FROM (
        SELECT *, child->>'field_name' IS NOT NULL AS is_named, json_exists(child, '$.tags') AS has_tags
        FROM (
          SELECT subdomain, ticket_id, ${EVENT_TIME} AS updated, updater_id AS user_id, id AS event_id,
            unnest(${CHILDREN}) AS child, generate_subscripts(${CHILDREN}, 1) AS place
          FROM ticket_events
        )
        WHERE ${KIND} IN ${CHANGE_KINDS}
      )
    )
  )
  WHERE ${IS_FIELD}
)
QUALIFY row_number() OVER (PARTITION BY subdomain, ticket_id, event_id, field_name ORDER BY place DESC, member DESC) = 1`;

const VIEWS: Readonly<Record<EventView, string>> = {
  ticket_comments: COMMENTS,
  ticket_field_history: HISTORY,
};

/** @returns what could not be made, and why */
export async function makeEventViews(connection: DuckDBConnection): Promise<readonly string[]> {
  return lacking(EVENT_VIEWS, async (name) => {
    // As after a change of tables: rows are not to follow it in the log.
    if (await makeView(connection, name, VIEWS[name])) await connection.run('CHECKPOINT');
  });
}
