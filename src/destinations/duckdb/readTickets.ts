import type { ColumnType } from '../../streams/stream';
import { tickets } from '../../streams/tickets';
import { SHAPE as PLAIN_SHAPE } from './columns';

/*
 * How DuckDB reads the columns of tickets out of their JSON: a value that is not exactly of a column's type is NULL there, of
 * equal keys the last counts, and JSON stays as it was written. By itself DuckDB makes 2 of 1.5 and true of "yes", takes the
 * first of equal keys, and rounds what it copies out of JSON.
 */

/** What `from_json` reads of a value: of most its JSON text, which tells a number from a text. */
const TYPES: Record<ColumnType, string | readonly string[]> = {
  integer: 'JSON',
  number: 'JSON',
  boolean: 'JSON',
  text: 'VARCHAR',
  time: 'TIMESTAMPTZ',
  json: 'JSON',
  integers: 'JSON',
  texts: ['VARCHAR'],
};

const READERS: Record<ColumnType, (value: string, name: string) => string> = {
  integer: whole,
  number: (value) =>
    `CASE WHEN isfinite(TRY_CAST(${value}::VARCHAR AS DOUBLE)) THEN ${value}::VARCHAR::DOUBLE END`,
  boolean: (value) => `CASE ${value}::VARCHAR WHEN 'true' THEN true WHEN 'false' THEN false END`,
  text: (value) => value,
  time: (value, name) => time(value, `ticket->>'${name}'`),
  json: (value) => value,
  // Most hold nothing, or nothing but whole numbers.
  integers: (value) => `CASE WHEN ${value}::VARCHAR = '[]' THEN []
    WHEN regexp_full_match(${value}::VARCHAR, '\\[-?\\d{1,18}(,-?\\d{1,18})*\\]') THEN ${value}::VARCHAR::BIGINT[]
    ELSE [${whole('element')} FOR element IN from_json(${value}, '["JSON"]')] END`,
  texts: (value) => value,
};

function whole(value: string): string {
  const number = `TRY_CAST(${value}::VARCHAR AS BIGINT)`;
  return `CASE WHEN ${number}::VARCHAR = ${value}::VARCHAR THEN ${number} END`;
}

/** Words are times to DuckDB, too: 'infinity', and 'epoch', which only its text tells from that very second. */
export function time(value: string, text: string): string {
  return `CASE WHEN ${value} = '1970-01-01T00:00:00Z' AND NOT (${text}) LIKE '1970-%' THEN NULL
    WHEN isfinite(${value}) THEN ${value} END`;
}

const COLUMNS = Object.entries(tickets.columns).map(([name, type]) => ({ name, type }));
const JSON_COLUMNS = COLUMNS.filter(({ type }) => type === 'json');
const IDS = { id: 'BIGINT', generated_timestamp: 'BIGINT' };
const SHAPE = JSON.stringify({
  ...IDS,
  ...Object.fromEntries(COLUMNS.map(({ name, type }) => [name, TYPES[type]])),
});

/**
 * DuckDB writes a number with a fraction or an exponent anew: 1.50 becomes 1.5. A text that comes out as it stands in the
 * ticket is good; DuckDB may change the order of what an AND joins, so the longer search is within a CASE.
 */
const IS_REWRITTEN = JSON_COLUMNS.map(({ name }) => {
  const text = `typed.${name}::VARCHAR`;
  const isThere = [',', '}'].map((end) => `contains(ticket::VARCHAR, '"${name}":' || ${text} || '${end}')`);
  return `CASE WHEN regexp_matches(${text}, '(^|[:,\\[])-?\\d+[.eE]') THEN NOT (${isThere.join(' OR ')}) ELSE false END`;
}).join(' OR ');

/** Around a number. They are of no script, and what is read with them is looked at. */
const [OPEN, CLOSE] = ['\ue000', '\ue001'];
const TOKENS = '("(?:[^"\\\\]|\\\\.)*")|(-?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?)';

/** JSON with every number in marks and quotes, so that it stays as it is; strings are walked over, with nothing in marks behind them. */
const MARKED = [
  [`${OPEN}${CLOSE}`, ''],
  [OPEN, `"${OPEN}`],
  [CLOSE, `${CLOSE}"`],
].reduce(
  (text, [from = '', to = '']) => `replace(${text}, '${from}', '${to}')`,
  `regexp_replace(ticket::VARCHAR, '${TOKENS}', '\\1${OPEN}\\2${CLOSE}', 'g')`,
);

function unmarked(text: string): string {
  return `replace(replace(${text}, '"${OPEN}', ''), '${CLOSE}"', '')`;
}

/** An object in which the last of equal keys comes first, which DuckDB takes. */
function reversed(json: string): string {
  const keys = `list_reverse(json_keys(${json}))`;
  const members = `list_reverse(json_extract(${json}, '$.*'))`;
  const pairs = `[to_json(pair[1])::VARCHAR || ':' || pair[2]::VARCHAR FOR pair IN list_zip(${keys}, ${members})]`;
  return `('{' || array_to_string(${pairs}, ',') || '}')::JSON`;
}

const columns = COLUMNS.map(({ name, type }) => `${READERS[type](`typed.${name}`, name)} AS ${name}`);
const exactColumns = COLUMNS.map(({ name, type }) => {
  if (type !== 'json') return `${READERS[type](`typed.${name}`, name)} AS ${name}`;
  const exact = unmarked(`marked.${name}::VARCHAR`);
  return `CASE WHEN json_valid(${exact}) THEN ${exact}::JSON ELSE typed.${name} END AS ${name}`;
});

/** Whether a key comes twice. */
const HAS_REPEATED_KEYS = 'len(json_keys(ticket)) <> list_unique(json_keys(ticket))';

/**
 * The typed columns of a relation's tickets, and `read_id` and `read_version`, beside all that it has. What is rewritten or has
 * a key twice is read apart, which takes ten times as long.
 * @param from a relation with the column `ticket`, its JSON
 */
export function readTickets(from: string): string {
  return `(
  WITH read AS MATERIALIZED (
    SELECT *, ${HAS_REPEATED_KEYS} OR ${IS_REWRITTEN} AS is_odd
    FROM (SELECT *, from_json(ticket, '${SHAPE}') AS typed FROM ${from})
  )
  SELECT * EXCLUDE (typed, is_odd), typed.id AS read_id, typed.generated_timestamp AS read_version, ${columns.join(', ')}
  FROM (SELECT * FROM read LIMIT 9223372036854775807) WHERE NOT is_odd -- Without a limit DuckDB would find that out twice.
  UNION ALL
  SELECT * EXCLUDE (typed, is_odd, marked), typed.id, typed.generated_timestamp, ${exactColumns.join(', ')}
  FROM (
    SELECT * EXCLUDE (typed), from_json(${reversed('ticket')}, '${SHAPE}') AS typed, from_json(${reversed(MARKED)}, '${SHAPE}') AS marked
    FROM read WHERE is_odd
  )
)`;
}

/** The same of tickets none of which is odd: then a fourth of the work does. */
export function readPlainTickets(from: string): string {
  const names = COLUMNS.map(({ name }) => `typed.${name}`);
  return `(
  SELECT * EXCLUDE (typed), typed.id AS read_id, typed.generated_timestamp AS read_version, ${names.join(', ')}
  FROM (SELECT *, from_json(ticket, '${JSON.stringify({ ...IDS, ...PLAIN_SHAPE })}') AS typed FROM ${from})
)`;
}
