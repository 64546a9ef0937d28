import type { Destination } from '../../src/destinations/destination';

/** Where a destination writes, with a way to look at it. */
export interface Store<D extends Destination = Destination> {
  readonly destination: D;
  /** What a query finds, as JSON. Lets go of the destination first, so that every look is at what a reader would see. */
  readonly rows: (sql: string) => Promise<Record<string, unknown>[]>;
  readonly remove: () => Promise<void>;
}

/** Opens a store for each test of a suite, and removes it afterwards. */
export function openEach<S extends Store>(open: () => Promise<S>): () => S {
  let store: S;
  beforeEach(async () => {
    store = await open();
    await store.destination.prepare();
  });
  afterEach(async () => {
    await store.destination.close();
    await store.remove();
  });
  return () => store;
}
