import type { Client } from '@temporalio/client';

interface Time {
  readonly seconds?: { toNumber(): number } | null;
  readonly nanos?: number | null;
}

const secondsOf = ({ seconds, nanos }: Time): number => (seconds?.toNumber() ?? 0) + (nanos ?? 0) / 1e9;

/** A poll: when its timer was due, and how much later the account saw its request; all in seconds. */
export interface Poll {
  readonly due: number;
  readonly late: number;
}

/**
 * The polls of an export that were due in a stretch of time: what its timers say, against the requests that the account has seen.
 * One that has not come yet is as late as it is by now.
 * @param requests when they were made, in Unix seconds, in order
 */
export async function pollsOf(
  client: Client,
  workflowId: string,
  requests: readonly number[],
  [from, to]: readonly [number, number],
): Promise<Poll[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const dues = new Map<string, number>();
  for (const { eventTime, timerStartedEventAttributes: timer, timerCanceledEventAttributes } of events ??
    []) {
    dues.delete(timerCanceledEventAttributes?.timerId ?? '');
    if (timer === undefined || timer === null) continue;
    dues.set(timer.timerId ?? '', secondsOf(eventTime ?? {}) + secondsOf(timer.startToFireTimeout ?? {}));
  }
  const now = Date.now() / 1000;
  return [...dues.values()]
    .filter((due) => due >= from && due < to)
    .map((due) => ({ due, late: (requests.find((at) => at >= due) ?? now) - due }));
}

/** The largest, and the one that a hundredth are larger than. */
export function summed(polls: readonly Poll[]): { polls: number; p99Seconds: number; latestSeconds: number } {
  const late = polls.map((poll) => poll.late).toSorted((a, b) => a - b);
  return {
    polls: late.length,
    p99Seconds: late[Math.floor(late.length * 0.99)] ?? 0,
    latestSeconds: late.at(-1) ?? 0,
  };
}
