import { isDeepStrictEqual } from 'node:util';
import { storedId, storedJson } from '../development/storedRecord';
import type { ListName, Simulator } from '../simulator';
import type { StreamName } from '../streams';
import { Broken } from './broken';
import type { Read } from './history';
import { isListName } from './looks';
import type { Row } from './stores';

/** What a reader finds of each stream, and the JSON of what is in quarantine. */
export interface Found {
  readonly rows: ReadonlyMap<StreamName, ReadonlyMap<string, Row>>;
  readonly quarantine: ReadonlySet<string>;
}

/** Fails unless a destination holds exactly the newest version of every record, there or in quarantine. */
export function expectTruth(streams: readonly Read[], simulator: Simulator, found: Found): void {
  for (const name of streams) {
    const rows = found.rows.get(name) ?? new Map<string, Row>();
    if (isListName(name)) expectList(name, simulator, rows, found.quarantine);
    else expectStream(name, simulator, rows, found.quarantine);
  }
}

function expectStream(
  name: Exclude<Read, ListName>,
  simulator: Simulator,
  rows: ReadonlyMap<string, Row>,
  quarantine: ReadonlySet<string>,
): void {
  let count = 0;
  for (const record of simulator.newestOf(name)) {
    const { id, version, deleted } = record;
    count += 1;
    const row = rows.get(String(id));
    if (row !== undefined && row.deleted === deleted && isSame(row.json, record.json())) continue;
    if (quarantine.has(record.json())) continue;
    const how = row === undefined ? 'missing' : 'not as Zendesk has it';
    throw new Broken('truth', `${name} ${id} of ${version} is ${how}`);
  }
  if (rows.size > count)
    throw new Broken('truth', `there are ${rows.size} ${name}, and Zendesk has ${count}`);
}

function expectList(
  name: ListName,
  simulator: Simulator,
  rows: ReadonlyMap<string, Row>,
  quarantine: ReadonlySet<string>,
): void {
  const all = [...simulator.newestOf(name)];
  const live = new Map(
    all.filter(({ deleted }) => !deleted).map((record) => [storedId(record), storedJson(record)]),
  );
  for (const [id, json] of live) {
    const row = rows.get(id);
    if (quarantine.has(json)) continue;
    if (row === undefined || row.deleted || !isSame(row.json, json))
      throw new Broken(
        'truth',
        `${name} ${id} is ${row === undefined ? 'missing' : 'not as Zendesk has it'}`,
      );
  }
  // Where one could not be stored, nobody knows what is gone. Some lists go on to show what is deleted.
  const hasGaps = all.some((record) => quarantine.has(storedJson(record)));
  for (const [id, { deleted }] of rows)
    if (!deleted && !live.has(id) && !hasGaps)
      throw new Broken('truth', `${name} ${id} is not marked as deleted`);
}

function isSame(json: string, other: string): boolean {
  return json === other || isDeepStrictEqual(JSON.parse(json), JSON.parse(other));
}
