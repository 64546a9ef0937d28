import type { PageRequest } from '../contract/page';
import { sideloadTable, TABLE_NAMES, type StreamName } from '../streams';
import type { RecordVersion, RejectedRecord } from '../streams/record';
import type { ParsedPage } from '../zendesk/parsePage';
import { newestOfEach } from './select';

export interface Sideloads {
  /** The newest version of each object, by table. */
  readonly tables: ReadonlyMap<StreamName, readonly RecordVersion[]>;
  /** Objects that cannot be read. */
  readonly rejected: readonly RejectedRecord[];
}

/** The sideloaded objects of a page that were asked for and have a table. */
export function sideloadsOf(
  page: Pick<ParsedPage, 'sideloads'>,
  { stream, include }: Pick<PageRequest, 'stream' | 'include'>,
): Sideloads {
  const asked = new Set(include.map((name) => sideloadTable(stream, name)));
  const found = TABLE_NAMES.filter((name) => asked.has(name)).map(
    (name) => [name, page.sideloads.get(name) ?? []] as const,
  );
  const tables = found.map(
    ([name, objects]) => [name, newestOfEach(objects.filter((object) => object.kind === 'record'))] as const,
  );
  return {
    tables: new Map(tables.filter(([, objects]) => objects.length > 0)),
    rejected: found.flatMap(([, objects]) => objects.filter((object) => object.kind === 'rejected')),
  };
}
