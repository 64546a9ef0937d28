import type { PageRequest } from '../contract/page';
import type { FetchedPage, ZendeskClient } from '../zendesk/client';

/** An export that goes on asks for its next page at once; one that does not has been paused, reset or moved elsewhere. */
const WANTED_WITHIN_MS = 10_000;

interface Pending {
  readonly subdomain: string;
  readonly question: string;
  readonly page: Promise<FetchedPage>;
  readonly drop: () => void;
}

/**
 * Fetches the next page of an export while the current one is written, so that neither the write nor the way through
 * Temporal costs throughput. At most one page per export is held; what is not asked for after all is dropped and counted.
 */
export class Prefetch {
  private readonly pending = new Map<string, Pending>();
  private readonly dropped = new Map<string, number>();

  /** @param onDrop told of every page fetched in vain */
  constructor(private readonly onDrop: (subdomain: string) => void = () => undefined) {}

  /** Starts to fetch the page that `request` asks for. */
  start(zendesk: ZendeskClient, request: PageRequest): void {
    const { exportId } = request.key;
    this.drop(exportId);
    const abort = new AbortController();
    const page = zendesk.exportPage(request, abort.signal);
    page.catch(() => undefined); // Told to whoever takes it.
    const timer = setTimeout(() => {
      this.drop(exportId);
    }, WANTED_WITHIN_MS).unref();
    const drop = (): void => {
      clearTimeout(timer);
      abort.abort();
    };
    this.pending.set(exportId, { subdomain: request.subdomain, question: questionOf(request), page, drop });
  }

  /** The page that `request` asks for, if it is on its way; it is dropped when `signal` aborts. */
  take(request: PageRequest, signal: AbortSignal): Promise<FetchedPage> | undefined {
    const { exportId } = request.key;
    const pending = this.pending.get(exportId);
    if (pending?.question !== questionOf(request)) {
      this.drop(exportId);
      return undefined;
    }
    this.pending.delete(exportId);
    signal.addEventListener('abort', pending.drop, { once: true });
    return pending.page.finally(() => {
      signal.removeEventListener('abort', pending.drop);
    });
  }

  /** Gives up the page that an export has on its way. */
  drop(exportId: string): void {
    const pending = this.pending.get(exportId);
    if (pending === undefined) return;
    this.pending.delete(exportId);
    pending.drop();
    this.onDrop(pending.subdomain);
    this.dropped.set(exportId, (this.dropped.get(exportId) ?? 0) + 1);
  }

  /** Gives up everything, before the worker ends. */
  close(): void {
    for (const exportId of [...this.pending.keys()]) this.drop(exportId);
  }

  /** How many requests of an export were in vain since this was asked last: they cost quota, too. */
  countDropped(exportId: string): number {
    const count = this.dropped.get(exportId) ?? 0;
    this.dropped.delete(exportId);
    return count;
  }
}

function questionOf({
  key,
  position,
  perPage,
  include,
  supportTypeScope,
  excludeDeleted,
}: PageRequest): string {
  return JSON.stringify([key.epoch, key.page, position, perPage, include, supportTypeScope, excludeDeleted]);
}
