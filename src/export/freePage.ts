import { free } from '../bytes';
import type { ParsedPage } from '../zendesk/parsedPage';

/** Frees a page's memory. Nothing may use the page any more. */
export function release({ records }: ParsedPage): void {
  const ofEachBuffer = new Map(records.map(({ json }) => [json.buffer, json]));
  for (const json of ofEachBuffer.values()) free(json);
}
