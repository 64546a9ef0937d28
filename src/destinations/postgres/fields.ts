import { escapeIdentifier, escapeLiteral, type ClientBase } from 'pg';
import { viewColumns, type FieldOption, type FieldTables, type Misfits, type Room } from '../describeFields';
import { OWN_COLUMNS, storable, TYPED, type FieldColumn, type FieldType } from '../fieldColumns';
import { isThere, lockViews, makeView } from './view';

/** The value of a column out of a jsonb `value`; NULL when the value is not of that type. None of these fails. */
const READERS: Record<FieldType, (value: string) => string> = {
  integer: (value) => matching(value, '^[-+]?\\d{1,18}(\\.0+)?$', (text) => `${text}::numeric::bigint`),
  decimal: (value) =>
    matching(value, '^[-+]?\\d{1,100}(\\.\\d{1,100})?([eE][-+]?\\d{1,2})?$', (text) => `${text}::numeric`),
  boolean: (value) => matching(value, '^(true|false)$', (text) => `${text}::boolean`),
  date: (value) => matching(value, '^\\d{4}-\\d{2}-\\d{2}$', (text) => `date_or_null(${text})`),
  texts: (value) =>
    `CASE jsonb_typeof(${value}) WHEN 'array' THEN ARRAY(SELECT jsonb_array_elements_text(${value})) END`,
  text: textOf,
};

function textOf(value: string): string {
  return `(${value} #>> '{}')`;
}

function matching(value: string, pattern: string, cast: (text: string) => string): string {
  return `CASE WHEN ${textOf(value)} ~ '${pattern}' THEN ${cast(textOf(value))} END`;
}

const LIST = `CASE jsonb_typeof(custom_fields) WHEN 'array' THEN custom_fields ELSE '[]' END`;

/** The values of a ticket's fields by id, put together once per ticket and not once per field. */
export const WITH_VALUES = `tickets LEFT JOIN LATERAL (
  SELECT jsonb_object_agg(entry->>'id', entry->'value') AS field_values
  FROM jsonb_array_elements(${LIST}) AS entry WHERE entry->>'id' IS NOT NULL
) AS custom ON true`;

/** Of a row of {@link WITH_VALUES}. */
export function fieldValue({ id, columnType }: FieldColumn): string {
  return READERS[columnType](`(field_values->'${id}')`);
}

function viewSql(columns: readonly FieldColumn[]): string {
  const fields = columns.map((column) => {
    const { subdomain, columnName } = column;
    return `CASE WHEN subdomain = ${escapeLiteral(subdomain)} THEN ${fieldValue(column)} END AS ${escapeIdentifier(columnName)}`;
  });
  return `SELECT ${[...OWN_COLUMNS, ...fields].join(',\n')}\nFROM ${WITH_VALUES}`;
}

const FIND_COLUMNS = `
SELECT attname AS name FROM pg_attribute WHERE attrelid = to_regclass('tickets_wide') AND attnum > 0`;

const FITS = Object.entries(TYPED)
  .map(([name, type]) => `WHEN '${name}' THEN ${READERS[type]("(entry->'value')")} IS NOT NULL`)
  .join('\n    ');

/** $1: subdomain. Empty values fit every type. */
const FIND_MISFITS = `
SELECT field.id::text, count(*)::text AS tickets, min(tickets.id)::text AS ticket
FROM tickets
CROSS JOIN LATERAL jsonb_array_elements(${LIST}) AS entry
JOIN ticket_fields AS field ON field.id::text = entry->>'id'
WHERE tickets.subdomain = $1 AND field.subdomain = $1 AND field.active AND coalesce(entry->>'value', '') <> ''
  AND NOT CASE field.type ${FITS} ELSE true END
GROUP BY field.id`;

/** Of a table, and of a view. */
const MOST_COLUMNS = 1600;
const MOST_FIELDS = MOST_COLUMNS - OWN_COLUMNS.length;

/** Fields in PostgreSQL, within the transaction that `client` has open. */
export class PostgresFields implements FieldTables {
  constructor(private readonly client: ClientBase) {}

  async room(): Promise<Room> {
    const { rows } = await this.client.query<{ name: string }>(FIND_COLUMNS);
    return { most: MOST_FIELDS, present: rows.map(({ name }) => name) };
  }

  async read(): Promise<FieldColumn[]> {
    await lockViews(this.client);
    const { rows } = await this.client.query<Omit<FieldColumn, 'id'> & { id: string }>(
      `SELECT subdomain, id::text, title, type, active, column_name AS "columnName", column_type AS "columnType", note
       FROM ticket_fields`,
    );
    return rows.map((row) => ({ ...row, id: Number(row.id) }));
  }

  async write(
    subdomain: string,
    columns: readonly FieldColumn[],
    options: readonly FieldOption[],
  ): Promise<void> {
    await this.client.query('DELETE FROM ticket_fields WHERE subdomain = $1', [subdomain]);
    await this.client.query(
      `INSERT INTO ticket_fields (subdomain, id, title, type, active, column_name, column_type, note, read_at)
       SELECT $1, field.*, now()
       FROM unnest($2::bigint[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::text[], $8::text[]) AS field`,
      [
        subdomain,
        columns.map((column) => column.id),
        columns.map((column) => column.title),
        columns.map((column) => storable(column.type)),
        columns.map((column) => column.active),
        columns.map((column) => column.columnName),
        columns.map((column) => column.columnType),
        columns.map((column) => column.note),
      ],
    );
    await this.client.query('DELETE FROM ticket_field_options WHERE subdomain = $1', [subdomain]);
    await this.client.query(
      `INSERT INTO ticket_field_options (subdomain, field_id, value, name)
       SELECT $1, option.* FROM unnest($2::bigint[], $3::text[], $4::text[]) AS option`,
      [
        subdomain,
        options.map((option) => option.fieldId),
        options.map((option) => storable(option.value)),
        options.map((option) => storable(option.name)),
      ],
    );
  }

  async createView(columns: readonly FieldColumn[]): Promise<void> {
    await makeView(this.client, 'tickets_wide', viewSql(columns), 'drop');
  }

  /** Made of what is known; one of a schema that is empty gets its custom fields at their next reading. */
  async createMissingView(): Promise<void> {
    if (!(await isThere(this.client, 'tickets_wide')))
      await this.createView(viewColumns(await this.read(), MOST_FIELDS));
  }

  async misfits(subdomain: string): Promise<Misfits[]> {
    const { rows } = await this.client.query<Record<keyof Misfits, string>>(FIND_MISFITS, [subdomain]);
    return rows.map(({ id, tickets, ticket }) => ({
      id: Number(id),
      tickets: Number(tickets),
      ticket: Number(ticket),
    }));
  }
}
