import { setTimeout as sleep } from 'node:timers/promises';
import { markdownTable } from 'markdown-table';
import { newFolder } from '../development/folder';
import type { Usage } from '../development/probe';
import type { Simulator } from '../simulator';
import { cpuTimeOf } from './cpuTime';
import { isDestination, newDestination } from './destinations';
import { alike, exportRequests, startFleet, type Fleet } from './fleet';
import { pollsOf, summed, type Poll } from './lateness';
import type { Bench } from './suite';
import { figure } from './figure';

/** Many exports that follow, in one worker or several. */
interface Following {
  readonly accounts: number;
  readonly everySeconds: number;
  readonly workers: number;
  /** All exports, up to the first page of the last. */
  readonly start: Cost;
  /** From then on. */
  readonly steady: Cost & {
    readonly polls: number;
    /** How late they were. */
    readonly p99Seconds: number;
    readonly latestSeconds: number;
    readonly peakMegabytes: number;
    readonly longestBlockMs: number;
  };
  /** Of the polls that were due in the minute after a worker was killed. */
  readonly killed?: { readonly polls: number; readonly p99Seconds: number; readonly latestSeconds: number };
}

/** What the worker, Temporal and PostgreSQL have used. */
interface Cost {
  readonly seconds: number;
  /** Of the largest worker, at the end. */
  readonly megabytes: number;
  readonly workerCpuSeconds: number;
  readonly temporalCpuSeconds: number;
  readonly postgresCpuSeconds: number;
}

/** How many exports are between their start and their first page: so they come as fast as they can be borne. */
const STARTING = 30;
const FIELDS = '/api/v2/ticket_fields';
/** Histories that are read at once. */
const READING = 20;

/** All are started, then they poll for as long as `--polls` says. */
export async function followers(bench: Bench): Promise<object> {
  const { options, say } = bench;
  const folder = newFolder();
  const name = options.only?.find(isDestination) ?? 'files';
  const destination = await newDestination(name, folder.path, options.postgres);
  const fleet = await startFleet(bench.server, alike(options.accounts, { tickets: 50 }), {
    destination: destination.url,
    otherWorkers: options.workers - 1,
  });
  // As with a token that may read tickets alone: thousands of accounts in one schema have no use for a view of their fields.
  for (const account of fleet.accounts.values())
    account.fault({ kind: 'status', status: 403, scope: 'others', path: FIELDS, times: 'always' });
  try {
    const row = await follow(bench, fleet);
    say(tableOf(row));
    return row;
  } finally {
    await fleet.close();
    await destination.close();
    folder.remove();
  }
}

async function follow({ server, options, say }: Bench, fleet: Fleet): Promise<Following> {
  const { accounts, every: everySeconds, polls, workers } = options;
  const began = await snapshot(fleet);
  const ids = new Map<string, string>();
  let started = 0;
  await inTurns([...fleet.accounts], STARTING, async ([subdomain, simulator]) => {
    const { workflowId } = await fleet.start(subdomain, { follow: { everySeconds } });
    ids.set(workflowId, subdomain);
    while (exportRequests(simulator.requests).length === 0) await sleep(50);
    started += 1;
    const count = started;
    if (count % 500 === 0) say(progress(`${count} started`, between(began, await snapshot(fleet))));
  });
  const settled = await snapshot(fleet);
  for (let minute = 1; minute <= Math.floor((polls * everySeconds) / 60); minute += 1) {
    await sleep(60_000);
    say(progress(`${minute} min of polls`, between(settled, await snapshot(fleet))));
  }
  const ended = await snapshot(fleet);
  const pollsDue = async (from: number, to: number): Promise<Poll[]> =>
    (
      await inTurns([...ids], READING, async ([workflowId, subdomain]) =>
        pollsOf(server.client, workflowId, timesOf(fleet.accounts.get(subdomain)), [from, to]),
      )
    ).flat();
  const steady = summed(await pollsDue(settled.at, ended.at));
  return {
    accounts,
    everySeconds,
    workers,
    start: between(began, settled),
    steady: { ...between(settled, ended), ...steady, ...held(ended.usages) },
    ...(workers > 1 ? { killed: summed(await afterKill(fleet, pollsDue)) } : {}),
  };
}

