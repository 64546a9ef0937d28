import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { duration } from '../../workflows/details';
import type { Status } from '../contract/status';

/** Shows an export's progress until it has ended: one line that changes on a terminal, else a line now and then. */
export async function followProgress(handle: WorkflowHandle, say: (text: string) => void): Promise<Status> {
  const live = process.stdout.isTTY;
  const result = handle.result() as Promise<Status>;
  for (;;) {
    const ended = await Promise.race([result, sleep(live ? 250 : 2000)]);
    if (ended !== undefined) {
      say(`${live ? '\r\x1b[K' : ''}${line(ended)}\n`);
      return ended;
    }
    const status = await handle.query<Status>('status');
    say(live ? `\r\x1b[K${line(status)}` : `${line(status)}\n`);
  }
}

function line(status: Status): string {
  const { state, tickets, ticketsPerSecond, watermark, percent, etaSeconds, waitingFor } = status;
  return [
    `${state}: ${tickets} tickets`,
    ticketsPerSecond === null ? undefined : `${Math.round(ticketsPerSecond)}/s`,
    watermark === null ? undefined : `up to ${watermark}`,
    percent === null ? undefined : `${percent} %`,
    etaSeconds === null ? undefined : `${duration(etaSeconds)} left`,
    state === 'running' ? undefined : (waitingFor ?? undefined),
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}
