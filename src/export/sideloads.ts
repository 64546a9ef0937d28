import { z } from 'zod';
import type { SideloadedObject } from '../destinations/destination';
import { sideloadTables } from '../streams/stream';
import { tickets } from '../streams/tickets';
import { jsonOrUndefined } from '../json';
import type { ParsedPage } from '../zendesk/parsedPage';
import { JsonScanner } from '../zendesk/scan';
import type { RejectedRecord } from '../streams/record';

export interface Sideloads {
  readonly tables: ReadonlyMap<string, readonly SideloadedObject[]>;
  readonly rejected: readonly RejectedRecord[];
}

/** The sideloaded objects of a page that were asked for, one version of each. */
export function sideloadsOf(page: ParsedPage, include: readonly string[]): Sideloads {
  const tables = new Map<string, readonly SideloadedObject[]>();
  const rejected: RejectedRecord[] = [];
  for (const name of sideloadTables(tickets)) {
    if (!include.includes(name)) continue;
    const objects = new Map<number, SideloadedObject>();
    for (const json of [...(page.sideloads.get(name) ?? []), ...nestedOf(page, name)]) {
      // The parser's own message would quote what is broken.
      const parsed = identified.safeParse(jsonOrUndefined(json));
      if (parsed.success) objects.set(parsed.data.id, { id: parsed.data.id, json });
      else rejected.push({ kind: 'rejected', reason: `${name}: an object without a usable id`, json });
    }
    if (objects.size > 0) tables.set(name, [...objects.values()]);
  }
  return { tables, rejected };
}

/** The export nests `metric_set` in its ticket (null once deleted); the list endpoint has a top-level array. */
function nestedOf(page: ParsedPage, name: string): string[] {
  if (name !== 'metric_sets') return [];
  return page.records.flatMap(({ json }) => {
    let nested: string | undefined;
    const scanner = new JsonScanner(json);
    scanner.members((key) => {
      const isObject = scanner.startsWith('{');
      const text = scanner.raw();
      if (key === 'metric_set') nested = isObject ? text : undefined;
    });
    return nested ?? [];
  });
}

/** The user -1 is Zendesk itself. */
const identified = z.object({ id: z.int() });
