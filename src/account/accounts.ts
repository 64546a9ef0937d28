import { isDeepStrictEqual } from 'node:util';
import { InvalidConfig, type ConfiguredAccount } from './config';
import { LeasedDestination } from '../destinations/lease';
import { locationOf, openDestination } from '../destinations/open';
import type { NoticeTarget } from '../notices/target';
import type { Account } from '../zendesk/account';
import type { ZendeskClient } from '../zendesk/client';
import type { Privacy } from '../zendesk/privacy/privacy';

/** What an export of one account works with. */
export interface OpenAccount {
  readonly zendesk: ZendeskClient;
  readonly destination: LeasedDestination;
}

interface Known extends OpenAccount {
  readonly configured: ConfiguredAccount;
}

interface Log {
  info(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** An export names an account that is not configured, or not any more. */
export class AccountNotConfigured extends Error {
  override readonly name = 'AccountNotConfigured';
}

/** How often the configuration is read while nobody asks for it, so that a mistake in it is reported soon after it is made. */
const LOOK_EVERY_MS = 1000;
/** More accounts than this, each with a file of its own for its secret, take too long to look at for every use. */
const FEW = 100;

/**
 * The accounts of this worker, by subdomain. The configuration is read again and again: whoever asks gets what it says
 * now, and whoever is at work keeps what it has. One that is broken changes nothing.
 */
export class Accounts {
  private known: ReadonlyMap<string, Known> = new Map();
  /** What {@link known} was made of. */
  private configured: readonly ConfiguredAccount[];
  /** By location, and kept for good: accounts that share one take turns. Idle ones are closed. */
  private readonly destinations = new Map<string, LeasedDestination>();
  private readonly timer: NodeJS.Timeout;
  /** Problems that have been reported. */
  private broken: readonly string[] = [];

  /** @throws InvalidConfig */
  constructor(
    /** Answers the same array for as long as nothing has changed. */
    private readonly read: () => readonly ConfiguredAccount[],
    private readonly log: Log,
    private readonly openClient: (account: Account) => ZendeskClient,
    /** Where notices go of accounts that name no place of their own. */
    private readonly notices?: NoticeTarget,
  ) {
    this.configured = read();
    this.known = this.open(this.configured);
    this.timer = setInterval(() => {
      this.look();
    }, LOOK_EVERY_MS).unref();
  }

  /** @throws AccountNotConfigured */
  of(subdomain: string): OpenAccount {
    const account = this.now().get(subdomain);
    if (account !== undefined) return account;
    throw new AccountNotConfigured(
      `This worker has no credentials for ${subdomain}. Add the account to EXPORT_CONFIG, or start a worker that has ` +
        'them, then resume.',
    );
  }

  /** Where notices about an account go, also about one that is not configured; undefined for nowhere. */
  noticesOf(subdomain: string): NoticeTarget | undefined {
    return this.now().get(subdomain)?.configured.notices ?? this.notices;
  }

  subdomains(): readonly string[] {
    return [...this.now().keys()];
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all([...this.destinations.values()].map(async (destination) => destination.close()));
  }

  private now(): ReadonlyMap<string, Known> {
    // At every use, so that a command that follows an edit finds it; with many accounts a second later.
    if (this.known.size <= FEW) this.look();
    return this.known;
  }

  private look(): void {
    const before = this.known;
    try {
      const configured = this.read();
      if (configured === this.configured && this.broken.length === 0) return;
      this.known = this.open(configured);
      this.configured = configured;
    } catch (error) {
      const problems = error instanceof InvalidConfig ? error.problems : [String(error)];
      if (isDeepStrictEqual(problems, this.broken)) return;
      this.broken = problems;
      this.log.error('the configuration cannot be used any more: the accounts stay as they were', {
        problems,
      });
      return;
    }
    const changes = changesBetween(before, this.known);
    if (this.broken.length > 0 || Object.keys(changes).length > 0) {
      this.log.info('the configuration has changed', changes);
    }
    this.broken = [];
  }

  private open(configured: readonly ConfiguredAccount[]): ReadonlyMap<string, Known> {
    return new Map(
      configured.map((each) => {
        const { account, destination } = each;
        const before = this.known.get(account.subdomain);
        // A client holds a token; it is kept for as long as it would be made the same.
        const zendesk =
          before !== undefined && isDeepStrictEqual(before.configured.account, account)
            ? before.zendesk
            : this.openClient(account);
        return [account.subdomain, { configured: each, zendesk, destination: this.lease(destination.url) }];
      }),
    );
  }

  private lease(url: string): LeasedDestination {
    const location = locationOf(url);
    const lease = this.destinations.get(location) ?? new LeasedDestination(openDestination(url));
    this.destinations.set(location, lease);
    return lease;
  }
}

function privacyOf({ configured }: Known): Privacy | undefined {
  return configured.account.privacy;
}

function withoutPrivacy({ configured }: Known): object {
  return { ...configured.account, privacy: undefined };
}

/** Names only, for the log; nothing when all is as it was. */
function changesBetween(
  before: ReadonlyMap<string, Known>,
  after: ReadonlyMap<string, Known>,
): Record<string, readonly string[]> {
  const both = [...after].flatMap(([name, now]) => {
    const then = before.get(name);
    return then === undefined ? [] : [{ name, then, now }];
  });
  const changes = {
    added: [...after.keys()].filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    otherCredentials: both
      .filter(({ then, now }) => !isDeepStrictEqual(withoutPrivacy(then), withoutPrivacy(now)))
      .map(({ name }) => name),
    otherPrivacyRules: both
      .filter(({ then, now }) => !isDeepStrictEqual(privacyOf(then), privacyOf(now)))
      .map(({ name }) => name),
    otherDestination: both
      .filter(({ then, now }) => then.destination !== now.destination)
      .map(({ name, now }) => `${name}: ${now.configured.destination.name}`),
  };
  return Object.fromEntries(Object.entries(changes).filter(([, names]) => names.length > 0));
}
