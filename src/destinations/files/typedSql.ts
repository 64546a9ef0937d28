import type { Stream } from '../../streams/stream';
import { readRecords, time } from '../duckdb/readRecords';

/**
 * A record's row, as it stands in a Parquet file.
 * @param source a relation with the stream's raw column, the JSON text of a record
 * @param read how: `readPlainRecords` where none of them is odd
 */
export function typedRecords(stream: Stream, source: string, read = readRecords): string {
  const { version, deleted, columns, raw } = stream;
  // JSON stays text: not every reader of Parquet knows its JSON type.
  const typed = Object.entries(columns).map(([name, type]) =>
    type === 'json' ? `${name}::VARCHAR AS ${name}` : name,
  );
  return `
SELECT read_id AS id, read_version AS ${version}, coalesce(${deleted.key} = ${sqlString(deleted.is)}, false) AS deleted,
  ${typed.join(', ')}, ${raw}
FROM ${read(stream, `(SELECT ${raw} FROM ${source})`)}`;
}

/** @param source a relation with the column `object`, its JSON text */
export function typedObjects(source: string): string {
  return `
SELECT typed.id, ${time('typed.updated_at', "object->>'updated_at'")} AS updated_at, object
FROM (SELECT object, from_json(object, '{"id":"BIGINT","updated_at":"TIMESTAMPTZ"}') AS typed FROM ${source})`;
}

/** Text within an SQL literal. */
export function sqlString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
