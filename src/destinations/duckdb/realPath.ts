import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { types } from 'node:util';

/** A path without links, also of what is not there yet: DuckDB's log lies beside a file, and goes by its name. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    // Where links go round in a circle, opening it fails and says so.
    if (codeOf(error) !== 'ENOENT') return resolve(path);
  }
  const parent = dirname(resolve(path));
  const target = linked(path);
  return target === undefined ? join(realPath(parent), basename(path)) : realPath(resolve(parent, target));
}

/** Where a link leads; undefined when it is none. */
function linked(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): unknown {
  return types.isNativeError(error) && 'code' in error ? error.code : undefined;
}
