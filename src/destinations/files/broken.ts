import { DestinationRefused } from '../destination';
import type { ObjectStore } from './objectStore';

/** A file that was damaged, or that somebody else has written. The message quotes nothing of it. */
export function broken(store: ObjectStore, key: string, remedy: string): DestinationRefused {
  return new DestinationRefused(`${store.name}: ${key} was damaged or changed. ${remedy}`);
}
