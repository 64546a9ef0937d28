import { TooLarge } from '../tooLarge';

/** Each takes more memory than a short value. */
const MOST_PARTS = 2_000_000;

/** A text with parts of it replaced, found from its beginning to its end. */
export class Edits {
  private readonly parts: Buffer[] = [];
  /** Up to where the text has been looked at. */
  private at = 0;

  constructor(private readonly text: Buffer) {}

  /** @throws TooLarge where a text is made of nothing but what is replaced */
  replace(start: number, end: number, by: string): void {
    if (this.parts.length > MOST_PARTS)
      throw new TooLarge('an answer of which privacy rules take too many parts away');
    if (start > this.at) this.parts.push(this.text.subarray(this.at, start));
    if (by !== '') this.parts.push(Buffer.from(by));
    this.at = end;
  }

  /** The text as it is now: in memory of its own if anything was replaced. */
  done(): Buffer {
    if (this.at === 0) return this.text;
    const parts = [...this.parts, this.text.subarray(this.at)];
    const all = Buffer.allocUnsafeSlow(parts.reduce((sum, { length }) => sum + length, 0));
    let end = 0;
    for (const part of parts) {
      all.set(part, end);
      end += part.length;
    }
    return all;
  }
}

/** Leaves members out of an object, or elements out of a list, with the commas that part them. */
export class Gaps {
  private hasKept = false;
  private isOpen = false;

  /** @param end of what was kept last; of nothing yet, behind the bracket */
  constructor(
    private readonly edits: Edits,
    private end: number,
  ) {}

  leaveOut(): void {
    this.isOpen = true;
  }

  /** What begins here is kept. */
  keep(start: number): void {
    this.fill(start, this.hasKept ? ',' : '');
    this.hasKept = true;
  }

  /** What was kept ends here. */
  keptTo(end: number): void {
    this.end = end;
  }

  /** @param end where the closing bracket is */
  close(end: number): void {
    this.fill(end, '');
  }

  private fill(end: number, by: string): void {
    if (this.isOpen) this.edits.replace(this.end, end, by);
    this.isOpen = false;
  }
}
