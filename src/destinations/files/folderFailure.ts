import { types } from 'node:util';
import { DestinationRefused, DestinationUnavailable, isBug } from '../destination';

const ACCESS = 'Give the worker write access to the folder';
const PLACE = 'Something else is in the way, or no folder can be there: name another folder';
const SPACE = 'Free some space';
const READ_ONLY = 'Its file system is read-only: name a folder that the worker may write to';

const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: ACCESS,
  EPERM: ACCESS,
  EROFS: READ_ONLY,
  ENOSPC: SPACE,
  EDQUOT: SPACE,
  EEXIST: PLACE,
  EISDIR: PLACE,
  ENOTDIR: PLACE,
};

/** What a failure of the file system means: an operator's business, or something that may pass. */
export function folderFailure(error: unknown, name: string): Error {
  if (error instanceof DestinationRefused || isBug(error)) return error;
  const said = `${name}: ${types.isNativeError(error) ? error.message : String(error)}`;
  const remedy = types.isNativeError(error) ? remedyFor(error) : undefined;
  return remedy === undefined
    ? new DestinationUnavailable(said)
    : new DestinationRefused(`${said}. ${remedy}, then resume.`);
}

function remedyFor({ code = '', syscall }: NodeJS.ErrnoException): string | undefined {
  // The folder above is there, so nothing is missing: it takes none, as in /proc.
  return code === 'ENOENT' && syscall === 'mkdir' ? PLACE : REMEDIES[code];
}
