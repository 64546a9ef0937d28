import { storedId } from '../development/storedRecord';
import { encodeCursor, type Simulator } from '../simulator';
import { addStream, pause, removeStream, reset, resume } from '../../workflows/actions';
import type { ExportState } from '../../workflows/state';
import { earliest } from '../../workflows/streamState';
import type { Clock } from './clock';
import type { Drive } from './drive';
import type { History, Read, What } from './history';
import * as looks from './looks';
import * as plan from './plan';
import type { Tally } from './tally';

/** How Zendesk differs from what the simulator does by itself. */
export interface Zendesk {
  /** How far its clock is ahead of ours, in seconds. */
  skew: number;
  readonly quota: { perMinute: number };
}

/** A reset that an operator has asked for: where reading begins in its epoch. */
export interface Reset {
  readonly drive: Drive;
  readonly stream: Read;
  readonly epoch: number;
  readonly from: string;
}

/** What happens around an export: in Zendesk, to the clocks, and by operators. */
export class World {
  /** Records of lists that have been deleted, and restored: their stream and their id. */
  readonly everGone = new Set<string>();
  readonly everRestored = new Set<string>();
  readonly resets: Reset[] = [];
  /** When the quota was reduced, or a run began that does not know it, on Zendesk's clock. */
  readonly unknownFrom: number[] = [];
  /** How many pages had been asked for when an operator paused all. */
  pausedAt: number | null = null;
  /** When something happened last that no export can plan with. */
  disturbedAt: number;

  constructor(
    private readonly history: History,
    private readonly clock: Clock,
    private readonly simulator: Simulator,
    readonly zendesk: Zendesk,
    private readonly tally: Tally,
  ) {
    this.disturbedAt = clock.now;
  }

  /** @param drive the run that is under way */
  happen(what: What, drive: Drive): void {
    const { clock, simulator, zendesk } = this;
    switch (what.kind) {
      case 'tickets':
        this.tally.count(`tickets: ${what.change.kind}`);
        if (what.change.kind === 'time') this.disturbedAt = clock.now + what.change.seconds * 1000;
        plan.alter(what.change, simulator, clock);
        break;
      case 'records':
        this.alter(what);
        break;
      case 'quota':
        if (this.history.quota === null) break;
        this.tally.count('quota changed');
        if (what.perMinute < zendesk.quota.perMinute) this.unknownFrom.push(simulator.now());
        zendesk.quota.perMinute = what.perMinute;
        this.disturbedAt = clock.now;
        break;
      case 'jump': {
        const { least, most } = looks.SKEW_SECONDS;
        if (zendesk.skew - what.seconds < least || zendesk.skew - what.seconds > most) break;
        this.tally.count('clock jumped');
        clock.advance(what.seconds);
        zendesk.skew -= what.seconds;
        break;
      }
      case 'operator':
        this.operate(what, drive);
        break;
    }
  }

  private alter({ how, stream, draw }: Extract<What, { kind: 'records' }>): void {
    const { simulator } = this;
    const others = this.history.streams.filter((name) => name !== 'tickets');
    const name = others[stream % others.length];
    if (name === undefined) return;
    this.tally.count(`records: ${how}`);
    const id = simulator.anyOf(name, draw);
    if (name === 'ticket_events') {
      if (simulator.size > 0) simulator.add(name, 1);
    } else if (how === 'add' || id === undefined) {
      if (name !== 'ticket_metric_events') simulator.add(name, 1);
    } else if (how === 'remove') {
      simulator.remove(name, id);
      this.addGone(this.everGone, name);
      // What belongs to a schedule goes with it, and comes back with it.
      if (name === 'schedules') this.addGone(this.everGone, 'schedule_holidays');
    } else if (how === 'restore') {
      this.addGone(this.everRestored, name, id);
      if (name === 'schedules') this.addGone(this.everRestored, 'schedule_holidays');
      simulator.restore(name, id);
    } else simulator.change(name, id, { quietly: how === 'quietly' && looks.isListName(name) });
  }

  /** Adds those of a list that are deleted. */
  private addGone(to: Set<string>, name: Exclude<Read, 'tickets'>, id?: number): void {
    if (!looks.isListName(name)) return;
    for (const record of this.simulator.newestOf(name))
      if (record.deleted && (id ?? record.id) === record.id) to.add(`${name} ${storedId(record)}`);
  }

  private operate(
    { how, stream, seconds, byCursor, page }: Extract<What, { kind: 'operator' }>,
    drive: Drive,
  ): void {
    const { clock, history } = this;
    this.tally.count(`operator: ${how}`);
    this.disturbedAt = clock.now;
    const name = history.streams[stream % history.streams.length] ?? 'tickets';
    // One in two acts on the export as a whole.
    const which = history.streams.length > 1 && stream % 2 === 0 ? name : null;
    const act = (state: ExportState): ExportState => {
      switch (how) {
        case 'pause':
          if (which === null) this.pausedAt = drive.asked.length;
          return pause(state, clock.now, which);
        case 'resume':
          if (which === null) this.pausedAt = null;
          return resume(state, clock.now, which);
        case 'reset':
        case 'resetBack':
          return this.reset(state, name, { back: how === 'reset' ? 0 : seconds, byCursor, drive });
        case 'remove':
          return history.streams.length > 1 && Object.keys(state.progress?.streams ?? {}).length > 1
            ? removeStream(state, name, clock.now)
            : state;
        case 'add':
          return addStream(state, name, clock.now);
      }
    };
    if (page === null) drive.act(act);
    else {
      this.tally.count(`operator during a page: ${page}`);
      drive.interruption = { act, page };
    }
  }

  /** Never ahead: that leaves records out on purpose. */
  private reset(
    state: ExportState,
    name: Read,
    { back, byCursor, drive }: { readonly back: number; readonly byCursor: boolean; readonly drive: Drive },
  ): ExportState {
    const { clock } = this;
    const stream = state.progress?.streams[name];
    if (stream === undefined) return state;
    const startTime = Math.max(0, earliest(stream).watermark - back);
    const target = looks.isListName(name)
      ? null
      : byCursor && name === 'tickets'
        ? { cursor: encodeCursor({ second: startTime, id: 0 }) }
        : { startTime };
    const next = reset(state, name, target, clock.now);
    const epoch = next.progress?.streams[name]?.epoch ?? 0;
    const from = target === null ? '' : 'cursor' in target ? target.cursor : String(startTime);
    this.resets.push({ drive, stream: name, epoch, from });
    return next;
  }
}
