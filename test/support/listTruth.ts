import { storedId, storedJson } from '../../src/development/storedRecord';
import type { ListName, Simulator } from '../../src/simulator';

/** What a list holds, by what its records are known by: their JSON as it is to be stored. */
export function listTruth(simulator: Simulator, list: ListName): Map<string, string> {
  const all = [...simulator.truthOf(list).values()].filter(({ deleted }) => !deleted);
  return new Map(all.map((record) => [storedId(record), storedJson(record)]));
}
