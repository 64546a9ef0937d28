/**
 * The options behind the `?` of a destination.
 * @throws Error that names an unknown one
 */
export function optionsIn<Name extends string>(
  query: string | undefined,
  known: readonly Name[],
): Partial<Record<Name, string>> {
  const given = new URLSearchParams(query ?? '');
  for (const name of given.keys()) {
    if (!known.some((option) => option === name)) {
      throw new Error(`has the unknown option "${name}"; known: ${known.join(', ')}`);
    }
  }
  const options: Partial<Record<Name, string>> = {};
  for (const name of known) {
    const value = given.get(name);
    if (value !== null) options[name] = value;
  }
  return options;
}
