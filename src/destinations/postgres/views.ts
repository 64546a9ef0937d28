import { DatabaseError, type PoolClient } from 'pg';
import { DestinationRefused } from '../destination';
import type { FieldColumn } from '../fieldColumns';
import type { Words } from '../views/view';
import type { ViewStore } from '../views/makeViews';
import { fieldValue, PostgresFields, WITH_VALUES } from './fields';
import { grantsOn } from './view';

const DIGITS = { integer: 18, count: 9 };
const CASTS = { integer: 'bigint', count: 'integer' };

/** Tables of the export's are found by the search path, at the moment when the view is made. */
const WORDS: Words = {
  relation: (name) => name,
  whole: (text, type) =>
    `CASE WHEN ${text} ~ '^-?\\d{1,${DIGITS[type]}}$' THEN (${text})::${CASTS[type]} END`,
  placesOf: (json) =>
    `generate_series(0, CASE jsonb_typeof(${json}) WHEN 'array' THEN jsonb_array_length(${json}) ELSE 0 END - 1) AS item (place)`,
  ticketsWithFields: WITH_VALUES,
  fieldValue,
  rowsOf: (parameter) => `jsonb_array_elements(${parameter}::jsonb) AS item ("row")`,
};

const FIND_RELATIONS = `
SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND relnamespace = to_regnamespace(quote_ident(current_schema()))`;

/** $1: the schema. */
const FIND_SCHEMA = `
SELECT to_regnamespace(quote_ident($1)) IS NOT NULL AS found, current_schema() = $1 AS own`;

/** $1: the schema. */
const FIND_PRESENT = `
SELECT relname AS name, coalesce(obj_description(oid, 'pg_class'), '') AS comment
FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident($1)) AND relkind <> 'i'`;

/** A view that is there lacks one of the columns then, or has them in another order. */
const OTHER_COLUMNS = '42P16';
const HAS_DEPENDENTS = '2BP01';
const NO_RIGHT = '42501';

/** Views for dashboards, within the transaction that `client` has open. */
export class PostgresViews implements ViewStore {
  readonly words = WORDS;

  constructor(private readonly client: PoolClient) {}

  async fields(subdomain: string): Promise<readonly FieldColumn[]> {
    const all = await new PostgresFields(this.client).read();
    return all.filter((row) => row.subdomain === subdomain);
  }

  async relations(): Promise<ReadonlySet<string>> {
    const { rows } = await this.client.query<{ name: string }>(FIND_RELATIONS);
    return new Set(rows.map(({ name }) => name));
  }

  async present(schema: string): Promise<ReadonlyMap<string, string> | undefined> {
    const { rows: schemas } = await this.client.query<{ found: boolean; own: boolean }>(FIND_SCHEMA, [
      schema,
    ]);
    if (schemas[0]?.own === true)
      throw new DestinationRefused(
        `The schema contains the export's own tables. Name another one with ?views=.`,
      );
    if (schemas[0]?.found !== true) return undefined;
    const { rows } = await this.client.query<{ name: string; comment: string }>(FIND_PRESENT, [schema]);
    return new Map(rows.map(({ name, comment }) => [name, comment]));
  }

  async createSchema(schema: string): Promise<void> {
    await this.run(`CREATE SCHEMA "${schema}"`);
  }

  /** In place where it only grows: views that others have on it stand in the way of anything else. */
  async replaceView(name: string, query: string, isThere: boolean): Promise<void> {
    await this.run('SAVEPOINT view');
    try {
      await this.run(`CREATE OR REPLACE VIEW ${name} AS ${query}`);
    } catch (error) {
      if (!isThere || !hasCode(error, OTHER_COLUMNS)) throw error;
      await this.run('ROLLBACK TO SAVEPOINT view');
      await this.makeAgain(name, query);
    }
    await this.run('RELEASE SAVEPOINT view');
  }

  async run(statement: string, values?: readonly string[]): Promise<void> {
    try {
      await this.client.query(statement, values === undefined ? undefined : [...values]);
    } catch (error) {
      if (!hasCode(error, NO_RIGHT)) throw error;
      throw new DestinationRefused(
        `${error.message}. Make the schema, and grant the worker's user CREATE on it. What is in it must be its own.`,
      );
    }
  }

  private async makeAgain(name: string, query: string): Promise<void> {
    const grants = await grantsOn(this.client, name);
    try {
      await this.run(`DROP VIEW ${name}`);
    } catch (error) {
      if (!hasCode(error, HAS_DEPENDENTS)) throw error;
      throw new DestinationRefused(
        `Other views depend on ${name}, whose columns have changed. Drop it with DROP VIEW ${name} CASCADE; dbt makes its own views again.`,
      );
    }
    await this.run([`CREATE VIEW ${name} AS ${query}`, ...grants].join(';\n'));
  }
}

function hasCode(error: unknown, code: string): error is DatabaseError {
  return error instanceof DatabaseError && error.code === code;
}
