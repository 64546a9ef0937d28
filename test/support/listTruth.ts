import type { ListName, Simulator, TrueRecord } from '../../src/simulator';

/** What a list holds, by what its records are known by: their JSON as it is to be stored. */
export function listTruth(simulator: Simulator, list: ListName): Map<string, string> {
  const all = [...simulator.truthOf(list).values()].filter(({ deleted }) => !deleted);
  return new Map(all.map((record) => [keyOf(record), storedJson(record)]));
}

/** The id of a record, or what stands for it. */
export function keyOf({ id, keys }: TrueRecord): string {
  return String(keys?.name ?? id);
}

/** Whose a record is stands in front of it. */
function storedJson(record: TrueRecord): string {
  const { schedule_id: schedule } = record.keys ?? {};
  return schedule === undefined ? record.json() : `{"schedule_id":${schedule},${record.json().slice(1)}`;
}
