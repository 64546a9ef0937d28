import { readFileSync } from 'node:fs';

/** A file's text in UTF-8. @throws what the system says */
export type ReadText = (path: string) => string;

export const readText: ReadText = (path) => readFileSync(path, 'utf8');

/**
 * Memoises `parse`: returns the same object until the content of a file that it read has changed. Compares content, not
 * modification times, because two edits can share one.
 */
export function memoise<T>(parse: (read: ReadText) => T): () => T {
  let last: { readonly value: T; readonly texts: ReadonlyMap<string, string> } | undefined;
  return () => {
    if (last !== undefined && areUnchanged(last.texts)) return last.value;
    const texts = new Map<string, string>();
    const value = parse((path) => {
      const text = texts.get(path) ?? readText(path);
      texts.set(path, text);
      return text;
    });
    last = { value, texts };
    return value;
  };
}

function areUnchanged(texts: ReadonlyMap<string, string>): boolean {
  try {
    return [...texts].every(([path, text]) => readText(path) === text);
  } catch {
    return false; // Reading it again reports what is wrong.
  }
}
