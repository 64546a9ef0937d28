/** Where whole files are kept by name: a folder, or a bucket. Names are separated by `/`. */
export interface ObjectStore {
  /** For messages: where, without credentials. */
  readonly name: string;
  /** Puts a file in its place, replacing one of that name: a reader sees all of it or nothing of it. */
  put(key: string, body: Uint8Array): Promise<void>;
  get(key: string): Promise<Buffer | undefined>;
  /** The names that start with a prefix; it ends in `/`. */
  list(prefix: string): Promise<string[]>;
  /** Whether it is there or not. */
  delete(key: string): Promise<void>;
  /** Removes what a writer that died has left behind. */
  clean(): Promise<void>;
  /** Lets go of connections; it can be used again. */
  close(): void;
}
