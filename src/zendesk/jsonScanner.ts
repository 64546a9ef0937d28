import { asBuffer } from '../bytes';
import { endOfPlain, endOfSpace, endOfString, MalformedJson, QUOTE } from './jsonLexer';
import { DEEPEST, MOST_ELEMENTS, TooLarge } from './tooLarge';

const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Keys that are remembered: more than the records of a stream have. */
const MOST_REMEMBERED = 10_000;

/** Records have the same keys in the same order: which one comes next is guessed, and compared. */
interface Key {
  /** With its quotes. */
  readonly text: Uint8Array;
  readonly key: string;
  /** What followed it last time. */
  next: Key | undefined;
  /** What came first last time in an object that is its value, or lies in the list that is its value. */
  first: Key | undefined;
}

/**
 * Walks through a JSON text, byte by byte, and builds nothing that is not asked for: every record is handed on as it came.
 * `JSON.parse` would round its large numbers, and take three times as long. What that refuses is refused here, too: every
 * method throws {@link MalformedJson}, and {@link TooLarge} for what nobody sends but to fill memory.
 */
export class JsonScanner {
  /** Where the next byte is. */
  at: number;
  readonly text: Buffer;
  /** The key whose value this is in, or that was read last. */
  private last: Key = { text: Buffer.alloc(0), key: '', next: undefined, first: undefined };
  /** How many keys were decoded. */
  private decoded = 0;
  /** Of the lists and objects around the value that {@link value} looks at: a byte for each level. */
  private closers = new Uint8Array(64);

  /** @param text UTF-8; its line breaks outside of strings become spaces */
  constructor(text: Uint8Array) {
    this.text = asBuffer(text);
    this.at = endOfSpace(this.text, 0);
  }

  /** @param character of null its first one */
  startsWith(character: '[' | '{' | 'n'): boolean {
    return this.text[this.at] === character.charCodeAt(0);
  }

  /**
   * The members of the object that begins here; `visit` must move on to the end of each value.
   * @param visit gets the key, and where it begins
   */
  members(visit: (key: string, start: number) => void): void {
    if (this.opens(OPEN_BRACE, CLOSE_BRACE)) return;
    const outer = this.last;
    let before: Key | undefined;
    let count = 0;
    do {
      count += 1;
      if (count > MOST_ELEMENTS) throw new TooLarge(`an object of more than ${MOST_ELEMENTS} keys`);
      const start = this.at;
      const guess = before === undefined ? outer.first : before.next;
      const found = guess !== undefined && this.spells(guess.text, start) ? guess : this.decodeKey(start);
      if (found !== guess && this.decoded <= MOST_REMEMBERED) {
        if (before === undefined) outer.first = found;
        else before.next = found;
      }
      this.last = before = found;
      this.at = this.after(COLON, endOfSpace(this.text, start + found.text.length));
      visit(found.key, start);
    } while (this.goesOn(CLOSE_BRACE));
  }

  /** What `read` makes of the elements of the array that begins here; it must move on to the end of each. */
  list<T>(read: () => T): T[] {
    const elements: T[] = [];
    if (this.opens(OPEN_BRACKET, CLOSE_BRACKET)) return elements;
    const outer = this.last;
    do {
      this.last = outer;
      if (elements.length === MOST_ELEMENTS)
        throw new TooLarge(`a list of more than ${MOST_ELEMENTS} elements`);
      elements.push(read());
    } while (this.goesOn(CLOSE_BRACKET));
    return elements;
  }

  /** Moves on to the end of the value that begins here. Not recursive: a text may nest as deep as it likes. */
  value(): void {
    const { text } = this;
    let { at, closers } = this;
    let depth = 0;
    do {
      const first = text[at];
      if (first === OPEN_BRACE || first === OPEN_BRACKET) {
        const closer = first === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
        if (depth === closers.length) closers = this.closers = deeper(closers);
        closers[depth] = closer;
        depth += 1;
        at = endOfSpace(text, at + 1);
        if (text[at] !== closer) {
          if (closer === CLOSE_BRACE) at = this.startOfValue(at);
          continue;
        }
      } else at = first === QUOTE ? endOfString(text, at) : endOfPlain(text, at);
      while (depth > 0) {
        const closer = closers[depth - 1];
        at = endOfSpace(text, at);
        if (text[at] !== closer) {
          at = this.after(COMMA, at);
          if (closer === CLOSE_BRACE) at = this.startOfValue(at);
          break;
        }
        depth -= 1;
        at += 1;
      }
    } while (depth > 0);
    this.at = at;
  }

  /** Whether these bytes stand at `start`. */
  spells(expected: Uint8Array, start: number): boolean {
    for (let at = 0; at < expected.length; at += 1) if (expected[at] !== this.text[start + at]) return false;
    return true;
  }

  /** The text of the value that begins here; moves on to its end. */
  raw(): string {
    const start = this.at;
    this.value();
    return this.text.toString('utf8', start, this.at);
  }

  /** The value that begins here; moves on to its end. Lists and objects come without what is in them. */
  shallow(): unknown {
    const { at } = this;
    if (this.startsWith('[') || this.startsWith('{')) {
      this.value();
      return this.text[at] === OPEN_BRACKET ? [] : {};
    }
    return JSON.parse(this.raw());
  }

  /** The bytes from `start` up to here; no copy. */
  bytesFrom(start: number): Buffer {
    return this.text.subarray(start, this.at);
  }

  /** @throws MalformedJson when more than space follows */
  end(): void {
    this.at = endOfSpace(this.text, this.at);
    if (this.at !== this.text.length) throw new MalformedJson(`more after the end at ${this.at}`);
  }

  private decodeKey(start: number): Key {
    if (this.text[start] !== QUOTE) throw new MalformedJson(`no key at ${start}`);
    this.decoded += 1;
    const text = this.text.subarray(start, endOfString(this.text, start));
    return { text, key: String(JSON.parse(text.toString())), next: undefined, first: undefined };
  }

  /** @param at where the key begins */
  private startOfValue(at: number): number {
    if (this.text[at] !== QUOTE) throw new MalformedJson(`no key at ${at}`);
    return this.after(COLON, endOfSpace(this.text, endOfString(this.text, at)));
  }

  /** @returns whether it is closed at once, past which this moves */
  private opens(opener: number, closer: number): boolean {
    this.at = this.after(opener, this.at);
    return this.closes(closer);
  }

  /** After a value: whether a comma leads to another one, past which this moves. */
  private goesOn(closer: number): boolean {
    this.at = endOfSpace(this.text, this.at);
    if (this.closes(closer)) return false;
    this.at = this.after(COMMA, this.at);
    return true;
  }

  private closes(closer: number): boolean {
    if (this.text[this.at] !== closer) return false;
    this.at += 1;
    return true;
  }

  private after(byte: number, at: number): number {
    if (this.text[at] !== byte) throw new MalformedJson(`no ${String.fromCharCode(byte)} at ${at}`);
    return endOfSpace(this.text, at + 1);
  }
}

/** Room for twice as many. */
function deeper(closers: Uint8Array): Uint8Array<ArrayBuffer> {
  if (closers.length >= DEEPEST) throw new TooLarge(`JSON that is more than ${DEEPEST} levels deep`);
  const more = new Uint8Array(2 * closers.length);
  more.set(closers);
  return more;
}
