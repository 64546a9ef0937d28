import type { DuckDBConnection } from '@duckdb/node-api';
import type { FieldOption, FieldTables, Misfits, Room } from '../describeFields';
import { OWN_COLUMNS, storable, TYPED, type FieldColumn, type FieldType } from '../fieldColumns';
import { sqlName, sqlText } from '../table';
import { makeView } from './view';

/** The type of a column, and its value out of a JSON `value`; NULL when the value is not of that type. */
const COLUMNS: Record<FieldType, { readonly type: string; readonly read: (value: string) => string }> = {
  integer: { type: 'BIGINT', read: (value) => matching(value, '[-+]?\\d{1,18}(\\.0+)?', 'BIGINT') },
  decimal: {
    type: 'DOUBLE',
    read: (value) => matching(value, '[-+]?\\d{1,100}(\\.\\d{1,100})?([eE][-+]?\\d{1,2})?', 'DOUBLE'),
  },
  boolean: { type: 'BOOLEAN', read: (value) => matching(value, 'true|false', 'BOOLEAN') },
  date: { type: 'DATE', read: (value) => matching(value, '\\d{4}-\\d{2}-\\d{2}', 'DATE') },
  texts: {
    type: 'VARCHAR[]',
    read: (value) => `CASE json_type(${value}) WHEN 'ARRAY' THEN from_json(${value}, '["VARCHAR"]') END`,
  },
  text: { type: 'VARCHAR', read: (value) => `(${value} ->> '$')` },
};

function matching(value: string, pattern: string, type: string): string {
  const text = `(${value} ->> '$')`;
  return `CASE WHEN regexp_full_match(${text}, '${pattern}') THEN TRY_CAST(${text} AS ${type}) END`;
}

/**
 * Ids and values of a ticket's fields as two lists, read once per ticket and not once per field. No lambda, whose syntax
 * the reader's version of DuckDB may not know. Lists of different length (an entry without an id) give no values.
 */
export const WITH_LISTS = `(
  SELECT *, CASE len(field_ids) WHEN len(field_values) THEN field_ids END AS matched_ids
  FROM (
    SELECT *, TRY_CAST(json_extract(custom_fields, '$[*].id') AS BIGINT[]) AS field_ids,
      from_json(custom_fields, '[{"value":"JSON"}]') AS field_values
    FROM main.tickets
  )
)`;

/** Of a row of {@link WITH_LISTS}. */
export function fieldValue({ id, columnType }: FieldColumn): string {
  return COLUMNS[columnType].read(`field_values[list_position(matched_ids, ${id}::BIGINT)].value`);
}

function viewSql(columns: readonly FieldColumn[]): string {
  const fields = columns.map((column) => {
    const { subdomain, columnName } = column;
    return `CASE WHEN subdomain = ${sqlText(subdomain)} THEN ${fieldValue(column)} END AS ${sqlName(columnName)}`;
  });
  return `SELECT ${[...OWN_COLUMNS, ...fields].join(',\n')}\nFROM ${WITH_LISTS}`;
}

const FITS = Object.entries(TYPED)
  .map(([name, type]) => `WHEN '${name}' THEN ${COLUMNS[type].read('field_value')} IS NOT NULL`)
  .join('\n    ');

/** $1: subdomain. Empty values fit every type. */
const FIND_MISFITS = `
SELECT field.id, count(*) AS tickets, min(ticket_id) AS ticket
FROM (
  SELECT id AS ticket_id, unnest(matched_ids) AS field_id, unnest(field_values).value AS field_value
  FROM ${WITH_LISTS} WHERE subdomain = $1
) JOIN ticket_fields AS field ON field.id = field_id AND field.subdomain = $1 AND field.active
WHERE coalesce(field_value ->> '$', '') <> '' AND NOT CASE field.type ${FITS} ELSE true END
GROUP BY field.id`;

const INSERT_FIELD = `
INSERT INTO ticket_fields (subdomain, id, title, type, active, column_name, column_type, note, read_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now())`;

/** Fields in a DuckDB file, within the transaction that `connection` has open. */
export class DuckDbFields implements FieldTables {
  constructor(private readonly connection: DuckDBConnection) {}

  room(): Promise<Room> {
    return Promise.resolve({ most: Infinity, present: [] });
  }

  async read(): Promise<FieldColumn[]> {
    const found = await this.connection.runAndReadAll(
      'SELECT subdomain, id, title, type, active, column_name, column_type, note FROM ticket_fields',
    );
    return found.getRows().map(([subdomain, id, title, type, active, columnName, columnType, note]) => ({
      subdomain: String(subdomain),
      id: Number(id),
      title: String(title),
      type: String(type),
      active: active === true,
      columnName: String(columnName),
      columnType: String(columnType) as FieldType,
      note: typeof note === 'string' ? note : null,
    }));
  }

  async write(
    subdomain: string,
    columns: readonly FieldColumn[],
    options: readonly FieldOption[],
  ): Promise<void> {
    await this.connection.run('DELETE FROM ticket_fields WHERE subdomain = $1', [subdomain]);
    for (const { id, title, type, active, columnName, columnType, note } of columns) {
      await this.connection.run(INSERT_FIELD, [
        subdomain,
        BigInt(id),
        title,
        storable(type),
        active,
        columnName,
        columnType,
        note,
      ]);
    }
    await this.connection.run('DELETE FROM ticket_field_options WHERE subdomain = $1', [subdomain]);
    const records = options.map(({ fieldId, value, name }) => [fieldId, storable(value), storable(name)]);
    await this.connection.run(
      `INSERT INTO ticket_field_options (subdomain, field_id, value, name)
       SELECT $1, (record ->> 0)::BIGINT, record ->> 1, record ->> 2 FROM (SELECT unnest(from_json($2, '["JSON"]')) AS record)`,
      [subdomain, JSON.stringify(records)],
    );
  }

  async createView(columns: readonly FieldColumn[]): Promise<void> {
    await makeView(this.connection, 'tickets_wide', viewSql(columns));
  }

  async misfits(subdomain: string): Promise<Misfits[]> {
    const found = await this.connection.runAndReadAll(FIND_MISFITS, [subdomain]);
    return found
      .getRows()
      .map(([id, tickets, ticket]) => ({ id: Number(id), tickets: Number(tickets), ticket: Number(ticket) }));
  }
}
