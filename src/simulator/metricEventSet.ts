import { STREAMS } from '../streams';
import type { Filters } from './dataSet';
import { hash, pick } from './random';
import { StepSet, type TicketPast, type Trace } from './stepSet';
import type { TicketSet, TicketStep } from './ticketSet';
import { iso } from './time';

const BEFORE_METRIC_EVENTS = 390_100_000_000;

/** How far a ticket is when its metric events come. */
type Moment = 'created' | 'middle' | 'updated';
type Kind = readonly [metric: string, type: string, at: Moment];

/** What is measured of a ticket: one of these. */
const COURSES: readonly (readonly Kind[])[] = [
  [
    ['reply_time', 'activate', 'created'],
    ['reply_time', 'fulfill', 'middle'],
    ['reply_time', 'update_status', 'middle'],
  ],
  [
    ['agent_work_time', 'activate', 'created'],
    ['agent_work_time', 'apply_sla', 'created'],
    ['agent_work_time', 'breach', 'middle'],
  ],
  [
    ['requester_wait_time', 'activate', 'created'],
    ['requester_wait_time', 'pause', 'middle'],
    ['requester_wait_time', 'activate', 'updated'],
  ],
  [
    ['pausable_update_time', 'activate', 'created'],
    ['pausable_update_time', 'measure', 'updated'],
  ],
  [
    ['group_ownership_time', 'activate', 'created'],
    ['group_ownership_time', 'apply_group_sla', 'created'],
  ],
  [
    ['resolution_time', 'activate', 'created'],
    ['resolution_time', 'fulfill', 'updated'],
  ],
  [['periodic_update_time', 'measure', 'updated']],
];
const KINDS = COURSES.flat();

/** The metric events. A withdrawn one comes again, later, with `deleted` true (§ metric events). */
export class MetricEventSet extends StepSet {
  private readonly withdrawn = new Set<number>();

  constructor(tickets: TicketSet) {
    const { seed } = tickets.style;
    const { noun } = STREAMS.ticket_metric_events;
    super(noun, BEFORE_METRIC_EVENTS, tickets, (past) => pastEvents(seed, past));
    for (const id of this.ids())
      if (hash(seed, id - BEFORE_METRIC_EVENTS, 61) % 50 === 0) this.withdrawn.add(id);
  }

  isDeleted(id: number): boolean {
    return this.withdrawn.has(id);
  }

  override accepts(id: number, { excludeDeleted }: Filters): boolean {
    return !(excludeDeleted && this.isDeleted(id));
  }

  json(id: number): string {
    const [metric, type] = pick(KINDS, this.kindOf(id));
    const h = hash(this.tickets.style.seed, id - BEFORE_METRIC_EVENTS, 62);
    return JSON.stringify({
      id,
      ticket_id: this.ticketIdOf(id),
      metric,
      instance_id: 1,
      type,
      time: iso(this.version(id)),
      ...(type === 'update_status' ? { status: { calendar: h % 5000, business: h % 1500 } } : {}),
      ...(type === 'apply_sla' ? { sla: agreement(h) } : {}),
      ...(type === 'apply_group_sla' ? { group_sla: agreement(h) } : {}),
      ...(this.isDeleted(id) ? { deleted: true } : {}),
    });
  }

  change(id: number, at: number): void {
    this.move(id, at);
  }

  remove(id: number, at: number): void {
    this.move(id, at);
    this.withdrawn.add(id);
  }

  restore(id: number, at: number): void {
    this.move(id, at);
    this.withdrawn.delete(id);
  }

  add(at: number): number {
    const { size } = this.tickets;
    if (size === 0) throw new RangeError('there is no ticket that could be measured');
    return this.trace(1 + (this.size % size), { at, kind: this.size % KINDS.length });
  }

  protected tracesOfStep({ at, version }: TicketStep, index: number): readonly Trace[] {
    return version === null ? [] : [{ at, kind: version === 0 ? 0 : 1 + (index % (KINDS.length - 1)) }];
  }
}

function pastEvents(seed: number, { id, createdAt, updatedAt }: TicketPast): Trace[] {
  const h = hash(seed, id, 60);
  const course = pick(COURSES, h);
  const times: Record<Moment, number> = {
    created: createdAt,
    middle: createdAt + Math.floor(((updatedAt - createdAt) * ((h >>> 3) % 1000)) / 1000),
    updated: updatedAt,
  };
  return course.map((kind) => ({ at: times[kind[2]], kind: KINDS.indexOf(kind) }));
}

function agreement(h: number): object {
  const target = 15 * (1 + (h % 40));
  return {
    target,
    target_in_seconds: target * 60,
    business_hours: h % 2 === 0,
    policy: { id: 360_000_901 + (h % 3), title: 'Premium', description: null },
  };
}
