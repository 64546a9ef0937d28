import { tmpdir } from 'node:os';
import { DestinationUnavailable, isBug } from '../destination';
import { messageWithoutValues } from '../duckdb/failure';
import { folderFailure } from './folderFailure';

/** A failure of the DuckDB that makes or reads files here; its own words may quote values. */
export function duckDbFailure(error: unknown, what: string): Error {
  if (isBug(error)) return error;
  const failure = new DestinationUnavailable(`${what}: ${messageWithoutValues(error)}`);
  return /no space left|disk full/i.test(failure.message)
    ? folderFailure(Object.assign(failure, { code: 'ENOSPC' }), `Temporary folder ${tmpdir()}`)
    : failure;
}
