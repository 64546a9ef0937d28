import { TooLarge } from '../tooLarge';

/** Each takes more memory than a short value. */
const MOST_EDITS = 1_000_000;

/** A text with parts of it replaced, found from its beginning to its end. */
export class Edits {
  /** Where each replaced part begins and ends, one after another: an object for each would keep the garbage collector busy. */
  private readonly bounds: number[] = [];
  private readonly replacements: string[] = [];
  private length: number;

  constructor(private readonly text: Buffer) {
    this.length = text.length;
  }

  /**
   * @param by in ASCII
   * @throws TooLarge where a text is made of nothing but what is replaced
   */
  replace(start: number, end: number, by: string): void {
    if (this.replacements.length === MOST_EDITS)
      throw new TooLarge('an answer of which privacy rules take too many parts away');
    this.bounds.push(start, end);
    this.replacements.push(by);
    this.length += by.length - (end - start);
  }

  /** The text as it is now: in memory of its own if anything was replaced. */
  done(): Buffer {
    const { text, bounds, replacements } = this;
    if (replacements.length === 0) return text;
    const all = Buffer.allocUnsafeSlow(this.length);
    let from = 0;
    let at = 0;
    replacements.forEach((by, index) => {
      const [start = 0, end = 0] = [bounds[2 * index], bounds[2 * index + 1]];
      at += text.copy(all, at, from, start);
      if (by !== '') at += all.write(by, at, 'latin1');
      from = end;
    });
    text.copy(all, at, from);
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
