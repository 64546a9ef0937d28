import { isDeepStrictEqual } from 'node:util';
import type { PageKey, PageRequest } from '../contract/page';
import type { FetchedPage, ZendeskClient } from '../zendesk/client';
import type { Boundary } from './boundary';

/** An export that goes on asks for its next page at once; one that does not has been paused, reset or moved elsewhere. */
const WANTED_WITHIN_MS = 10_000;

interface Pending {
  readonly subdomain: string;
  readonly question: string;
  readonly page: Promise<FetchedPage>;
  readonly abort: () => void;
  /** Of the page before, once it has been written here. */
  written?: {
    readonly key: PageKey;
    readonly boundary: Boundary;
    /** Drops it when nobody has asked for it for too long. */
    readonly timer: NodeJS.Timeout;
  };
}

/** What a page is fetched ahead for: one range of one export. */
export type Reader = Pick<PageRequest, 'range' | 'key'>;

/**
 * Fetches the next page of a range while the current one is written, so that neither the write nor the way through
 * Temporal costs throughput. At most one page per range is held; what is not asked for after all is dropped and counted.
 */
export class Prefetch {
  private readonly pending = new Map<string, Pending>();
  private readonly dropped = new Map<string, number>();

  /** @param onDrop told of every page fetched in vain */
  constructor(private readonly onDrop: (subdomain: string) => void = () => undefined) {}

  /** Starts to fetch the page that `request` asks for. */
  start(zendesk: Pick<ZendeskClient, 'exportPage'>, request: PageRequest): void {
    this.drop(request);
    const abort = new AbortController();
    const page = zendesk.exportPage(request, abort.signal);
    page.catch(() => undefined); // Told to whoever takes it.
    this.pending.set(nameOf(request), {
      subdomain: request.subdomain,
      question: questionOf(request),
      page,
      abort: () => {
        abort.abort();
      },
    });
  }

  /** The page that `request` asks for, if it is on its way; it is dropped when `signal` aborts. */
  take(request: PageRequest, signal: AbortSignal): Promise<FetchedPage> | undefined {
    const pending = this.pending.get(nameOf(request));
    if (pending?.question !== questionOf(request)) {
      this.drop(request);
      return undefined;
    }
    this.forget(request, pending);
    signal.addEventListener('abort', pending.abort, { once: true });
    return pending.page.finally(() => {
      signal.removeEventListener('abort', pending.abort);
    });
  }

  /** Told when a page has been written: keeps what it ends with while the next one waits, but not for long. */
  wrote(request: Reader, boundary: Boundary): void {
    const pending = this.pending.get(nameOf(request));
    if (pending === undefined) return;
    const timer = setTimeout(() => {
      this.drop(request);
    }, WANTED_WITHIN_MS).unref();
    pending.written = { key: request.key, boundary, timer };
  }

  /** What the page before `request` ended with, if it was written here a moment ago: the destination need not be asked. */
  boundaryBefore(request: PageRequest): Boundary | undefined {
    const { written } = this.pending.get(nameOf(request)) ?? {};
    return isDeepStrictEqual(written?.key, request.previous) ? written?.boundary : undefined;
  }

  /** Gives up the page that a range has on its way. */
  drop(reader: Reader): void {
    const pending = this.pending.get(nameOf(reader));
    if (pending === undefined) return;
    this.forget(reader, pending);
    pending.abort();
    this.onDrop(pending.subdomain);
    this.addDropped(reader.key.exportId, 1);
  }

  /** Gives up everything, before the worker ends. */
  close(): void {
    for (const { abort, written } of this.pending.values()) {
      clearTimeout(written?.timer);
      abort();
    }
    this.pending.clear();
  }

  /** How many requests of an export were in vain since this was asked last: they cost quota, too. */
  countDropped(exportId: string): number {
    const count = this.dropped.get(exportId) ?? 0;
    this.dropped.delete(exportId);
    return count;
  }

  /** For the next to count. */
  addDropped(exportId: string, count: number): void {
    this.dropped.set(exportId, (this.dropped.get(exportId) ?? 0) + count);
  }

  private forget(reader: Reader, { written }: Pending): void {
    clearTimeout(written?.timer); // Or it would drop a later page of this range.
    this.pending.delete(nameOf(reader));
  }
}

function nameOf({ key, range }: Reader): string {
  return `${key.exportId} ${range}`;
}

/** Not the number of the page, which is given when it is asked for, nor where the range ends: both change nothing of it. */
function questionOf({
  key,
  position,
  perPage,
  include,
  supportTypeScope,
  excludeDeleted,
}: PageRequest): string {
  return JSON.stringify([key.epoch, position, perPage, include, supportTypeScope, excludeDeleted]);
}
