import { hasCursor } from '../contract/request';
import type { Status } from '../contract/status';
import { HOLD_BACK_SECONDS } from '../contract/time';
import { digest } from '../digest';
import type { Simulator } from '../simulator';
import { isOrdered } from '../streams';
import { addStream } from '../../workflows/actions';
import { Broken } from './broken';
import { Clock } from './clock';
import { Drive } from './drive';
import type { Happening, History, What } from './history';
import * as looks from './looks';
import * as plan from './plan';
import { openStore, type Store } from './stores';
import type { Tally } from './tally';
import { Troubled } from './troubled';
import { expectTruth } from './truth';
import { World, type Zendesk } from './world';

export interface Surroundings {
  /** The URL of a PostgreSQL server; undefined where there is none. */
  readonly postgres: string | undefined;
  readonly tally: Tally;
}

/**
 * Lives through a history.
 * @throws Broken where the export breaks a promise
 */
export async function live(history: History, { postgres, tally }: Surroundings): Promise<void> {
  const clock = new Clock();
  const zendesk: Zendesk = { skew: 0, quota: { perMinute: history.quota ?? Infinity } };
  const { account, streams, odd } = history;
  const to = Math.floor(clock.seconds) - 120;
  const from = to - account.spread;
  const beside = streams.flatMap((stream) =>
    stream === 'users' || stream === 'organizations' ? stream : [],
  );
  const simulator = await plan.open(account, clock, {
    clock: () => clock.seconds + zendesk.skew,
    burst: account.bursts.flatMap(({ after, tickets }) => [
      { at: Math.min(to, from + after), tickets },
      ...beside.map((stream) => ({ at: Math.min(to, from + after), stream, records: tickets })),
    ]),
    ...(history.eager ? { holdBackSeconds: 0 } : {}),
    ...(history.quota === null ? {} : { quota: zendesk.quota }),
  });
  try {
    const store = await openStore(
      history.store,
      ({ json }) => odd > 0 && Number.parseInt(digest(json).slice(0, 8), 16) % odd === 0,
      postgres,
    );
    try {
      const world = new World(history, clock, simulator, zendesk, tally);
      const life = new Life(history, clock, simulator, world, store, tally);
      await (history.ends.length > 0 ? life.bounded() : life.whole());
    } finally {
      await store.close();
    }
  } finally {
    await simulator.close();
  }
}

/** No `start_time` so old can be too recent, whatever the clocks say. */
const OLD_SECONDS = 1200;

class Life {
  private readonly destination: Troubled;
  private readonly fates;
  private readonly landings: number[];
  private readonly happenings: Happening[];
  private drive: Drive;
  /** Of all runs before. */
  private readonly ended: Drive[] = [];
  private moments = 0;
  private turns = 0;
  /** What was marked as deleted when it was last looked at. */
  private readonly marked = new Set<string>();
  private readonly turnsOfStreams = new looks.Turns();

  constructor(
    private readonly history: History,
    private readonly clock: Clock,
    private readonly simulator: Simulator,
    private readonly world: World,
    private readonly store: Store,
    private readonly tally: Tally,
  ) {
    this.destination = new Troubled(store.destination, history.troubles, history.lateness, (trouble) => {
      tally.count(`destination: ${trouble}`);
    });
    this.fates = plan.inTurn(history.fates);
    this.landings = [...history.landings];
    this.happenings = history.happenings.toSorted((one, other) => one.at - other.at);
    tally.count(`store: ${history.store}`);
    for (const name of history.streams) tally.count(`stream: ${name}`);
    this.drive = this.begin();
    for (const { kind, probability } of history.faults)
      simulator.fault({
        ...kind,
        probability,
        // What may be true is taken for true.
        ...(kind.kind === 'tooRecent'
          ? { matches: ({ position = 0 }) => position < clock.seconds - OLD_SECONDS }
          : {}),
      });
  }

  private begin(lastResult?: Status, endTime?: number): Drive {
    const { history, clock } = this;
    const { streams, pagination, perPage, ranges, follow, quota, continues } = history;
    return new Drive({
      url: this.simulator.url,
      destination: this.destination,
      clock,
      exportId: `run-${this.ended.length}`,
      fates: () => {
        const fate = this.fates();
        if (fate.kind !== 'lives') this.tally.count(`worker ${fate.kind} at ${fate.at}`);
        return fate;
      },
      failed: (error) => {
        this.tally.count(`attempt failed: ${nameOf(error)}`);
      },
      // Where requests are counted, nothing comes between a decision and its request.
      ...(this.isCalm
        ? {}
        : {
            moment: () => {
              this.moment();
            },
          }),
      ...(ranges === 1 ? {} : { lands: (underway: number) => (this.landings.shift() ?? 0) % underway }),
      ...(continues === 'idle'
        ? {}
        : { continues: () => continues !== 'never' && continues.includes(this.turns % 7) }),
      input: {
        startTime: 0,
        ...(endTime === undefined ? {} : { endTime }),
        streams,
        pagination,
        perPage,
        ranges,
        follow: follow ? { everySeconds: looks.EVERY_SECONDS.poll } : false,
        lists: { everySeconds: looks.EVERY_SECONDS.sweep },
        ...(quota === null ? { requestsPerMinute: 600 } : {}),
      },
      ...(lastResult === undefined ? {} : { lastResult }),
    });
  }

