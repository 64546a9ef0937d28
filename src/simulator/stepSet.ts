import { DataSet } from './dataSet';
import type { Fate } from './history';
import { idOf, MAX_ID, placeOf, secondOf } from './timeline';
import { firstTickets, type TicketSet, type TicketStep } from './ticketSet';

/** What happened to a ticket before the simulator started, in short. */
export interface TicketPast {
  readonly id: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly fate: Fate;
}

/** One record that a ticket's past or a step of it leaves; `kind` is for the set to read. */
export interface Trace {
  readonly at: number;
  readonly kind: number;
}

/**
 * Records that what happens to tickets leaves behind. They are made when somebody first asks for them, and afterwards
 * follow the tickets' steps: most accounts are simulated for their tickets alone.
 */
export abstract class StepSet extends DataSet {
  private readonly ticketOf: number[];
  private readonly kinds: number[];
  private stepsSeen = 0;

  protected constructor(
    noun: string,
    before: number,
    protected readonly tickets: TicketSet,
    tracesOf: (past: TicketPast) => readonly Trace[],
  ) {
    const first = inOrder(tickets, tracesOf);
    super(noun, first.versions, before);
    this.ticketOf = first.ticketOf;
    this.kinds = first.kinds;
  }

  /** What a step of a ticket leaves. */
  protected abstract tracesOfStep(step: TicketStep, index: number): readonly Trace[];

  /** Takes over what has happened to the tickets since the last time. */
  follow(): this {
    for (; this.stepsSeen < this.tickets.steps.length; this.stepsSeen += 1) {
      const step = this.tickets.steps[this.stepsSeen];
      if (step === undefined) break;
      for (const trace of this.tracesOfStep(step, this.stepsSeen)) this.trace(step.id, trace);
    }
    return this;
  }

  protected trace(ticket: number, { at, kind }: Trace): number {
    this.ticketOf.push(ticket);
    this.kinds.push(kind);
    return this.append(at);
  }

  protected ticketIdOf(id: number): number {
    return this.ticketOf[this.index(id)] ?? 0;
  }

  protected kindOf(id: number): number {
    return this.kinds[this.index(id)] ?? 0;
  }
}

/** What the past of all tickets leaves. Ids ascend with time, so it is sorted, as numbers: there may be millions. */
function inOrder(
  tickets: TicketSet,
  tracesOf: (past: TicketPast) => readonly Trace[],
): { versions: number[]; ticketOf: number[]; kinds: number[] } {
  const { created, updated, fates } = firstTickets(tickets.options);
  const ticketOf: number[] = [];
  const kinds: number[] = [];
  const places: number[] = [];
  for (const [index, createdAt] of created.entries()) {
    const [id, fate] = [index + 1, fates[index] ?? 'live'];
    for (const { at, kind } of tracesOf({ id, createdAt, updatedAt: updated[index] ?? createdAt, fate })) {
      places.push(placeOf(at, places.length));
      ticketOf.push(id);
      kinds.push(kind);
    }
  }
  if (places.length > MAX_ID)
    throw new RangeError(`the simulator holds at most ${MAX_ID} records of a stream`);
  const sorted = Float64Array.from(places).sort();
  const at = (list: readonly number[]): number[] => Array.from(sorted, (place) => list[idOf(place)] ?? 0);
  return { versions: Array.from(sorted, secondOf), ticketOf: at(ticketOf), kinds: at(kinds) };
}
