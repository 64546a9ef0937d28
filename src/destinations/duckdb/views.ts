import type { DuckDBConnection } from '@duckdb/node-api';
import type { FieldColumn } from '../fieldColumns';
import type { Words } from '../views/view';
import type { ViewStore } from '../views/makeViews';
import { DuckDbFields, fieldValue, WITH_LISTS } from './fields';

const DIGITS = { integer: 18, count: 9 };
const CASTS = { integer: 'BIGINT', count: 'INTEGER' };

/** With their schema: a view looks first in its own, wherever the file is attached. */
const WORDS: Words = {
  relation: (name) => `main.${name}`,
  whole: (text, type) =>
    `CASE WHEN regexp_full_match(${text}, '-?\\d{1,${DIGITS[type]}}') THEN TRY_CAST(${text} AS ${CASTS[type]}) END`,
  placesOf: (json) => `unnest(range(CAST(json_array_length(${json}) AS BIGINT))) AS item (place)`,
  ticketsWithFields: WITH_LISTS,
  fieldValue,
  rowsOf: (parameter) => `(SELECT unnest(from_json(${parameter}, '["JSON"]')) AS "row") AS item`,
};

const FIND_RELATIONS = `
SELECT table_name FROM information_schema.tables
WHERE table_catalog = current_database() AND table_schema = current_schema()`;

/** $1: the schema. */
const FIND_SCHEMA = `
SELECT schema_name FROM duckdb_schemas() WHERE database_name = current_database() AND schema_name = $1`;

/** $1: the schema. */
const FIND_PRESENT = `
SELECT view_name, comment FROM duckdb_views() WHERE database_name = current_database() AND schema_name = $1
UNION ALL
SELECT table_name, comment FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = $1`;

/** Views for dashboards, within the transaction that `connection` has open. */
export class DuckDbViews implements ViewStore {
  readonly words = WORDS;
  /** Whether anything was made. */
  hasChanged = false;

  constructor(private readonly connection: DuckDBConnection) {}

  async fields(subdomain: string): Promise<readonly FieldColumn[]> {
    const all = await new DuckDbFields(this.connection).read();
    return all.filter((row) => row.subdomain === subdomain);
  }

  async relations(): Promise<ReadonlySet<string>> {
    const found = await this.connection.runAndReadAll(FIND_RELATIONS);
    return new Set(found.getRows().map(([name]) => String(name)));
  }

  async present(schema: string): Promise<ReadonlyMap<string, string> | undefined> {
    const schemas = await this.connection.runAndReadAll(FIND_SCHEMA, [schema]);
    if (schemas.getRows().length === 0) return undefined;
    const found = await this.connection.runAndReadAll(FIND_PRESENT, [schema]);
    return new Map(found.getRows().map(([name, comment]) => [String(name), String(comment ?? '')]));
  }

  async createSchema(schema: string): Promise<void> {
    await this.run(`CREATE SCHEMA "${schema}"`);
  }

  async replaceView(name: string, query: string): Promise<void> {
    await this.run(`CREATE OR REPLACE VIEW ${name} AS ${query}`);
  }

  async run(statement: string, values: readonly string[] = []): Promise<void> {
    this.hasChanged = true;
    await this.connection.run(statement, [...values]);
  }
}
