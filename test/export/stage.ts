import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator';
import { Clock } from '../../src/simulation/clock';
import { Drive, type DriveOptions } from '../../src/simulation/drive';
import { MemoryDestination } from '../../src/simulation/memoryDestination';
import { scriptZendesk, type ScriptedZendesk } from '../support/scriptedZendesk';

export const clock = new Clock();
/** Of the newest ticket, old enough to be shown. */
export const TO = Math.floor(clock.seconds) - 1000;
export const FROM = TO - 10_000;

const started: { close(): Promise<void> }[] = [];

export interface Stage {
  readonly simulator: Simulator;
  readonly destination: MemoryDestination;
  /** An export of the account into the destination. */
  readonly start: (input?: Record<string, unknown>, options?: Partial<DriveOptions>) => Drive;
}

export async function stage(account: SimulatorOptions = {}): Promise<Stage> {
  const simulator = await startSimulator({
    tickets: 100,
    from: FROM,
    to: TO,
    ticketBytes: 1200,
    gzip: false,
    clock: () => clock.seconds,
    ...account,
  });
  started.push(simulator);
  return { simulator, ...exportsFrom(simulator.url) };
}

function exportsFrom(url: string): Pick<Stage, 'destination' | 'start'> {
  const destination = new MemoryDestination();
  const start: Stage['start'] = (input, options) =>
    new Drive({
      url,
      destination,
      clock,
      input: { startTime: 0, requestsPerMinute: 600, ...input },
      ...options,
    });
  return { destination, start };
}

export async function closeStages(): Promise<void> {
  await Promise.all(started.splice(0).map(async (server) => server.close()));
}

/** `time` or `cursor` of every export request so far. */
export function endpoints({ requests }: Simulator): string[] {
  return requests.map(({ path }) => (path.endsWith('/cursor') ? 'cursor' : 'time'));
}

/** An export from a Zendesk with scripted answers. */
export async function script(
  answer: (url: URL, index: number) => unknown,
): Promise<{ zendesk: ScriptedZendesk } & Pick<Stage, 'destination' | 'start'>> {
  const zendesk = await scriptZendesk(answer);
  started.push(zendesk);
  return { zendesk, ...exportsFrom(zendesk.url) };
}

/** A ticket as a scripted answer holds it. */
export function ticket(id: number, second: number, more: Record<string, unknown> = {}): object {
  const updated_at = new Date(second * 1000).toISOString();
  return { id, generated_timestamp: second, updated_at, status: 'open', ...more };
}
