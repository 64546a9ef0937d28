import { owned } from '../bytes';
import type { JsonScanner } from './jsonScanner';

/** Whose records a list holds: what its path alone says. */
export interface Owner {
  readonly key: string;
  readonly id: number;
}

/** An answer with the owner's id in front of each of its records. */
export function withOwner(scanner: JsonScanner, list: string, { key, id }: Owner): Buffer {
  const parts: Buffer[] = [];
  let written = 0;
  const addOwner = (): void => {
    const start = scanner.at;
    const isObject = scanner.startsWith('{');
    scanner.value();
    if (!isObject) return;
    const isEmpty =
      scanner
        .bytesFrom(start + 1)
        .toString()
        .trim() === '}';
    parts.push(scanner.text.subarray(written, start + 1), Buffer.from(`"${key}":${id}${isEmpty ? '' : ','}`));
    written = start + 1;
  };
  scanner.members((name) => {
    if (name === list && scanner.startsWith('[')) scanner.list(addOwner);
    else scanner.value();
  });
  return owned(Buffer.concat([...parts, scanner.text.subarray(written)]));
}
