/** Each of the chunks below costs about this much memory, however little it holds. */
const SMALL = 1024;
const BLOCK = 64 * 1024;

/** A body as it arrives. Whatever pieces it comes in, it takes little more memory than its bytes. */
export class BodyCollector {
  private readonly parts: Uint8Array[] = [];
  /** Where small pieces are copied, one after another. */
  private block = new Uint8Array(0);
  private used = 0;

  add(chunk: Uint8Array): void {
    if (chunk.length >= SMALL) {
      this.endBlock();
      this.parts.push(chunk);
      return;
    }
    if (this.used + chunk.length > this.block.length) {
      this.endBlock();
      this.block = new Uint8Array(BLOCK);
    }
    this.block.set(chunk, this.used);
    this.used += chunk.length;
  }

  /** In memory of its own. Not by `Buffer.concat`, whose small results share one buffer that cannot be handed to a thread. */
  whole(): Uint8Array<ArrayBuffer> {
    this.endBlock();
    const whole = new Uint8Array(this.parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of this.parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  /** What follows goes behind it. */
  private endBlock(): void {
    if (this.used === 0) return;
    this.parts.push(this.block.subarray(0, this.used));
    this.block = this.block.subarray(this.used);
    this.used = 0;
  }
}
