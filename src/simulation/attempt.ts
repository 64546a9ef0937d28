import type { PageKey, PageResult } from '../contract/page';
import type { Batch, Destination, Written } from '../destinations/destination';
import type { ZendeskClient } from '../zendesk/client';
import type { Clock } from './clock';
import { PassingDestination } from './passing';

/** Where an attempt of a page can end, in their order. */
export const MOMENTS = ['checkpoint', 'request', 'answer', 'write', 'transaction', 'written'] as const;
export type Moment = (typeof MOMENTS)[number];

/**
 * How far an attempt gets: to its end, or to a moment where its worker dies, or falls asleep: then it is given up, wakes
 * after as many moments of others, and continues as if nothing had happened. What does not come to its moment ends after all.
 */
export type Fate =
  | { readonly kind: 'lives' }
  | { readonly kind: 'dies'; readonly at: Moment }
  | { readonly kind: 'sleeps'; readonly at: Exclude<Moment, 'transaction'>; readonly moments: number };

/** A worker that is killed. */
export class WorkerDied extends Error {}

/** One attempt of a page, on its way through the moments. */
export class Attempt {
  /** Whether its page has been written. */
  hasWritten = false;
  /** It sleeps, or has slept. */
  isGivenUp = false;
  /** When its page was asked for, and when the answer came; Unix milliseconds. */
  askedAt = 0;
  answeredAt = 0;
  /** Resolved when it falls asleep. */
  readonly asleep: Promise<void>;
  private fallAsleep: () => void = () => undefined;
  private wakeUp: () => void = () => undefined;

  /** @param others what happens meanwhile, until it is given up */
  constructor(
    readonly fate: Fate,
    private readonly clock: Clock,
    private readonly others: () => Promise<void>,
  ) {
    this.asleep = new Promise((resolve) => {
      this.fallAsleep = resolve;
    });
  }

  /** Goes on after a sleep. */
  wake(): void {
    this.wakeUp();
  }

  zendesk(client: ZendeskClient): ZendeskClient {
    const gated = Object.create(client) as ZendeskClient;
    gated.fetchPage = async (...asked) => {
      await this.pass('request');
      this.askedAt = this.clock.now;
      const page = await client.fetchPage(...asked);
      this.answeredAt = this.clock.now;
      await this.pass('answer');
      return page;
    };
    return gated;
  }

  /** By the clock of the simulation, not by the machine's, of which a page knows. */
  timed(page: PageResult): PageResult {
    const { askedAt, answeredAt, clock } = this;
    if (page.quota === null) return page;
    const ago = { askedMsAgo: clock.now - askedAt, answeredMsAgo: clock.now - answeredAt };
    return { ...page, quota: { ...page.quota, ...ago } };
  }

  /** @param writes called before a page is written */
  destination(store: Destination, writes: () => void): Destination {
    return new Gated(store, this, writes);
  }

  async pass(moment: Moment): Promise<void> {
    if (!this.isGivenUp) await this.others();
    this.die(moment);
    // A page may come to a moment twice; a worker sleeps once.
    if (this.fate.kind !== 'sleeps' || this.fate.at !== moment || this.isGivenUp) return;
    const waking = new Promise<void>((resolve) => {
      this.wakeUp = resolve;
    });
    this.isGivenUp = true;
    this.fallAsleep();
    await waking;
  }

  die(moment: Moment): void {
    if (this.fate.kind === 'dies' && this.fate.at === moment) throw new WorkerDied();
  }
}

class Gated extends PassingDestination {
  constructor(
    destination: Destination,
    private readonly attempt: Attempt,
    private readonly writes: () => void,
  ) {
    super(destination);
  }

  override async write(page: Batch): Promise<Written> {
    await this.attempt.pass('write');
    this.writes();
    const checkpoint = (written: Written): string => {
      this.attempt.die('transaction');
      return page.checkpoint(written);
    };
    const written = await super.write({ ...page, checkpoint });
    this.attempt.hasWritten = true;
    await this.attempt.pass('written');
    return written;
  }

  override async checkpoint(subdomain: string, key: PageKey): Promise<string | undefined> {
    await this.attempt.pass('checkpoint');
    return super.checkpoint(subdomain, key);
  }
}
