/**
 * The largest body of a page in bytes, compressed and decoded: twice a page of a thousand records of 60 KB. A few megabytes of
 * gzip can hold gigabytes, and all accounts of a worker share its memory.
 */
export const LARGEST_BODY = 128 * 1024 * 1024;

/**
 * Of results of a search, a list of fields, a token. Unlike pages, these are parsed where everything else waits; a hundred fields
 * with many options each come near 20 MiB.
 */
export const LARGEST_ANSWER = 32 * 1024 * 1024;

/** Of an answer that refuses something. */
export const LARGEST_REFUSAL = 1024 * 1024;

/**
 * In one list, and of keys in one object: no body of real records has as many, and each costs more memory than the few bytes of
 * an empty one.
 */
export const MOST_ELEMENTS = 200_000;

/** A power of two, so that room which doubles comes to it. */
export const DEEPEST = 2 ** 24;

/** An answer that would take more memory than any that Zendesk sends. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';

  /** @param bytes what it may have */
  static of(bytes: number): TooLarge {
    return new TooLarge(`an answer of more than ${bytes / 2 ** 20} MiB`);
  }
}
