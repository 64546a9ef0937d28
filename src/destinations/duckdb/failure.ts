import { types } from 'node:util';
import { DestinationInUse, DestinationRefused, DestinationUnavailable, isBug } from '../destination';

const OTHER_SHAPE = 'Its tables have an unexpected structure: name another file, or drop them, then resume.';

const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/permission denied|read-only/i, 'Give the worker write access to the file and its folder, then resume.'],
  [/no space left|disk full/i, 'Free some space, then resume.'],
  [/not a valid DuckDB database|version number/i, 'Name another file, or move this one away, then resume.'],
  [/^(Binder|Catalog|Conversion|Constraint) Error/i, OTHER_SHAPE],
  [
    /ENOTDIR|EACCES|EROFS|EEXIST|ENOENT|is a directory|no such file/i,
    'Name a file in a folder that the worker may write to, then resume.',
  ],
];

export const OUT_OF_MEMORY = /Out of Memory Error/;

/** Errors of these kinds quote a value of the row on their first line, the others below it. */
const QUOTING = /^((?:Conversion|Constraint|Invalid Input) Error):.*/;

/** What a failure means: an operator's business ({@link DestinationRefused}), or something that may pass. */
export function toDestinationError(error: unknown, path: string): Error {
  if (error instanceof DestinationRefused || isBug(error)) return error;
  // A rollback that fails for it, too, says so only below its first line. The next attempt has more, or others need less by then.
  const [wanted] = textOf(error)
    .split('\n')
    .filter((line) => OUT_OF_MEMORY.test(line.replaceAll(path, '')));
  if (wanted !== undefined)
    return new DestinationUnavailable(
      `DuckDB ${path}: ${wanted} Give the worker more memory if this persists.`,
    );
  const said = messageWithoutValues(error);
  // The file's own name may read like a problem.
  const problem = said.replaceAll(path, '');
  if (/Conflicting lock/.test(problem)) return new DestinationInUse(`DuckDB ${path}: ${said}`);
  const remedy = REFUSALS.find(([pattern]) => pattern.test(problem))?.[1];
  const message = `DuckDB ${path}: ${said}`;
  return remedy === undefined
    ? new DestinationUnavailable(message)
    : new DestinationRefused(`${message.replace(/\.?$/, '.')} ${remedy}`);
}

/** What DuckDB says, without the values that it quotes. */
export function messageWithoutValues(error: unknown): string {
  return (textOf(error).split('\n')[0] ?? '').replace(QUOTING, '$1.');
}

function textOf(error: unknown): string {
  return types.isNativeError(error) ? error.message : String(error).replace(/^Error: /, '');
}
