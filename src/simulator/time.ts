/** A time as Zendesk writes it. */
export function iso(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString().slice(0, 19) + 'Z';
}

/** Unix seconds of such a time; undefined for any other text. */
export function parseIso(text: string): number | undefined {
  const milliseconds = /^\d{4}-\d{2}-\d{2}T[\d:]+Z$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}
