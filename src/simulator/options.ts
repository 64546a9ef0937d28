import type { Burst, ServedStream } from './account';
import type { ListSizes } from './listSet';
import type { TokenOptions } from './oauth';
import type { QuotaOptions } from './quota';
import type { SearchOptions } from './search';
import type { TicketShape } from './shapes';
import type { MetricSets } from './sideloads';
import type { Unavailable } from './unavailable';

/** How to start a simulator. All times are in Unix seconds. */
export interface SimulatorOptions extends SearchOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number | undefined;
  /** Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** Default "demo". */
  readonly subdomain?: string | undefined;
  /** Same seed, same `from` and `to`: same tickets. Default 1. */
  readonly seed?: number | undefined;
  /** Number of tickets. Default 1000. */
  readonly tickets?: number | undefined;
  /** Number of users, agents included. Default: a fifth of the tickets, at least 10. */
  readonly users?: number | undefined;
  /** Default: a fiftieth of the tickets, at least 5. */
  readonly organizations?: number | undefined;
  /** The number of records of lists, where it is more than by default. */
  readonly lists?: ListSizes | undefined;
  /** `generated_timestamp` of the oldest and of the newest ticket; the other streams lie between them, too. Default: two years, up to two minutes ago. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** More records, each group of one stream, tickets by default, and on one second. */
  readonly burst?: readonly Burst[] | undefined;
  /** What a page wholly inside one second does: grow to all of it (recorded), or repeat for ever (reported). */
  readonly pinned?: 'expand' | 'repeat' | undefined;
  /** The largest second that 'expand' answers in full; above it the page repeats. Default: none. */
  readonly expandLimit?: number | undefined;
  /** The export's rate limit. Default: none, and no bucket header. */
  readonly quota?: QuotaOptions | undefined;
  /** The account's limit of everything but exports. Default 700. */
  readonly accountPerMinute?: number | undefined;
  /** How many of these people and other programs make, at the beginning of each minute. Default 0. */
  readonly othersPerMinute?: number | undefined;
  readonly tokens?: TokenOptions | undefined;
  /** Role of the user behind every credential; an agent may not export. Default 'admin'. */
  readonly role?: 'admin' | 'agent' | undefined;
  /** Streams that the account's plan or role lacks. */
  readonly unavailable?: Readonly<Partial<Record<ServedStream, Unavailable>>> | undefined;
  /** Age below which changes are held back. Default 60 s. */
  readonly holdBackSeconds?: number | undefined;
  readonly latencyMs?: number | undefined;
  /** Whether to compress for readers that accept it. Default true. */
  readonly gzip?: boolean | undefined;
  /** The time in Unix seconds. Default: the system's. */
  readonly clock?: (() => number) | undefined;
  /** About how long one ticket's JSON is. Default 1500. */
  readonly ticketBytes?: number | undefined;
  /** In place of `ticketBytes`: each ticket is of one of these shapes. */
  readonly shapes?: readonly TicketShape[] | undefined;
  readonly metricSets?: MetricSets | undefined;
}
