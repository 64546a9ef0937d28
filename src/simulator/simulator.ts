import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen } from '../listen';
import { Account, type TicketChange, type TrueTicket } from './account';
import { Faults, type FaultSpec } from './faults';
import { Credentials } from './oauth';
import type { SimulatorOptions } from './options';
import type { RequestRecord } from './requestLog';
import { requestHandler } from './server';
import type { Fate } from './tickets';

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
  private advanced = 0;

  private constructor(
    readonly subdomain: string,
    private readonly account: Account,
    private readonly clock: () => number,
    options: SimulatorOptions,
  ) {
    this.credentials = new Credentials(options.tokens ?? {});
    this.faults = new Faults(options.seed ?? 1, options.faults ?? {});
    const handle = requestHandler(
      this,
      { account, credentials: this.credentials, faults: this.faults },
      options,
    );
    this.server.on(
      'request',
      (request: IncomingMessage, response: ServerResponse) => void handle(request, response),
    );
  }

  static async start(options: SimulatorOptions = {}): Promise<Simulator> {
    const clock = options.clock ?? (() => Date.now() / 1000);
    const to = Math.floor(options.to ?? clock() - 120);
    const subdomain = options.subdomain ?? 'demo';
    const account = new Account({
      seed: options.seed ?? 1,
      subdomain,
      tickets: options.tickets ?? 1000,
      from: Math.floor(options.from ?? to - 2 * 365 * 86_400),
      to,
      burst: options.burst ?? [],
      shapes: options.shapes ?? [{ bytes: options.ticketBytes ?? TICKET_BYTES }],
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
    return this.account.size;
  }

  /** The newest version of every ticket, those still held back included, by ascending id. */
  *newestVersions(): Generator<TrueTicket> {
    for (let id = 1; id <= this.account.size; id += 1) yield this.newestVersion(id);
  }

  /** The newest version of one ticket. */
  newestVersion(id: number): TrueTicket {
    return {
      id,
      generatedTimestamp: this.account.generatedTimestamp(id),
      status: this.account.status(id),
      supportType: this.account.supportType(id),
      json: () => this.account.json(id),
    };
  }

  /** What an export must end up with, by ticket id. */
  truth(): Map<number, TrueTicket> {
    return new Map([...this.newestVersions()].map((ticket) => [ticket.id, ticket]));
  }

  /** Changes a ticket: a new version, generated now, at the end of the order. */
  update(id: number, change: TicketChange = {}): void {
    this.change(id, undefined, change);
  }

  /** Changes many tickets in the same second, as bulk updates and business rules do. */
  updateMany(ids: Iterable<number>, change: TicketChange = {}): void {
    const at = change.at ?? Math.floor(this.now());
    for (const id of [...ids].sort((a, b) => a - b)) this.change(id, undefined, { ...change, at });
  }

  /** Soft-deletes a ticket: its status becomes "deleted", its content stays. */
  delete(id: number, change: TicketChange = {}): void {
    this.change(id, 'deleted', change);
  }

  /** Scrubs a ticket, as happens 30 days after a soft delete: the content goes, `updated_at` stays. */
  scrub(id: number, change: TicketChange = {}): void {
    this.change(id, 'scrubbed', { system: true, ...change });
  }

  /** Undoes a soft delete. */
  restore(id: number, change: TicketChange = {}): void {
    this.change(id, 'live', change);
  }

  /** Creates tickets, and returns their ids. */
  create(count = 1, { at = Math.floor(this.now()) }: { at?: number | undefined } = {}): number[] {
    return Array.from({ length: count }, () => this.account.add(at));
  }

  private change(id: number, fate: Fate | undefined, change: TicketChange): void {
    this.account.change(id, change.at ?? Math.floor(this.now()), fate, change);
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
