import { types } from 'node:util';
import { DestinationRefused } from '../destination';

const ACCESS = 'Give the worker write access to the folder';
const PLACE = 'Something that is no folder is in the way: name another folder';
const SPACE = 'Free some space';

const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: ACCESS,
  EPERM: ACCESS,
  EROFS: ACCESS,
  ENOSPC: SPACE,
  EDQUOT: SPACE,
  EEXIST: PLACE,
  EISDIR: PLACE,
  ENOTDIR: PLACE,
};

/** What a failure of the file system means: an operator's business, or something that may pass. */
export function folderFailure(error: unknown, name: string): Error {
  if (error instanceof DestinationRefused) return error;
  const said = `${name}: ${types.isNativeError(error) ? error.message : String(error)}`;
  const code = types.isNativeError(error) && 'code' in error ? String(error.code) : '';
  const remedy = REMEDIES[code];
  return remedy === undefined ? new Error(said) : new DestinationRefused(`${said}. ${remedy}, then resume.`);
}
