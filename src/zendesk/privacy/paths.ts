import { VERIFIED_STREAMS } from '../../contract/verification';
import { STREAMS, streamNamed, type StreamName } from '../../streams';
import { documentedKeys, type ColumnType, type Stream } from '../../streams/stream';
import { ANY, repeatedBy, type Action } from './ruleTree';

const KEYS = /^[^.\s]+(\.[^.\s]+)*$/;
const LONGEST = 20;

const VERIFIED: readonly string[] = VERIFIED_STREAMS;

/** What an export or a verification needs of a record. */
function neededKeys({ name, id, version, deleted }: Stream): readonly string[] {
  const always = [id.key, version.key, 'updated_at', ...(deleted === null ? [] : [deleted.key])];
  if (name === 'tickets') return [...always, 'created_at', 'support_type'];
  return VERIFIED.includes(name) ? [...always, 'created_at'] : always;
}

/** Columns that can hold a hash. */
const HOLD_HASHES: ReadonlySet<ColumnType | undefined> = new Set(['text', 'texts', 'json', undefined]);

/** Why a path cannot be a rule; undefined when it can. Goes on behind the path itself. */
export function pathProblem(stream: StreamName, path: string, action: Action): string | undefined {
  const keys = path.split('.');
  if (!KEYS.test(path) || keys.length > LONGEST)
    return 'must be keys with dots between them, such as via.source.from.address';
  const { [stream]: own } = STREAMS;
  const needed = hitNeeded(own, keys);
  if (needed !== undefined) return `would take ${needed} away, without which the export cannot work`;
  for (const { nestedIn, table } of own.sideloads) {
    if (nestedIn === undefined || table === null || !meets(keys[0], nestedIn)) continue;
    const nested: Stream = STREAMS[streamNamed(table)];
    const inner = keys.slice(1);
    const hit = inner.length === 0 ? undefined : hitNeeded(nested, inner);
    if (hit !== undefined || (inner.length === 0 && action === 'hash'))
      return `would take ${nestedIn}.${hit ?? nested.id.key} away, without which the export cannot work`;
  }
  const columns: Readonly<Record<string, ColumnType>> = own.columns;
  const type = keys.length === 1 ? columns[path] : undefined;
  return action === 'drop' || HOLD_HASHES.has(type)
    ? undefined
    : 'cannot be hashed: its column does not hold texts. Drop it';
}

function hitNeeded(stream: Stream, keys: readonly string[]): string | undefined {
  // A path that continues from there takes away what has to be plain.
  const [first] = keys;
  return neededKeys(stream).find((key) => (first === ANY ? keys.length === 1 : meets(first, key)));
}

function meets(key: string | undefined, other: string): boolean {
  return key === ANY || key === other;
}

/** Why a path leads to nothing that Zendesk documents; undefined when it leads to something, or nobody can tell. */
export function unknownPath(stream: StreamName, path: string): string | undefined {
  const [first = '', second, third] = path.split('.');
  const own: Stream = STREAMS[stream];
  const known = own.paging.kind === 'sideload' ? undefined : documentedKeys(own);
  if (first === ANY || known === undefined) return undefined;
  const isKnown = known.has(first) || [...known].some((key) => repeatedBy(key) === first);
  if (!isKnown) return `${own.name} have no documented key ${first}`;
  const type = own.columns[first];
  if (second !== undefined && second !== ANY && type !== undefined && !CONTAINERS.has(type))
    return `${first} of ${own.name} holds nothing that has keys`;
  if (first === 'via') return unknownVia(second, third);
  const isField = second === undefined || /^(\d+|\*|id|value)$/.test(second);
  return ['custom_fields', 'fields'].includes(first) && !isField
    ? `${first} of ${own.name} are named by their ids, such as ${first}.360021289000`
    : undefined;
}

const CONTAINERS: ReadonlySet<ColumnType> = new Set(['json', 'texts', 'integers']);

/** What is in `source.from` and `source.to` depends on the channel. */
function unknownVia(second = ANY, third = ANY): string | undefined {
  const isKnown =
    [ANY, 'channel', 'source', 'id'].includes(second) &&
    (second !== 'source' || [ANY, 'from', 'to', 'rel'].includes(third));
  return isKnown ? undefined : 'via has a channel and a source, and that has from, to and rel';
}
