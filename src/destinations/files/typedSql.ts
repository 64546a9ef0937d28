import type { Stream } from '../../streams/stream';
import { readRecords } from '../duckdb/readRecords';
import { sqlName } from '../table';

/**
 * A record's row, as it stands in a Parquet file.
 * @param source a relation with the stream's raw column, the JSON text of a record
 * @param read how: `readPlainRecords` where none of them is odd
 * @param isDeleted an SQL condition
 */
export function typedRecords(
  stream: Stream,
  source: string,
  read = readRecords,
  isDeleted = 'read_deleted',
): string {
  const { version, columns, raw } = stream;
  // JSON stays text: not every reader of Parquet knows its JSON type.
  const typed = Object.entries(columns).map(([name, type]) =>
    type === 'json' ? `${sqlName(name)}::VARCHAR AS ${sqlName(name)}` : sqlName(name),
  );
  return `
SELECT read_id AS id, read_version AS ${version.column}, ${isDeleted} AS deleted, ${typed.join(', ')}, ${raw}
FROM ${read(stream, source)}`;
}
