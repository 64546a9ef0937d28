import { z } from 'zod';
import type { PageRequest } from '../contract/page';
import type { SideloadedObject } from '../destinations/destination';
import { jsonOrUndefined } from '../json';
import { STREAMS } from '../streams';
import type { RecordVersion } from '../streams/record';
import { JsonScanner } from '../zendesk/jsonScanner';
import type { ParsedPage } from '../zendesk/parsePage';

export interface Sideloads {
  /** One version of each object, by table. */
  readonly tables: ReadonlyMap<string, readonly SideloadedObject[]>;
  /** Objects without a usable id. */
  readonly unidentified: readonly { readonly table: string; readonly json: string }[];
}

/** The sideloaded objects of a page that were asked for and have a table. */
export function sideloadsOf(
  page: Pick<ParsedPage, 'records' | 'sideloads'>,
  { stream, include }: Pick<PageRequest, 'stream' | 'include'>,
): Sideloads {
  const tables = new Map<string, readonly SideloadedObject[]>();
  const unidentified: { table: string; json: string }[] = [];
  const { sideloads } = STREAMS[stream];
  for (const { name, nestedIn } of sideloads.filter((one) => one.hasTable && include.includes(one.name))) {
    const objects = new Map<number, SideloadedObject>();
    for (const json of [...(page.sideloads.get(name) ?? []), ...objectsNestedIn(page.records, nestedIn)]) {
      // The parser's own message would quote what is broken.
      const { data } = identified.safeParse(jsonOrUndefined(json));
      if (data === undefined) unidentified.push({ table: name, json });
      else objects.set(data.id, { id: data.id, json });
    }
    if (objects.size > 0) tables.set(name, [...objects.values()]);
  }
  return { tables, unidentified };
}

/** The objects under one key of each record. What else stands there, such as the null of a deleted ticket, is none. */
function objectsNestedIn(records: readonly RecordVersion[], nestedIn: string | undefined): string[] {
  if (nestedIn === undefined) return [];
  return records.flatMap(({ json }) => {
    let nested: string | undefined;
    const scanner = new JsonScanner(json);
    scanner.members((key) => {
      const isObject = scanner.startsWith('{');
      const text = scanner.raw();
      if (key === nestedIn) nested = isObject ? text : undefined;
    });
    return nested ?? [];
  });
}

/** The user -1 is Zendesk itself. */
const identified = z.object({ id: z.int() });
