import { SETTLED_SECONDS } from '../contract/time';
import type { ListName, Simulator } from '../simulator';
import { STREAMS, type StreamName } from '../streams';
import { isList } from '../streams/stream';
import { unfinished, watermarkOf, type StreamState } from '../../workflows/streamState';
import { streamsOf } from '../../workflows/state';
import { Broken } from './broken';
import type { Clock } from './clock';
import type { Drive } from './drive';
import type { Read } from './history';
import type { MemoryDestination } from './memoryDestination';

// What can be seen of an export after each turn.

export function isListName(name: Read | StreamName): name is ListName {
  return isList(STREAMS[name]);
}

export function streamsOfChanges(streams: readonly Read[]): Exclude<Read, ListName>[] {
  return streams.flatMap((name) => (isListName(name) ? [] : name));
}

/** A version generated before the watermark is in the destination: it would be lost by a reset to the watermark. */
export function expectWatermarks(drive: Drive, memory: MemoryDestination, simulator: Simulator): void {
  const { progress } = drive.state;
  for (const [name, stream] of progress === null ? [] : streamsOf(progress)) {
    if (isListName(name)) continue;
    const watermark = watermarkOf(stream);
    const table = memory.table(name);
    for (const record of simulator.newestOf(name as Exclude<Read, ListName>)) {
      const { id, version } = record;
      if (version >= watermark || table.get(id)?.version === version || memory.quarantine.has(record.json()))
        continue;
      throw new Broken(
        'watermark',
        `${name} ${id} of ${version} is missing below the watermark ${watermark}`,
      );
    }
  }
}

/** Nothing is marked as deleted that never was. The order of tags changes while they are read, so that one can be missed. */
export function expectNoneDeleted(
  streams: readonly Read[],
  memory: MemoryDestination,
  everGone: ReadonlySet<string>,
): void {
  for (const name of streams) {
    if (!isListName(name) || name === 'tags') continue;
    for (const { id, deleted } of memory.table(name).values())
      if (deleted && !everGone.has(`${name} ${id}`))
        throw new Broken('deleted', `${name} ${id} is marked as deleted, and never was`);
  }
}

/**
 * What was marked as deleted does not come back before it does in Zendesk.
 * @param marked what was marked when it was last looked at; brought up to date
 */
export function expectNoneRevived(
  streams: readonly Read[],
  memory: MemoryDestination,
  marked: Set<string>,
  everRestored: ReadonlySet<string>,
): void {
  for (const name of streams) {
    if (!isListName(name) || name === 'tags') continue;
    for (const { id, deleted } of memory.table(name).values()) {
      const record = `${name} ${id}`;
      if (deleted) marked.add(record);
      else if (marked.delete(record) && !everRestored.has(record))
        throw new Broken('deleted', `${record} is no longer marked as deleted, and never came back`);
    }
  }
}

const MINUTE_MS = 60_000;

/** Every stream that has something to be read gets its turns. */
export class Turns {
  /** What is read for the first time, and when it came to be the first of that. Unix milliseconds. */
  private first: { readonly name: StreamName | undefined; readonly from: number } | undefined;

  /** @param since when something was last changed from outside that nobody can plan with, Unix milliseconds */
  expect(drive: Drive, clock: Clock, perMinute: number, since: number): void {
    const { progress, paused, underway } = drive.state;
    if (progress === null || paused) return;
    const all = streamsOf(progress).filter(([, stream]) => !stream.paused && stream.blocked === null);
    const limit = (Math.ceil(all.length / perMinute) + 3) * MINUTE_MS;
    const name = all.find(([, { isFollowing }]) => !isFollowing)?.[0];
    if (this.first?.name !== name) this.first = { name, from: clock.now };
    for (const [each, stream] of all) {
      if (!stream.isFollowing && each !== name) continue;
      // It has its turn, however long that lasts.
      if (underway.some((page) => page.stream === each)) continue;
      const from = each === name ? (this.first?.from ?? 0) : 0;
      const waited = clock.now - Math.max(dueAt(stream, each), stream.askedAt, since, from);
      if (waited > limit) throw new Broken('turns', `${each} have waited for ${waited / 1000} s`);
    }
  }
}

/** Of what the simulated exports are asked for. */
export const EVERY_SECONDS = { poll: 60, sweep: 300 };

export function everyMs(name: StreamName): number {
  return (isListName(name) ? EVERY_SECONDS.sweep : EVERY_SECONDS.poll) * 1000;
}

function dueAt(stream: StreamState, name: StreamName): number {
  const { startedAt } = stream.poll;
  return unfinished(stream).length > 0 ? startedAt : startedAt + everyMs(name);
}

/** The beginning of each stream's poll or sweep, in its epoch. */
export type Begun = ReadonlyMap<StreamName, Pick<StreamState, 'epoch' | 'poll'>>;

export function begunPolls(drive: Drive): Begun {
  const { progress } = drive.state;
  return new Map(progress === null ? [] : streamsOf(progress));
}

/** A poll begins no sooner after the one before than the operator wants. */
export function expectPolls(drive: Drive, before: Begun): void {
  for (const [name, { epoch, poll }] of begunPolls(drive)) {
    const last = before.get(name);
    if (last?.epoch !== epoch || last.poll.startedAt === poll.startedAt) continue;
    const passed = poll.startedAt - last.poll.startedAt;
    if (passed < everyMs(name))
      throw new Broken('polls', `${name} were polled again after ${passed / 1000} s`);
  }
}

/** Whether every stream has been read to its end since a moment, Unix seconds. */
export function haveReadSince(drive: Drive, moment: number): boolean {
  const { progress } = drive.state;
  const all = progress === null ? [] : streamsOf(progress);
  return all.length > 0 && all.every(([, stream]) => hasRead(stream, moment));
}

/** Where the quota does not suffice, the next poll begins as soon as one has come to its end: what it has seen stays. */
function hasRead({ sweep, seenUpTo }: StreamState, moment: number): boolean {
  return sweep === null ? seenUpTo > moment - SETTLED_SECONDS : (sweep.sweptAt ?? 0) > moment;
}

/** How far Zendesk's clock may be from ours, so that what counts as settled is: behind, less than the hold-back leaves of it. */
export const SKEW_SECONDS = { least: 60 - SETTLED_SECONDS + 10, most: 200 };
