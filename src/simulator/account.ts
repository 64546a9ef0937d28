import type { DataSet } from './dataSet';
import { LISTS, type ListName } from './listSpecs';
import { ListSet, type ListOptions } from './listSet';
import { MetricEventSet } from './metricEventSet';
import { OrganizationSet } from './organizationSet';
import type { Population } from './population';
import { TicketEventSet } from './ticketEventSet';
import { TicketSet, type TicketOptions } from './ticketSet';
import { UserSet } from './userSet';

/** The incremental streams that the simulator serves. */
export const SERVED = ['tickets', 'users', 'organizations', 'ticket_events', 'ticket_metric_events'] as const;
export type Incremental = (typeof SERVED)[number];
export type ServedStream = Incremental | ListName;

function isList(stream: ServedStream): stream is ListName {
  return LISTS.some((name) => name === stream);
}

/** Records that share one second, as bulk updates and deletion schedules make them. `at` is in Unix seconds. */
export type Burst =
  | { readonly at: number; readonly tickets: number }
  | { readonly at: number; readonly stream: ServedStream; readonly records: number };

export interface AccountOptions extends Omit<TicketOptions, 'burst'>, Pick<ListOptions, 'lists'> {
  readonly population: Population;
  readonly burst: readonly Burst[];
}

/** The data of one help desk. */
export class Account {
  readonly tickets: TicketSet;
  readonly users: UserSet;
  readonly organizations: OrganizationSet;
  private readonly lists = new Map<ListName, ListSet>();
  private ticketEvents: TicketEventSet | undefined;
  private metricEvents: MetricEventSet | undefined;

  constructor(options: AccountOptions) {
    if (options.from > options.to)
      throw new RangeError('the oldest ticket must not be newer than the newest');
    const { tickets, population } = options;
    for (const count of [tickets, population.users, population.organizations])
      if (!Number.isInteger(count) || count < 0)
        throw new RangeError('a number of records is a whole number');
    this.organizations = new OrganizationSet(options);
    this.users = new UserSet(options, this.organizations);
    const burst = options.burst.flatMap((one) => ('tickets' in one ? [one] : []));
    for (const name of LISTS) this.lists.set(name, new ListSet(name, options, this.lists.get('schedules')));
    this.tickets = new TicketSet(
      { ...options, burst },
      {
        users: this.users,
        organizations: this.organizations,
        groups: this.list('groups'),
        ticketForms: this.list('ticket_forms'),
      },
    );
    for (const one of options.burst) if ('stream' in one) this.add(one.stream, one.records, one.at);
  }

  /** The records of a stream. */
  set(stream: ServedStream): DataSet {
    if (isList(stream)) return this.list(stream);
    switch (stream) {
      case 'tickets':
        return this.tickets;
      case 'users':
        return this.users;
      case 'organizations':
        return this.organizations;
      case 'ticket_events':
        return (this.ticketEvents ??= new TicketEventSet(this.tickets)).follow();
      case 'ticket_metric_events':
        return (this.metricEvents ??= new MetricEventSet(this.tickets)).follow();
    }
  }

  list(name: ListName): ListSet {
    const found = this.lists.get(name);
    if (found === undefined) throw new RangeError(`there is no list ${name}`);
    return found;
  }

  /** Adds records that share one second, and returns their ids. */
  add(stream: ServedStream, count: number, at: number): number[] {
    const set = this.set(stream);
    return Array.from({ length: count }, () => set.add(at));
  }

  /** Grows with every change of any stream: what comes beside a record belongs to another stream. */
  get revision(): number {
    const sets = [
      this.tickets,
      this.users,
      this.organizations,
      this.ticketEvents,
      this.metricEvents,
      ...this.lists.values(),
    ];
    return sets.reduce((sum, set) => sum + (set?.revision ?? 0), 0);
  }
}
