import { STREAMS } from '../streams';
import type { Filters } from './dataSet';
import type { Fate } from './history';
import { hash } from './random';
import { StepSet, type TicketPast, type Trace } from './stepSet';
import { ticketEventJson, type TicketEvent } from './ticketEvents';
import { ticketState, type TicketState } from './tickets';
import type { TicketSet, TicketStep } from './ticketSet';

const BEFORE_EVENTS = 380_100_000_000;

/** What happened in an event of a ticket's past; one event may hold several. A kind below 0 is a step: -1 the first. */
const CREATED = 1;
const ASSIGNED = 2;
const SETTLED = 4;
const DELETED = 8;

const COMMENTS: ReadonlySet<string> = new Set(['comment_events']);

/** The ticket events: what led every ticket to its newest version, except what only the system touched. They never change. */
export class TicketEventSet extends StepSet {
  constructor(tickets: TicketSet) {
    const { seed } = tickets.style;
    super(STREAMS.ticket_events.noun, BEFORE_EVENTS, tickets, (past) => pastEvents(seed, past));
  }

  isDeleted(): boolean {
    return false;
  }

  override accepts(id: number, { supportTypeScope }: Filters): boolean {
    return supportTypeScope === 'all' || this.tickets.supportType(this.ticketIdOf(id)) === supportTypeScope;
  }

  /** By default with its comments, as no other request brings them. */
  json(id: number, include = COMMENTS): string {
    const kind = this.kindOf(id);
    const step = kind < 0 ? this.tickets.steps[-kind - 1] : undefined;
    const ticket = this.ticketIdOf(id);
    return ticketEventJson(
      this.tickets.style.seed,
      {
        id,
        ticket,
        at: this.version(id),
        ...(step === undefined ? this.past(ticket, kind) : this.step(step)),
      },
      include.has('comment_events'),
    );
  }

  change(): void {
    throw new RangeError('a ticket event never changes');
  }

  remove(): void {
    this.change();
  }

  restore(): void {
    this.change();
  }

  /** Adds a comment to one of the tickets that existed by then. */
  add(at: number): number {
    const ticket = this.tickets.existingAt(at, this.size);
    if (ticket === undefined) throw new RangeError('there is no ticket that could have an event');
    this.tickets.comment(ticket, at);
    return BEFORE_EVENTS + this.follow().size;
  }

  protected tracesOfStep({ at }: TicketStep, index: number): readonly Trace[] {
    return [{ at, kind: -index - 1 }];
  }

  private state(id: number, version: number, fate: Fate): TicketState {
    return ticketState(this.tickets.style, { id, version, fate });
  }

  private step({ id, version, before, after }: TicketStep): Happened {
    if (version === null) return { before: undefined, after: undefined, comment: true };
    if (version === 0) return { before: null, after: this.state(id, 0, after), comment: true };
    const [old, now] = [this.state(id, version - 1, before), this.state(id, version, after)];
    return { before: old, after: now, comment: version % 2 === 1 };
  }

  private past(id: number, kind: number): Happened {
    const settled = this.state(id, 0, 'live');
    const created = { ...settled, status: 'new', assignee_id: null };
    const status = settled.status === 'new' ? 'new' : 'open';
    const assigned = { ...settled, status };
    const has = (what: number): boolean => (kind & what) > 0;
    const before = has(CREATED) ? null : has(ASSIGNED) ? created : has(SETTLED) ? assigned : settled;
    const after = has(DELETED)
      ? { ...settled, status: 'deleted' }
      : has(SETTLED)
        ? settled
        : has(ASSIGNED)
          ? assigned
          : created;
    return { before, after, comment: has(CREATED) || has(ASSIGNED) };
  }
}

type Happened = Pick<TicketEvent, 'before' | 'after' | 'comment'>;

/** One to three events: about two and a half a ticket. */
function pastEvents(seed: number, { id, createdAt, updatedAt, fate }: TicketPast): Trace[] {
  const end = fate === 'live' ? 0 : DELETED;
  if (createdAt === updatedAt) {
    const all = { at: createdAt, kind: CREATED | ASSIGNED | SETTLED };
    return end === 0 ? [all] : [all, { at: createdAt, kind: end }];
  }
  const created = { at: createdAt, kind: CREATED };
  const h = hash(seed, id, 50);
  if (h % 2 === 0) return [created, { at: updatedAt, kind: ASSIGNED | SETTLED | end }];
  const middle = createdAt + Math.floor(((updatedAt - createdAt) * ((h >>> 1) % 1000)) / 1000);
  return [created, { at: middle, kind: ASSIGNED }, { at: updatedAt, kind: SETTLED | end }];
}
