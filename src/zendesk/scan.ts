/**
 * Finds the values inside one JSON object or array without building them, so that every ticket's original text can be
 * handed on as it came: `JSON.parse` would round its large numbers, and `JSON.stringify` would cost a second pass.
 */

/** Thrown when the text ends early or is no JSON where the scan looked. */
export class MalformedJson extends Error {
  override readonly name = 'MalformedJson';
}

/** The top-level members of the object in `text`, as raw text. A key that comes twice keeps its last value. */
export function membersOf(text: string): Map<string, string> {
  const members = new Map<string, string>();
  let at = expect(text, skipSpace(text, 0), '{');
  if (text[at] === '}') return ended(text, at + 1, members);
  for (;;) {
    if (text[at] !== '"') throw new MalformedJson(`no key at ${at}`);
    const keyEnd = endOfString(text, at);
    const key: unknown = JSON.parse(text.slice(at, keyEnd));
    const start = expect(text, skipSpace(text, keyEnd), ':');
    const end = endOfValue(text, start);
    members.set(String(key), text.slice(start, end));
    at = skipSpace(text, end);
    if (text[at] === '}') return ended(text, at + 1, members);
    at = expect(text, at, ',');
  }
}

/** The elements of the array in `text`, as raw text. */
export function elementsOf(text: string): string[] {
  const elements: string[] = [];
  let at = expect(text, skipSpace(text, 0), '[');
  if (text[at] === ']') return ended(text, at + 1, elements);
  for (;;) {
    const end = endOfValue(text, at);
    elements.push(text.slice(at, end));
    at = skipSpace(text, end);
    if (text[at] === ']') return ended(text, at + 1, elements);
    at = expect(text, at, ',');
  }
}

function endOfValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return endOfString(text, start);
  if (first === '{' || first === '[') return endOfNested(text, start);
  let end = start;
  while (end < text.length && !',]} \n\r\t'.includes(text.charAt(end))) end += 1;
  if (end === start) throw new MalformedJson(`no value at ${start}`);
  return end;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

function endOfNested(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at) - 1;
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1;
        if (depth === 0) return at + 1;
    }
  }
  throw new MalformedJson('ends inside a value');
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  if (end === -1) throw new MalformedJson('ends inside a string');
  return end + 1;
}

function isEscaped(text: string, quote: number): boolean {
  let at = quote - 1;
  while (text.charCodeAt(at) === BACKSLASH) at -= 1;
  return (quote - 1 - at) % 2 === 1;
}

function expect(text: string, at: number, character: string): number {
  if (text[at] !== character) throw new MalformedJson(`no ${character} at ${at}`);
  return skipSpace(text, at + 1);
}

function ended<T>(text: string, at: number, result: T): T {
  if (skipSpace(text, at) !== text.length) throw new MalformedJson(`more after the end at ${at}`);
  return result;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \n\r\t'.includes(text.charAt(at))) at += 1;
  return at;
}