  private next(endTime?: number): void {
    const status = JSON.parse(JSON.stringify(this.drive.status)) as Status;
    this.ended.push(this.drive);
    this.world.pausedAt = null;
    this.world.unknownFrom.push(this.simulator.now());
    this.tally.count('runs of a schedule');
    this.drive = this.begin(status, endTime);
  }

  /** Of all runs. */
  private sum(count: (drive: Drive) => number): number {
    return [...this.ended, this.drive].reduce((sum, drive) => sum + count(drive), 0);
  }

  async whole(): Promise<void> {
    const { history, clock, simulator } = this;
    for (this.turns = 0; this.turns < history.turns; this.turns += 1) {
      await this.turn();
      if (this.turns % 3 === 0) this.help();
    }
    // Whatever has not happened yet.
    while (this.happenings.length > 0) this.moment();
    simulator.clearFaults();
    await this.destination.heal();
    await this.drive.wakeAll();
    await this.drive.landAll();
    this.drive.interruption = undefined;
    // Of what is held back, and of what it was asked before.
    for (let reading = 0; reading < 2; reading += 1) {
      clock.advance(400);
      for (const name of history.streams) this.drive.act((state) => addStream(state, name, clock.now));
      this.help();
      await this.settle();
    }
    this.expectReads();
    await this.expectTruth();
  }

  private async settle(): Promise<void> {
    const { drive, clock, history } = this;
    const moment = clock.seconds;
    const kind = await drive.run(
      () => history.follow && looks.haveReadSince(drive, moment),
      this.enoughTurns(),
    );
    if (kind === 'paused' || kind === 'blocked')
      throw new Broken('hang', `${kind}, with nothing in the way: ${JSON.stringify(drive.status.lastError)}`);
    if (!history.follow) this.next();
  }

  /** More than reading everything again takes, where every page waits for its turn. */
  private enoughTurns(): number {
    const { streams, perPage } = this.history;
    const records = streams.flatMap((name) => [...this.simulator.newestOf(name)]).length;
    return 2000 + Math.ceil((10 * records) / perPage);
  }

  /** Runs that end at a time of their own: each holds exactly what was generated up to it. */
  async bounded(): Promise<void> {
    const { history, clock, simulator, store } = this;
    const oldest = Math.floor(clock.seconds) - 120 - history.account.spread;
    const ends = history.ends.toSorted((one, other) => one - other).map((after) => oldest + after);
    this.drive = this.begin(undefined, ends[0]);
    for (const [run, end] of ends.entries()) {
      for (let turns = 0; (await this.drive.turn()) !== 'end'; turns += 1) {
        if (turns > 2000) throw new Broken('hang', 'a run with an endTime does not end');
        plan.help(this.drive, clock);
      }
      this.next(ends[run + 1]);
      if (store.memory === undefined) continue;
      let all = 0;
      for (const name of looks.streamsOfChanges(history.streams)) {
        const wanted = [...simulator.newestOf(name)].filter(({ version }) => version <= end);
        const there = store.memory.table(name);
        if (wanted.some(({ id }) => !there.has(id)) || there.size !== wanted.length)
          throw new Broken(
            'truth',
            `${wanted.length} ${name} were generated up to ${end}, and ${there.size} are there`,
          );
        all += wanted.length;
      }
      const records = this.recordsCounted();
      if (records !== all) throw new Broken('counts', `${records} were counted of ${all} records`);
    }
    this.expectReads();
  }

  private async turn(): Promise<void> {
    const { drive, history, simulator, store, clock, world } = this;
    this.moment();
    const polls = looks.begunPolls(drive);
    const asked = drive.asked.length;
    const kind = await drive.turn();
    if (drive.asked.length > asked && world.pausedAt !== null && drive.asked.length > world.pausedAt)
      throw new Broken('pause', 'a page was asked for while the export was paused');
    if (kind === 'poll') this.tally.count('polls and sweeps');
    if (store.memory !== undefined) {
      looks.expectWatermarks(drive, store.memory, simulator);
      looks.expectNoneDeleted(history.streams, store.memory, world.everGone);
      looks.expectNoneRevived(history.streams, store.memory, this.marked, world.everRestored);
    }
    if (kind === 'poll' && !this.happened('jump')) looks.expectPolls(drive, polls);
    if (this.isCalm && history.follow)
      this.turnsOfStreams.expect(
        drive,
        clock,
        Math.min(world.zendesk.quota.perMinute, history.quota ?? Infinity),
        world.disturbedAt,
      );
    if (kind !== 'end') return;
    this.expectEnd();
    this.next();
  }

  private happened(kind: What['kind']): boolean {
    return this.history.happenings.some((one) => one.kind === kind);
  }

  private get isCalm(): boolean {
    const { quota, faults, fates, troubles } = this.history;
    return (
      quota !== null &&
      faults.length + fates.length + troubles.length === 0 &&
      !this.happened('jump') &&
      !this.hasOutage
    );
  }

