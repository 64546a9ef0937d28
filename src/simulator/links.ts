import type { Fault } from './faults';

/** A request whose answer leads on. */
export interface Linked {
  readonly url: URL;
  readonly fault: Fault | undefined;
}

/** The URL of the next page: the one that was asked for, with its query echoed and the position replaced. */
export function nextUrl({ url: asked, fault }: Linked, change: (search: URLSearchParams) => void): string {
  const url = new URL(asked);
  change(url.searchParams);
  return fault?.kind === 'wrongHost'
    ? `https://${fault.host ?? 'elsewhere.example'}${url.pathname}${url.search}`
    : url.href;
}

/** What comes with a page of a list. On an empty page the cursors are absent; the last has a link to one (§ lists). */
export function listEnvelope(
  request: Linked,
  { before, after, more }: { before: string | null; after: string | null; more: boolean },
): object {
  const link = (name: string, value: string | null): string | null =>
    value === null
      ? null
      : nextUrl(request, (search) => {
          search.delete('page[after]');
          search.set(name, value);
        });
  const isEmpty = before === null || after === null;
  return {
    meta: { has_more: more, ...(isEmpty ? {} : { after_cursor: after, before_cursor: before }) },
    links: { prev: link('page[before]', before), next: link('page[after]', after) },
  };
}
