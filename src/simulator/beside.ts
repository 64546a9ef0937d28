/** The lists beside the records of a page that were asked for, as `,"users":[…]` and so on. Each makes its objects' JSON. */
export function besideJson(
  include: ReadonlySet<string>,
  lists: Readonly<Record<string, () => readonly string[]>>,
): string {
  return Object.entries(lists)
    .filter(([name]) => include.has(name))
    .map(([name, list]) => `,"${name}":[${list().join(',')}]`)
    .join('');
}

/** Each id once. */
export function distinct(ids: readonly (number | null)[]): number[] {
  return [...new Set(ids.filter((id) => id !== null))];
}
