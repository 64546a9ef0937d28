import type { StreamName } from '../../streams';

/** What of an account's records is never written. */
export interface Privacy {
  /** Of the HMACs; absent where nothing is hashed. */
  readonly key?: string;
  readonly rules: Readonly<Partial<Record<StreamName, StreamRules>>>;
}

/** Paths: keys with dots between them; `*` is any key, and any element of a list. */
export interface StreamRules {
  readonly drop: readonly string[];
  readonly hash: readonly string[];
}
