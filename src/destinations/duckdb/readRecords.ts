import type { ColumnType, Stream, Version } from '../../streams/stream';
import { sqlName } from '../table';
import { duckDbType } from './dialect';

/*
 * How DuckDB reads the columns of records out of their JSON: a value that is not exactly of a column's type is NULL there, of
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

/** @param text the value's text, as `->>` reads it */
export const READERS: Record<ColumnType, (value: string, text: string) => string> = {
  integer: whole,
  number: (value) =>
    `CASE WHEN isfinite(TRY_CAST(${value}::VARCHAR AS DOUBLE)) THEN ${value}::VARCHAR::DOUBLE END`,
  boolean: (value) => `CASE ${value}::VARCHAR WHEN 'true' THEN true WHEN 'false' THEN false END`,
  text: (value) => value,
  time,
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
function time(value: string, text: string): string {
  return `CASE WHEN ${value} = '1970-01-01T00:00:00Z' AND NOT (${text}) LIKE '1970-%' THEN NULL
    WHEN isfinite(${value}) THEN ${value} END`;
}

/**
 * DuckDB writes a number with a fraction or an exponent in its own form: 1.50 becomes 1.5. A text that comes out as it stands in the
 * record is good; DuckDB may change the order of what an AND joins, so the longer search is within a CASE.
 */
function isRewritten({ columns, raw }: Stream): string {
  const names = Object.keys(columns).filter((name) => columns[name] === 'json');
  const conditions = names.map((name) => {
    const text = `typed.${sqlName(name)}::VARCHAR`;
    const isThere = [',', '}'].map((end) => `contains(${raw}::VARCHAR, '"${name}":' || ${text} || '${end}')`);
    return `CASE WHEN regexp_matches(${text}, '(^|[:,\\[])-?\\d+[.eE]') THEN NOT (${isThere.join(' OR ')}) ELSE false END`;
  });
  return conditions.join(' OR ') || 'false';
}

/** Around a number. They are of no script, and what is read with them is looked at. */
const [OPEN, CLOSE] = ['\ue000', '\ue001'];
const TOKENS = '("(?:[^"\\\\]|\\\\.)*")|(-?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?)';

/** JSON with every number in marks and quotes, so that it stays as it is; strings are walked over, with nothing in marks behind them. */
function marked(json: string): string {
  return [
    [`${OPEN}${CLOSE}`, ''],
    [OPEN, `"${OPEN}`],
    [CLOSE, `${CLOSE}"`],
  ].reduce(
    (text, [from = '', to = '']) => `replace(${text}, '${from}', '${to}')`,
    `regexp_replace(${json}::VARCHAR, '${TOKENS}', '\\1${OPEN}\\2${CLOSE}', 'g')`,
  );
}

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

const TYPES_OF_VERSION: Readonly<Record<Version['form'], string>> = {
  seconds: 'BIGINT',
  time: 'TIMESTAMPTZ',
};

/** For `from_json`, which reads all columns of a record in one go. */
function shapeOf(
  { id, version, deleted, columns }: Stream,
  typeOf: (type: ColumnType) => string | readonly string[],
): string {
  const typed = Object.entries(columns).map(([name, type]) => [name, typeOf(type)] as const);
  const marks = deleted === null ? {} : { [deleted.key]: 'JSON' };
  return JSON.stringify({
    [id.key]: duckDbType(id.type),
    [version.key]: TYPES_OF_VERSION[version.form],
    ...marks,
    ...Object.fromEntries(typed),
  });
}

/** Beside the typed columns: `read_id`, `read_version` and `read_deleted`, as the record's reader has them. */
function identity({ id, version, deleted, raw }: Stream): string {
  const value = `typed.${sqlName(version.key)}`;
  const second = version.form === 'seconds' ? value : `coalesce(epoch_us(${value}) // 1000000, 0)`;
  return `typed.${sqlName(id.key)} AS read_id, ${second} AS read_version, ${isDeleted(deleted, raw)} AS read_deleted`;
}

function isDeleted(deleted: Stream['deleted'], raw: string): string {
  if (deleted === null) return 'false';
  const { key } = deleted;
  if (!('is' in deleted)) return `${raw}->>'${key}' IS NOT NULL`;
  return `coalesce(typed.${sqlName(key)}::VARCHAR = '${String(deleted.is)}', false)`;
}

/**
 * The typed columns of a relation's records, and what {@link identity} reads, beside all that it has. What is rewritten or has
 * a key twice is read apart, which takes ten times as long.
 * @param from a relation with the stream's raw column, the JSON of a record
 */
export function readRecords(stream: Stream, from: string): string {
  const { raw } = stream;
  const shape = shapeOf(stream, (type) => TYPES[type]);
  const all = Object.entries(stream.columns);
  const usual = all.map(
    ([name, type]) => `${READERS[type](`typed.${sqlName(name)}`, `${raw}->>'${name}'`)} AS ${sqlName(name)}`,
  );
  const exact = all.map(([name, type], index) => {
    if (type !== 'json') return usual[index] ?? '';
    const column = sqlName(name);
    const text = unmarked(`marked.${column}::VARCHAR`);
    return `CASE WHEN json_valid(${text}) THEN ${text}::JSON ELSE typed.${column} END AS ${column}`;
  });
  const hasRepeatedKeys = `len(json_keys(${raw})) <> list_unique(json_keys(${raw}))`;
  return `(
  WITH read AS MATERIALIZED (
    SELECT *, ${hasRepeatedKeys} OR ${isRewritten(stream)} AS is_odd
    FROM (SELECT *, from_json(${raw}, '${shape}') AS typed FROM ${from})
  )
  SELECT * EXCLUDE (typed, is_odd), ${[identity(stream), ...usual].join(', ')}
  FROM (SELECT * FROM read LIMIT 9223372036854775807) WHERE NOT is_odd -- Without a limit DuckDB would find that out twice.
  UNION ALL
  SELECT * EXCLUDE (typed, is_odd, marked), ${[identity(stream), ...exact].join(', ')}
  FROM (
    SELECT * EXCLUDE (typed), from_json(${reversed(raw)}, '${shape}') AS typed, from_json(${reversed(marked(raw))}, '${shape}') AS marked
    FROM read WHERE is_odd
  )
)`;
}

/** The same of records none of which is odd: then a fourth of the work does. */
export function readPlainRecords(stream: Stream, from: string): string {
  const names = Object.keys(stream.columns).map((name) => `typed.${sqlName(name)}`);
  // A value of another type becomes NULL in its column instead of failing the page.
  const shape = shapeOf(stream, (type) => plainType(duckDbType(type)));
  return `(
  SELECT * EXCLUDE (typed), ${[identity(stream), ...names].join(', ')}
  FROM (SELECT *, from_json(${stream.raw}, '${shape}') AS typed FROM ${from})
)`;
}

/** As `from_json` names it: a list is a list of its element. */
function plainType(type: string): string | readonly string[] {
  return type.endsWith('[]') ? [type.slice(0, -2)] : type;
}
