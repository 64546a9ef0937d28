import { freeBuffer } from './bytes';

/**
 * The memory in which one page's body lies, and nothing else. Every record of the page is a part of it: its `json` is a
 * view, not a copy. It comes with the page and belongs to whoever has the page.
 *
 * Two things change it under the hands of everybody who still holds a record: {@link joinOverwriting}, which spares the
 * records themselves, and {@link release}, after which there are none.
 */
export class PageMemory {
  // By the buffer, since a view holds nothing else. Node puts small buffers of others into one that it shares: there, the
  // bytes beside a record are not its page's.
  private static readonly all = new WeakMap<ArrayBufferLike, PageMemory>();

  /** The memory that a view is a part of; undefined for any other memory. */
  static of({ buffer }: Uint8Array): PageMemory | undefined {
    return PageMemory.all.get(buffer);
  }

  /** @param buffer of one body alone */
  constructor(private readonly buffer: ArrayBufferLike) {
    PageMemory.all.set(buffer, this);
  }

  /**
   * Joins records where they are, without a copy. The byte after each record (a comma, usually) is OVERWRITTEN.
   * @returns the records, each followed by `separator`, as a part of this memory; undefined when they do not lie in it one
   * after another: then nothing is overwritten
   */
  joinOverwriting(records: readonly Uint8Array[], separator: number): Buffer | undefined {
    const start = records[0]?.byteOffset ?? 0;
    let end = start;
    for (const { buffer, byteOffset, length } of records) {
      if (buffer !== this.buffer || byteOffset !== end) return undefined;
      end += length + 1;
    }
    if (end > this.buffer.byteLength) return undefined;
    const joined = Buffer.from(this.buffer, start, end - start);
    for (const { byteOffset, length } of records) joined[byteOffset - start + length] = separator;
    return joined;
  }

  /**
   * Frees the memory at once. The garbage collector would let a dozen pages pile up, and stop everything else when it comes.
   * No record of the page can be read any more: {@link unreleased} throws.
   */
  release(): void {
    freeBuffer(this.buffer);
  }
}

/**
 * A record's bytes.
 * @throws Error when its page's memory has been released: a record is never empty, but its view is then
 */
export function unreleased(json: Uint8Array): Uint8Array {
  if (json.length === 0) throw new Error('A record was read after the memory of its page was released');
  return json;
}
