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

/** A JSON value in which one member, at any depth, is another value, is gone or has another name. */
export function mutatedJson(value: unknown): fc.Arbitrary<unknown> {
  const paths = pathsIn(value);
  return fc
    .record({ path: fc.constantFrom(...paths), other: OTHER })
    .map(({ path, other }) => put(value, path, other));
}

const OTHER = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    true,
    false,
    0,
    -1,
    0.5,
    1e21,
    '',
    '0',
    '../../x',
    'a\0b',
    [],
    {},
    [null],
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

type Path = readonly string[];

function pathsIn(value: unknown): Path[] {
  if (typeof value !== 'object' || value === null) return [[]];
  const below = Object.entries(value).flatMap(([name, member]) =>
    pathsIn(member).map((path) => [name, ...path]),
  );
  return [[], ...below];
}

function put(value: unknown, [name, ...rest]: Path, other: unknown): unknown {
  if (name === undefined) return other;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]: [string, unknown]): [string, unknown] => [
    key,
    key === name ? put(member, rest, other) : member,
  ]);
  return Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members);
}
