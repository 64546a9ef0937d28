import fc from 'fast-check';

/** What stands in texts that somebody, or a failing disk, has changed. */
const PIECES = [
  '',
  '\0',
  '\n',
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  'null',
  'true',
  '-1',
  '1e400',
  '0.5',
  '9'.repeat(30),
  '{}',
  '[]',
  '"__proto__":',
  '"constructor":',
  '../../',
  '\ud800',
  '\ufeff',
];

/** A text with places cut out, doubled or replaced; now and then another text altogether. */
export function mutated(text: string): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.nat(text.length),
    length: fc.oneof(fc.nat(4), fc.nat(text.length)),
    piece: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 4 })),
  });
  const edited = fc.array(edit, { minLength: 1, maxLength: 3 }).map((edits) => {
    let changed = text;
    for (const { at, length, piece } of edits)
      changed = changed.slice(0, at) + piece + changed.slice(at + length);
    return changed;
  });
  return fc.oneof({ weight: 8, arbitrary: edited }, fc.constantFrom(...PIECES), fc.json());
}

/** Values that a check may take for something else. */
const TRICKY: readonly unknown[] = [
  null,
  true,
  false,
  '',
  '{',
  '../../x',
  'a\0b',
  '{"startTime":{}}',
  'time',
  ['time'],
  ['2024-01-01T00:00:00Z'],
  '0',
  '1704067200000',
  'MTc5MDIwMTU1NS4wfHw0N3w=',
  '9999-12-31T23:59:59Z',
  0,
  -1,
  0.5,
  2 ** 31,
  253_402_300_799,
  1_704_067_200_000,
  Number.MAX_SAFE_INTEGER,
  1e21,
  1e300,
  [],
  [null],
  {},
  { toString: 1 },
  { toString: null, valueOf: null },
  { startTime: 0 },
  { length: -1 },
];

/** Any JSON value. */
export const json: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...TRICKY) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);

/** One part of a value is another one, or is missing. */
export interface Replaced {
  readonly value: unknown;
  /** Such as `progress.ranges.0.page`. */
  readonly path: string;
}

/** A JSON value of which one part, at any depth, is another or is missing. */
export function mutatedJson(value: unknown): fc.Arbitrary<unknown> {
  return fc
    .record({ part: fc.nat(), odd: json, isMissing: fc.boolean() })
    .map(({ part, odd, isMissing }) => replaced(value, part, odd, isMissing).value);
}

/** @param choice which part: any number */
export function replaced(whole: unknown, choice: number, odd: unknown, isMissing = false): Replaced {
  const copy = JSON.parse(JSON.stringify(whole)) as unknown;
  const paths = pathsOf(copy);
  const path = paths[choice % paths.length] ?? [];
  const key = path.at(-1);
  if (key === undefined) return { value: odd, path: '' };
  let holder = copy as Record<string, unknown>;
  for (const step of path.slice(0, -1)) holder = holder[step] as Record<string, unknown>;
  if (isMissing) Reflect.deleteProperty(holder, key);
  else holder[key] = odd;
  // What is taken out of a list leaves null.
  return { value: JSON.parse(JSON.stringify(copy)), path: path.join('.') };
}

function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, part]) => pathsOf(part, [...path, key]))];
}
