import type { StreamName } from '../streams';

/** What is to be erased of an account. */
export interface Erasure {
  readonly subdomain: string;
  /** What every record that is to be erased has in its text: others need not be judged. */
  readonly needle: string;
  /** Streams that may have such records. */
  readonly streams: readonly StreamName[];
  /** Whether a record has to do with it: then it is not kept in quarantine, where nobody knows what is in it. */
  readonly isAbout: (stream: StreamName, json: string) => boolean;
  /** @returns null: it is removed; another text: that takes its place; undefined: it stays as it is */
  readonly judge: (stream: StreamName, json: string) => Buffer | null | undefined;
}

/** What was done in one table or file. */
export interface ErasedPlace {
  readonly place: string;
  readonly removed: number;
  readonly blanked: number;
}
