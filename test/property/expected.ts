import type { Simulator, TrueTicket } from '../../src/simulator';
import type { MemoryDestination } from '../../src/simulation/memoryDestination';
import type { Event } from '../../src/simulation/plan';

export interface Filters {
  readonly excludeSystemUpdates: boolean;
  readonly excludeDeleted: boolean;
  readonly supportTypeScope: 'all' | 'agent' | 'ai_agent';
}

/** What the documented rules of the filters demand of a destination, learned from every change of an account. */
export class Expected {
  /** Of every ticket, the versions since a person changed it last: any of them will do where the system's are left out. */
  private readonly versions = new Map<number, string[]>();

  constructor(
    private readonly simulator: Simulator,
    private readonly filters: Filters,
  ) {
    this.learn('create');
  }

  /** Called after every change. */
  learn(kind: Event['what']['kind']): void {
    const bySystem = this.filters.excludeSystemUpdates && (kind === 'systemUpdate' || kind === 'scrub');
    for (const ticket of this.simulator.newestVersions()) {
      const json = ticket.json();
      const before = this.versions.get(ticket.id) ?? [];
      if (before.at(-1) !== json) this.versions.set(ticket.id, bySystem ? [...before, json] : [json]);
    }
  }

  /** Every ticket that is not as it must be. */
  problems(destination: MemoryDestination): string[] {
    return [...this.simulator.newestVersions()].flatMap((ticket) => this.problem(ticket, destination) ?? []);
  }

  private problem(
    { id, status, supportType }: TrueTicket,
    { tickets, quarantine }: MemoryDestination,
  ): string | undefined {
    const { excludeDeleted, supportTypeScope: scope } = this.filters;
    const stored = tickets.get(id);
    if (scope !== 'all' && supportType !== scope)
      return stored === undefined ? undefined : `ticket ${id} is of another support type`;
    if (excludeDeleted && stored?.deleted === true) return `ticket ${id} is stored as deleted`;
    if (excludeDeleted && status === 'deleted') return undefined;
    const versions = this.versions.get(id) ?? [];
    if (versions.some((version) => isOf(version, stored?.json))) return undefined;
    const held = [...quarantine.keys()].some((json) => versions.some((version) => isOf(version, json)));
    return held ? undefined : `ticket ${id} is ${stored === undefined ? 'missing' : 'outdated'}`;
  }
}

/** Whether a record is this version, with or without sideloads before its closing brace. */
function isOf(version: string, json: string | undefined): boolean {
  return json === version || json?.startsWith(`${version.slice(0, -1)},"`) === true;
}
