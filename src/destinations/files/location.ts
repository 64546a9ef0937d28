import { optionsIn } from '../options';
import { FolderStore } from './folderStore';
import type { ObjectStore } from './objectStore';
import { S3Store } from './s3Store';

export type FormatName = 'ndjson' | 'parquet';

export interface Location {
  readonly store: ObjectStore;
  readonly format: FormatName;
}

/** Whether the URL of a destination names files: a folder or a bucket. */
export function namesFiles(url: string): boolean {
  return /^(file|s3):./is.test(url);
}

/**
 * What `file:<folder>` or `s3://bucket/prefix` names. Nothing is opened yet.
 * @throws Error that says what is wrong, and quotes nothing that may be secret
 */
export function parseLocation(url: string): Location {
  return /^file:/i.test(url) ? folderAt(url) : bucketAt(url);
}

function folderAt(url: string): Location {
  const [, folder, query] = /^file:(?:\/\/(?=\/))?([^?]+)(?:\?(.*))?$/is.exec(url) ?? [];
  // Two slashes would name a host.
  if (folder === undefined || folder.startsWith('//')) {
    throw new Error('must name a folder as file:./export or file:///var/export');
  }
  const { format } = optionsIn(query, ['format']);
  return { store: new FolderStore(folder), format: formatNamed(format) };
}

function bucketAt(url: string): Location {
  const [, bucket, prefix = '', query] = /^s3:\/\/([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/is.exec(url) ?? [];
  if (bucket === undefined) throw new Error('must name a bucket as s3://bucket/prefix');
  if (/[@:]/.test(bucket)) {
    throw new Error(
      'must not hold credentials: the AWS SDK finds them in the environment, a profile or a role',
    );
  }
  const { format, endpoint, region, pathStyle } = optionsIn(query, [
    'format',
    'endpoint',
    'region',
    'pathStyle',
  ]);
  if (endpoint !== undefined && !/^https?:\/\/[^/@?#]+\/?$/i.test(endpoint)) {
    throw new Error('endpoint: must be like https://storage.example.com');
  }
  if (pathStyle !== undefined && !['true', 'false'].includes(pathStyle)) {
    throw new Error('pathStyle: must be true or false');
  }
  const store = new S3Store({
    bucket,
    prefix: prefix.replace(/^\/+|\/+$/g, ''),
    endpoint,
    region,
    // A server of one's own rarely has a host name for every bucket.
    pathStyle: pathStyle === undefined ? endpoint !== undefined : pathStyle === 'true',
  });
  return { store, format: formatNamed(format) };
}

function formatNamed(name = 'ndjson'): FormatName {
  if (name === 'ndjson' || name === 'parquet') return name;
  throw new Error('format: must be ndjson or parquet');
}
