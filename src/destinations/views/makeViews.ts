import { digest } from '../../digest';
import { DestinationRefused, DestinationUnavailable, type ViewsMade } from '../destination';
import type { FieldColumn } from '../fieldColumns';
import { sqlName, sqlText } from '../table';
import { customColumns } from './customColumns';
import { viewsSchema } from './schema';
import { timeZonesIn, type TimeZones } from './timeZones';
import { selectOf, TYPES, type Words } from './view';
import { viewsIn, type ValueTable } from './views';

/** What a store must be able to do with the views, within one transaction. */
export interface ViewStore {
  readonly words: Words;
  /** The custom fields of an account. */
  fields(subdomain: string): Promise<readonly FieldColumn[]>;
  /** The names of what there is in the export's own schema. */
  relations(): Promise<ReadonlySet<string>>;
  /** What there is in the schema, by name, with the comment on it; undefined where there is no such schema. */
  present(schema: string): Promise<ReadonlyMap<string, string> | undefined>;
  createSchema(schema: string): Promise<void>;
  /** Makes a view, or one that is there again. @param name with its schema, in quotes */
  replaceView(name: string, query: string, isThere: boolean): Promise<void>;
  run(statement: string, values?: readonly string[]): Promise<void>;
}

const MARK = 'zendesk-ticket-export';

/**
 * Makes the schema of views that dashboards know for one account, or brings it up to date. An export continues where that
 * fails.
 * @param option of the destination, see `viewsOption`; null: none is wanted
 */
export async function makeViews(
  transaction: (work: (store: ViewStore) => Promise<void>) => Promise<void>,
  option: string | null,
  subdomain: string,
): Promise<ViewsMade | null> {
  if (option === null) return null;
  let schema = option;
  try {
    schema = viewsSchema(option, subdomain);
    const zones = await timeZonesIn(new Date().getUTCFullYear());
    await transaction(async (store) => makeAll(store, schema, subdomain, zones));
    return { schema, problem: null };
  } catch (error) {
    if (!(error instanceof DestinationRefused || error instanceof DestinationUnavailable)) throw error;
    return { schema, problem: `the views in the schema ${schema} are not up to date: ${error.message}` };
  }
}

async function makeAll(store: ViewStore, schema: string, subdomain: string, zones: TimeZones): Promise<void> {
  const { words } = store;
  const queries = queriesOf(words, subdomain, await store.fields(subdomain), await store.relations());
  const tables = tablesOf(zones);
  const present = await store.present(schema);
  for (const name of [...queries.keys(), ...tables.map((table) => table.name)])
    refuseForeign(present?.get(name), `${schema}.${name}`, subdomain);
  if (present === undefined) await store.createSchema(schema);
  const comment = (text: string): string => `${MARK} ${subdomain} ${digest(text)}`;
  for (const [name, query] of queries) {
    const before = present?.get(name);
    const now = comment(query);
    if (before === now) continue;
    const view = `${sqlName(schema)}.${sqlName(name)}`;
    await store.replaceView(view, query, before !== undefined);
    await store.run(`COMMENT ON VIEW ${view} IS ${sqlText(now)}`);
  }
  for (const table of tables) {
    const before = present?.get(table.name);
    const rows = JSON.stringify(table.rows);
    const now = comment(rows);
    if (before === now) continue;
    const name = `${sqlName(schema)}.${sqlName(table.name)}`;
    if (before === undefined) await store.run(createTable(name, table));
    await store.run(`DELETE FROM ${name}`);
    await store.run(insertRows(name, table, words), [rows]);
    await store.run(`COMMENT ON TABLE ${name} IS ${sqlText(now)}`);
  }
}

function queriesOf(
  words: Words,
  subdomain: string,
  fields: readonly FieldColumn[],
  relations: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const custom = customColumns(fields);
  return new Map(
    viewsIn(words).map((view) => {
      const isThere = relations.has(view.base);
      const { from = '%s' } = view;
      const filled = { ...view, from: from.replace('%s', words.relation(view.base)) };
      if (view.name !== 'ticket' || custom.length === 0)
        return [view.name, selectOf(filled, subdomain, words, isThere)];
      const more = custom.map(({ name, field }) => `${words.fieldValue(field)} AS ${sqlName(name)}`);
      return [
        view.name,
        selectOf({ ...view, from: words.ticketsWithFields }, subdomain, words, isThere, more),
      ];
    }),
  );
}

/** Those of others stay as they are. */
function refuseForeign(comment: string | undefined, name: string, subdomain: string): void {
  if (comment === undefined) return;
  const [mark, owner = ''] = comment.split(' ');
  if (mark !== MARK)
    throw new DestinationRefused(
      `There is a ${name} that the export did not make. Name another schema with ?views=, or rename it.`,
    );
  if (owner !== subdomain)
    throw new DestinationRefused(
      `They are those of the account ${owner}, and a schema serves one account. Name one for each, such as ?views=zendesk_{subdomain}.`,
    );
}

function tablesOf({ zones, daylight }: TimeZones): readonly ValueTable[] {
  return [
    { name: 'time_zone', columns: { time_zone: 'text', standard_offset: 'text' }, rows: zones },
    {
      name: 'daylight_time',
      columns: {
        time_zone: 'text',
        year: 'count',
        daylight_start_utc: 'time',
        daylight_end_utc: 'time',
        daylight_offset: 'count',
      },
      rows: daylight,
    },
  ];
}

function createTable(name: string, { columns }: ValueTable): string {
  const all = Object.entries({ ...columns, _fivetran_synced: 'time' } as const);
  return `CREATE TABLE ${name} (${all.map(([column, type]) => `${sqlName(column)} ${TYPES[type]}`).join(', ')})`;
}

/** $1: the rows as JSON. */
function insertRows(name: string, { columns }: ValueTable, { rowsOf }: Words): string {
  const cells = Object.values(columns).map((type, place) => `CAST("row"->>${place} AS ${TYPES[type]})`);
  return `INSERT INTO ${name} SELECT ${[...cells, `now() AT TIME ZONE 'UTC'`].join(', ')} FROM ${rowsOf('$1')}`;
}
