/** A time as Zendesk writes it. */
export function iso(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString().slice(0, 19) + 'Z';
}
