import { free } from '../bytes';
import type { ExportPage } from '../zendesk/page';

/** Frees a page's memory. Nothing may use the page any more. */
export function release({ tickets }: ExportPage): void {
  const ofEachBuffer = new Map(tickets.map(({ json }) => [json.buffer, json]));
  for (const json of ofEachBuffer.values()) free(json);
}