/** As a crash would. */
async function afterKill(
  fleet: Fleet,
  pollsDue: (from: number, to: number) => Promise<Poll[]>,
): Promise<Poll[]> {
  // Those under way by then are late, too.
  const killedAt = Date.now() / 1000;
  await fleet.workers.at(-1)?.kill();
  await sleep(90_000);
  return pollsDue(killedAt - 5, killedAt + 60);
}

interface Snapshot {
  readonly at: number;
  readonly usages: readonly Usage[];
  readonly temporal: number;
  readonly postgres: number;
}

async function snapshot({ workers }: Fleet): Promise<Snapshot> {
  const usages = await Promise.all(workers.map(async (worker) => worker.measure()));
  return {
    at: Date.now() / 1000,
    usages,
    temporal: cpuTimeOf('temporal'),
    postgres: cpuTimeOf('postgres'),
  };
}

function between(before: Snapshot, after: Snapshot): Cost {
  const cpu = ({ usages }: Snapshot): number => usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  return {
    seconds: after.at - before.at,
    megabytes: held(after.usages).megabytes,
    workerCpuSeconds: cpu(after) - cpu(before),
    temporalCpuSeconds: after.temporal - before.temporal,
    postgresCpuSeconds: after.postgres - before.postgres,
  };
}

function progress(what: string, cost: Cost): string {
  const { seconds, megabytes, workerCpuSeconds, temporalCpuSeconds, postgresCpuSeconds } = cost;
  const cpu = [workerCpuSeconds, temporalCpuSeconds, postgresCpuSeconds].map((each) => figure(each));
  return `${what}: ${figure(seconds)} s, ${figure(megabytes)} MB, CPU s of worker, Temporal, PostgreSQL: ${cpu.join(', ')}`;
}

/** By the worker that needs most. */
function held(usages: readonly Usage[]): Omit<Usage, 'cpuSeconds'> {
  const most = (of: (usage: Usage) => number): number => Math.max(...usages.map(of));
  return {
    megabytes: most(({ megabytes }) => megabytes),
    peakMegabytes: most(({ peakMegabytes }) => peakMegabytes),
    longestBlockMs: most(({ longestBlockMs }) => longestBlockMs),
  };
}

/** When an account was polled, Unix seconds. */
function timesOf(simulator: Simulator | undefined): number[] {
  return exportRequests(simulator?.requests ?? []).map(({ at }) => at);
}

async function inTurns<T, R>(all: readonly T[], atOnce: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const rest = all.values();
  const turn = async (): Promise<void> => {
    for (const one of rest) results.push(await work(one));
  };
  await Promise.all(Array.from({ length: atOnce }, turn));
  return results;
}

function tableOf({ accounts, everySeconds, workers, start, steady, killed }: Following): string {
  const perPoll = (cpuSeconds: number): string => figure((cpuSeconds / steady.polls) * 1000);
  const perStart = (cpuSeconds: number): string => figure((cpuSeconds / accounts) * 1000);
  return markdownTable([
    ['', 'value'],
    ['accounts', figure(accounts)],
    ['every, s', figure(everySeconds)],
    ['workers', figure(workers)],
    ['all started in, s', figure(start.seconds)],
    ['CPU of a start, ms: worker', perStart(start.workerCpuSeconds)],
    ['Temporal', perStart(start.temporalCpuSeconds)],
    ['PostgreSQL', perStart(start.postgresCpuSeconds)],
    ['polls', figure(steady.polls)],
    ['late, s: 99 % within', figure(steady.p99Seconds, 1)],
    ['the latest', figure(steady.latestSeconds, 1)],
    ['CPU of a poll, ms: worker', perPoll(steady.workerCpuSeconds)],
    ['Temporal', perPoll(steady.temporalCpuSeconds)],
    ['PostgreSQL', perPoll(steady.postgresCpuSeconds)],
    ['cores of all workers', figure(steady.workerCpuSeconds / steady.seconds, 2)],
    ['cores of Temporal', figure(steady.temporalCpuSeconds / steady.seconds, 2)],
    ['MB of a worker', figure(steady.megabytes)],
    ['peak', figure(steady.peakMegabytes)],
    ['longest block, ms', figure(steady.longestBlockMs)],
    ...(killed === undefined
      ? []
      : [
          ['polls of the minute after one worker was killed', figure(killed.polls)],
          ['late, s: 99 % within', figure(killed.p99Seconds, 1)],
          ['the latest', figure(killed.latestSeconds, 1)],
        ]),
  ]);
}
