/** The value of a body that may or may not be JSON; undefined when it is not. */
export function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Plain text, HTML and nothing are recorded shapes of an answer.
  }
}