  private get hasOutage(): boolean {
    return this.history.happenings.some((one) => one.kind === 'tickets' && one.change.kind === 'outage');
  }

  private help(): void {
    this.world.pausedAt = null;
    plan.help(this.drive, this.clock);
  }

  private moment(): void {
    while ((this.happenings[0]?.at ?? Infinity) <= this.moments) {
      const happening = this.happenings.shift();
      if (happening !== undefined) this.world.happen(happening, this.drive);
    }
    this.moments += 1;
  }

  /** A run that has ended has everything that was shown when its last page was asked for. */
  private expectEnd(): void {
    const { history, simulator, store } = this;
    if (store.memory === undefined) return;
    const { happenings } = history;
    const isMoved = happenings.some((one) => one.kind === 'operator' && one.how !== 'pause');
    if (this.happened('jump') || isMoved || this.drive.woken > 0) return;
    for (const name of looks.streamsOfChanges(history.streams)) {
      const shown = Math.floor((this.drive.askedAt.get(name) ?? 0) / 1000) - HOLD_BACK_SECONDS;
      const there = store.memory.table(name);
      for (const record of simulator.newestOf(name)) {
        const { id, version } = record;
        if (version >= shown || there.get(id)?.version === version) continue;
        if (!store.memory.quarantine.has(record.json()))
          throw new Broken('end', `a run has ended without ${name} ${id} of ${version}`);
      }
    }
  }

  private expectReads(): void {
    const { history, simulator, tally, store } = this;
    const asked = this.sum((drive) => drive.asked.length);
    const failed = this.sum((drive) => drive.failedAttempts);
    const woken = this.sum((drive) => drive.woken);
    tally.count('requests', simulator.requests.length);
    tally.count('pages', asked);
    tally.count('zombies woken', woken);
    for (const { status } of simulator.requests)
      if (status !== 200) tally.count(`Zendesk answered: ${status}`);
    const isTimely =
      history.fates.every(({ kind }) => kind !== 'sleeps') &&
      !history.troubles.includes('late') &&
      !this.happened('operator');
    const known = isTimely ? this.sum((drive) => drive.diedAfterWriting) : 0;
    const most = this.requestsPerPage() * (asked + woken) + failed - known;
    if (simulator.requests.length > most)
      throw new Broken('requests', `${simulator.requests.length} requests, where at most ${most} are needed`);
    const isCounted =
      isTimely &&
      history.streams.every((name) => isOrdered(name)) &&
      store.memory !== undefined &&
      this.sum((drive) => drive.endsWithin + drive.uncounted) === 0;
    if (isCounted && history.ends.length === 0) {
      const records = this.recordsCounted();
      if (records !== store.memory.versions.size)
        throw new Broken(
          'counts',
          `${records} records were counted, and ${store.memory.versions.size} written`,
        );
    }
    this.expectResets();
    if (this.isCalm && this.history.streams.length === 1 && this.requestsPerPage() === 1) this.expectQuota();
  }

  private recordsCounted(): number {
    return this.sum((drive) => drive.status.records);
  }

  /** Requests of one page, where nothing fails: some lists are read by owner, and a crowded second without a cursor in one large page. */
  private requestsPerPage(): number {
    const { streams } = this.history;
    if (streams.includes('schedule_holidays')) return 10;
    return streams.every((name) => looks.isListName(name) || hasCursor(name)) ? 1 : 2;
  }

  private expectResets(): void {
    for (const { drive, stream, epoch, from } of this.world.resets) {
      const first = drive.asked.find((asked) => asked.stream === stream && asked.key.epoch === epoch);
      if (first === undefined) continue;
      const { position } = first;
      const at =
        position.endpoint === 'list'
          ? (position.after ?? '')
          : 'cursor' in position
            ? position.cursor
            : String(position.startTime);
      if (at !== from) throw new Broken('reset', `${stream} were reset to ${from}, and read from ${at}`);
    }
  }

  private expectQuota(): void {
    const { requests } = this.simulator;
    const first = requests[0]?.at ?? 0;
    // It is learned by the first request that comes after it, however late; of those of the same moment some came before.
    const learned = this.world.unknownFrom.map((from) => ({
      from,
      to: (requests.find(({ at }) => at > from)?.at ?? from) + 121,
    }));
    const isNew = (at: number): boolean =>
      at <= first + 60 || learned.some(({ from, to }) => at >= from && at <= to);
    const refused = requests.find(({ status, at }) => status === 429 && !isNew(at));
    if (refused !== undefined)
      throw new Broken(
        'quota',
        `${refused.path} was refused ${refused.at - first} s after the first request`,
      );
  }

  private async expectTruth(): Promise<void> {
    const { history, simulator, store } = this;
    const quarantine = new Set((await store.destination.quarantined()).map(({ json }) => json));
    expectTruth(history.streams, simulator, { rows: await store.read(history.streams), quarantine });
  }
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { failure } = error as { readonly failure?: { readonly kind?: string } };
  return failure?.kind ?? error.name;
}
