import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen } from '../listen';
import { Account, type ServedStream } from './account';
import type { Change, When } from './control';
import type { TrueRecord } from './dataSet';
import { Faults, type FaultSpec } from './faults';
import type { Fate } from './history';
import { Credentials } from './oauth';
import type { SimulatorOptions } from './options';
import type { RequestRecord } from './requestLog';
import { requestHandler } from './server';
import type { TicketChange, TrueTicket } from './ticketSet';
import type { Unavailable } from './unavailable';
import type { UserIdentity } from './userSet';

const TICKET_BYTES = 1500;

/** What listens on all addresses is reached at this one. */
const WILDCARDS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };

/** A fake Zendesk that runs in this process. Times are Unix seconds, on the simulator's own clock. */
export class Simulator {
  /** `http://127.0.0.1:port`, without a slash at the end; works on this machine. */
  url = '';
  /** Every request so far, those of the control interface excepted. */
  readonly requests: RequestRecord[] = [];
  private readonly server = createServer({ keepAliveTimeout: 60_000 });
  private readonly credentials: Credentials;
  private readonly faults: Faults;
  private readonly unavailable: Map<ServedStream, Unavailable>;
  private advanced = 0;

  private constructor(
    readonly subdomain: string,
    private readonly account: Account,
    private readonly clock: () => number,
    options: SimulatorOptions,
  ) {
    this.credentials = new Credentials(options.tokens ?? {});
    this.faults = new Faults(options.seed ?? 1);
    this.unavailable = new Map(Object.entries(options.unavailable ?? {}) as [ServedStream, Unavailable][]);
    const { credentials, faults, unavailable } = this;
    const handle = requestHandler(this, { account, credentials, faults, unavailable }, options);
    this.server.on(
      'request',
      (request: IncomingMessage, response: ServerResponse) => void handle(request, response),
    );
  }

  static async start(options: SimulatorOptions = {}): Promise<Simulator> {
    const clock = options.clock ?? (() => Date.now() / 1000);
    const to = Math.floor(options.to ?? clock() - 120);
    const subdomain = options.subdomain ?? 'demo';
    const tickets = options.tickets ?? 1000;
    const account = new Account({
      seed: options.seed ?? 1,
      subdomain,
      tickets,
      population: {
        users: options.users ?? Math.max(10, Math.ceil(tickets / 5)),
        organizations: options.organizations ?? Math.max(5, Math.ceil(tickets / 50)),
        ratings: Math.ceil(tickets / 10),
      },
      lists: options.lists,
      from: Math.floor(options.from ?? to - 2 * 365 * 86_400),
      to,
      burst: options.burst ?? [],
      shapes: options.shapes ?? [{ bytes: options.ticketBytes ?? TICKET_BYTES }],
      metricSets: options.metricSets ?? 'nested',
    });
    const simulator = new Simulator(subdomain, account, clock, options);
    await simulator.listen(options.port ?? 0, options.host ?? '127.0.0.1');
    return simulator;
  }

  private async listen(port: number, host: string): Promise<void> {
    await listen(this.server, { host, port }, 'The simulator');
    const name = WILDCARDS[host] ?? (host.includes(':') ? `[${host}]` : host);
    this.url = `http://${name}:${(this.server.address() as AddressInfo).port}`;
  }

  /** The simulator's time. */
  now(): number {
    return this.clock() + this.advanced;
  }

  /** Moves the simulator's clock forward. */
  advance(seconds: number): void {
    this.advanced += seconds;
  }

  /** The number of tickets; their ids are 1…size. */
  get size(): number {
    return this.account.tickets.size;
  }

  /** The newest version of every ticket, those still held back included, by ascending id. */
  *newestVersions(): Generator<TrueTicket> {
    for (const id of this.account.tickets.ids()) yield this.newestVersion(id);
  }

  /** The newest version of one ticket. */
  newestVersion(id: number): TrueTicket {
    const { tickets } = this.account;
    return {
      id,
      generatedTimestamp: tickets.version(id),
      status: tickets.status(id),
      supportType: tickets.supportType(id),
      json: () => tickets.json(id),
    };
  }

  /** What an export must end up with, by ticket id. */
  truth(): Map<number, TrueTicket> {
    return new Map([...this.newestVersions()].map((ticket) => [ticket.id, ticket]));
  }

