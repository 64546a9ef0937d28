/** A well-mixed unsigned 32-bit number from three integers: the same input gives the same number on every machine. */
export function hash(seed: number, id: number, salt: number): number {
  let h =
    Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(id, 0xc2b2ae35) ^ Math.imul(salt + 1, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A number in [0, 1) from three integers. */
export function fraction(seed: number, id: number, salt: number): number {
  return hash(seed, id, salt) / 0x1_0000_0000;
}

/** The element a number selects; the list must not be empty. */
export function pick<T>(list: readonly T[], number: number): T {
  const element = list[number % list.length];
  if (element === undefined) throw new RangeError('pick needs a list with something in it');
  return element;
}

/** A stream of numbers in [0, 1), the same for the same seed. */
export function randomStream(seed: number): () => number {
  let drawn = 0;
  return () => fraction(seed, (drawn += 1), 0x51ed);
}
