import { createHash, hash } from 'node:crypto';

const BLOCK = 64;
const HASH = 32;

/** Texts whose hashes are kept: most come again, such as addresses. */
const MOST_KEPT = 10_000;

/** Texts of up to so many characters have their room. */
const USUAL = 1000;

/**
 * HMAC-SHA-256 of texts, in hex. Of two hashes in one call each: a tenth of what Node's own HMAC of a short text costs, which is
 * made for long ones.
 */
export class Hmac {
  /** The inner block, and room for a text of three bytes a character. */
  private readonly inner = Buffer.alloc(BLOCK + 3 * USUAL);
  /** The outer block, and room for the inner hash. */
  private readonly outer = Buffer.alloc(BLOCK + HASH);
  private readonly known = new Map<string, string>();

  constructor(key: string) {
    const bytes = Buffer.from(key);
    const block = Buffer.alloc(BLOCK);
    block.set(bytes.length > BLOCK ? createHash('sha256').update(bytes).digest() : bytes);
    this.inner.set(block.map((byte) => byte ^ 0x36));
    this.outer.set(block.map((byte) => byte ^ 0x5c));
  }

  of(text: string): string {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    this.outer.set(hash('sha256', this.innerText(text), 'buffer'), BLOCK);
    const hex = hash('sha256', this.outer, 'hex');
    if (this.known.size < MOST_KEPT) this.known.set(text, hex);
    return hex;
  }

  private innerText(text: string): Buffer {
    const { inner } = this;
    if (text.length > USUAL) return Buffer.concat([inner.subarray(0, BLOCK), Buffer.from(text)]);
    return inner.subarray(0, BLOCK + inner.write(text, BLOCK));
  }
}
