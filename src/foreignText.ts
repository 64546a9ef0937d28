/** On one line, without characters that steer a terminal. */
export function onOneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ');
}

/**
 * What somebody else wrote, such as Zendesk in an error, as it may be shown: on one line, without characters that steer a
 * terminal or that a store refuses.
 * @param longest what is beyond that many characters is left out
 */
export function foreignText(text: string, longest: number): string {
  const line = onOneLine(text).replace(/\p{Cs}/gu, '\ufffd');
  return line.length > longest ? `${line.slice(0, longest).replace(/\p{Cs}$/u, '')}…` : line;
}
