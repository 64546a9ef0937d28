import { WorkflowNotFoundError, type WorkflowClient } from '@temporalio/client';
import { subdomainOf } from '../contract/names';
import type { Status } from '../contract/status';
import { runningExports } from '../temporal/runningExports';
import type { Ending, Metrics } from './metrics';

/** An export that says nothing for so long is asked: it is held up, or runs on another worker. */
const SILENCE_MS = 5 * 60_000;

const ENDINGS = new Map<string, Ending | 'completed'>([
  ['COMPLETED', 'completed'],
  ['FAILED', 'failed'],
  ['CANCELLED', 'canceled'],
  ['TERMINATED', 'terminated'],
  ['TIMED_OUT', 'timed_out'],
]);

type Shown = Pick<Status, 'state' | 'subdomain' | 'watermark'>;

/**
 * Keeps the gauges of the exports true. Workflows that run here tell of themselves; what no workflow code can tell is
 * looked up: a blocked export after a restart of the worker, one that moved to another worker, one that was terminated.
 */
export class ExportGauges {
  /** By workflow id; only those under way. */
  private readonly known = new Map<string, { readonly subdomain: string; readonly heardAt: number }>();

  constructor(
    private readonly client: WorkflowClient,
    private readonly taskQueue: string,
    private readonly metrics: Metrics,
  ) {}

  /** An export's status, as it says it itself. */
  hear(workflowId: string, { state, subdomain, watermark }: Shown): void {
    const label = subdomain ?? subdomainOf(workflowId);
    if (state === 'completed') this.known.delete(workflowId);
    else this.known.set(workflowId, { subdomain: label, heardAt: Date.now() });
    this.metrics.inState(label, state);
    if (watermark !== null) this.metrics.reached(label, Date.parse(watermark) / 1000);
  }

  /** @throws Error when Temporal is out of reach */
  async look(): Promise<void> {
    const running = new Set(await runningExports(this.client, this.taskQueue));
    for (const workflowId of running) {
      const { heardAt = 0 } = this.known.get(workflowId) ?? {};
      if (Date.now() - heardAt > SILENCE_MS) await this.ask(workflowId);
    }
    for (const [workflowId, { subdomain }] of this.known) {
      if (!running.has(workflowId)) await this.checkEnd(workflowId, subdomain);
    }
  }

  private async ask(workflowId: string): Promise<void> {
    this.hear(workflowId, await this.client.getHandle(workflowId).query<Status>('status'));
  }

  /** The list of what runs is a moment behind, so the export itself decides. */
  private async checkEnd(workflowId: string, subdomain: string): Promise<void> {
    const ending = await this.endingOf(workflowId);
    if (ending === undefined) return;
    this.known.delete(workflowId);
    this.metrics.inState(subdomain, ending);
  }

  private async endingOf(workflowId: string): Promise<Ending | 'completed' | undefined> {
    try {
      const { status } = await this.client.getHandle(workflowId).describe();
      return ENDINGS.get(status.name);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'terminated';
      throw error;
    }
  }
}
