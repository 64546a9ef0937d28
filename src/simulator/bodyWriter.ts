/**
 * Encodes a body piece by piece. One long string of a thousand tickets costs twice as much: it has to be flattened, and a
 * single emoji makes all of it two bytes wide before it is encoded.
 */
export class BodyWriter {
  private buffer = Buffer.allocUnsafe(1 << 20);
  private length = 0;

  write(text: string): void {
    // UTF-8 takes at most three bytes for each UTF-16 unit.
    const needed = this.length + text.length * 3;
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafe(needed * 2);
      this.buffer.copy(larger, 0, 0, this.length);
      this.buffer = larger;
    }
    this.length += this.buffer.write(text, this.length);
  }

  /** The bytes written so far, as a copy; the writer is empty afterwards. */
  take(): Buffer {
    const bytes = Buffer.from(this.buffer.subarray(0, this.length));
    this.length = 0;
    return bytes;
  }
}