  /** The newest version of every record of a stream, those still held back included, by ascending id. */
  *newestOf(stream: ServedStream): Generator<TrueRecord> {
    const set = this.account.set(stream);
    for (const id of set.ids()) yield set.newest(id);
  }

  /** What an export of a stream must end up with, by id. */
  truthOf(stream: ServedStream): Map<number, TrueRecord> {
    return new Map([...this.newestOf(stream)].map((record) => [record.id, record]));
  }

  /** What the identities that come with the users must end up as, by id. */
  identities(): Map<number, UserIdentity> {
    const { users } = this.account;
    return new Map([...users.ids()].flatMap((user) => users.identities(user)).map((one) => [one.id, one]));
  }

  /** One record of a stream, by a number from 0 to 1; undefined where it is empty. */
  anyOf(stream: ServedStream, draw: number): number | undefined {
    return this.account.set(stream).nth(draw);
  }

  /** Changes a record of any stream, now by default; quietly: its time does not move. Ticket events never change. */
  change(stream: ServedStream, id: number, { at = this.second(), quietly = false }: Change = {}): void {
    const set = this.account.set(stream);
    set.change(id, quietly ? set.version(id) : at);
  }

  /** Deletes a record as its stream does: it comes again, marked as deleted, or disappears from its list. */
  remove(stream: ServedStream, id: number, { at = this.second() }: When = {}): void {
    this.account.set(stream).remove(id, at);
  }

  /** Undoes a deletion: of a record of any stream, or, by its id alone, of a ticket. */
  restore(stream: ServedStream, id: number, when?: When): void;
  restore(id: number, change?: TicketChange): void;
  restore(first: ServedStream | number, second: number | TicketChange = {}, when: When = {}): void {
    if (typeof first === 'number') this.changeTicket(first, 'live', typeof second === 'object' ? second : {});
    else if (typeof second === 'number') this.account.set(first).restore(second, when.at ?? this.second());
  }

  /** Adds records that share one second, and returns their ids. A ticket event is a comment on a ticket that exists by then. */
  add(stream: ServedStream, count: number, { at = this.second() }: When = {}): number[] {
    return this.account.add(stream, count, at);
  }

  /** From now on refuses a stream, as an account does whose plan or role lacks it; with null, no longer. */
  setUnavailable(stream: ServedStream, how: Unavailable | null): void {
    if (how === null) this.unavailable.delete(stream);
    else this.unavailable.set(stream, how);
  }

  /** Changes a ticket: a new version, generated now, at the end of the order. */
  update(id: number, change: TicketChange = {}): void {
    this.changeTicket(id, undefined, change);
  }

  /** Changes many tickets in the same second, as bulk updates and business rules do. */
  updateMany(ids: Iterable<number>, change: TicketChange = {}): void {
    const at = change.at ?? this.second();
    for (const id of [...ids].sort((a, b) => a - b)) this.changeTicket(id, undefined, { ...change, at });
  }

  /** Soft-deletes a ticket: its status becomes "deleted", its content stays. */
  delete(id: number, change: TicketChange = {}): void {
    this.changeTicket(id, 'deleted', change);
  }

  /** Scrubs a ticket, as happens 30 days after a soft delete: the content goes, `updated_at` stays. */
  scrub(id: number, change: TicketChange = {}): void {
    this.changeTicket(id, 'scrubbed', { system: true, ...change });
  }

  /** Creates tickets, and returns their ids. */
  create(count = 1, when: When = {}): number[] {
    return this.add('tickets', count, when);
  }

  private changeTicket(id: number, fate: Fate | undefined, change: TicketChange): void {
    this.account.tickets.update(id, change.at ?? this.second(), fate, change);
  }

  private second(): number {
    return Math.floor(this.now());
  }

  /** Adds a fault for requests to come. */
  fault(spec: FaultSpec): void {
    this.faults.add(spec);
  }

  clearFaults(): void {
    this.faults.clear();
  }

  /** Ends every minted token now. */
  revokeTokens(): void {
    this.credentials.revoke();
  }

  /** Stops listening and drops every connection, stalled ones included. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
  }
}

/** Starts a fake Zendesk. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  return Simulator.start(options);
}
