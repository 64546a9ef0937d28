import { WorkflowNotFoundError, type WorkflowClient } from '@temporalio/client';
import type { Measured } from '../contract/sinks';
import type { State, Status } from '../contract/status';
import { exportName } from '../contract/names';
import { runningExports } from './runningExports';
import type { Ending, ExportLabels, Metrics } from './metrics';

/** An export that says nothing for so long is asked: it is held up, or runs on another worker. */
const SILENCE_MS = 5 * 60_000;
/** So many are asked at a time, the others at the next look: a worker that has just started has heard of none. */
const MOST_ASKED = 200;
/** For an answer. */
const PATIENCE_MS = 10_000;
/** How an export ended is shown for so long, or until the next one of its name begins. */
const REMEMBERED_MS = 24 * 60 * 60_000;

type End = Extract<State, 'completed' | 'failed' | 'cancelled'> | Ending;

const ENDS = new Map<string, End>([
  ['COMPLETED', 'completed'],
  ['FAILED', 'failed'],
  ['CANCELLED', 'cancelled'],
  ['TERMINATED', 'terminated'],
  ['TIMED_OUT', 'timed_out'],
]);
const FINAL: ReadonlySet<string> = new Set(ENDS.values());

interface Known {
  readonly workflowId: string;
  readonly labels: ExportLabels;
  /** When it ended; undefined while it runs. */
  readonly endedAt: number | undefined;
}

/** An export whose status could not be read. */
export interface Silent {
  readonly workflowId: string;
  readonly error: unknown;
}

/**
 * Keeps the gauges of the exports up to date. Workflows that run here report themselves; what no workflow code can report is
 * looked up: a blocked export after a restart of the worker, one that moved to another worker, one that was terminated.
 */
export class ExportGauges {
  /** By the name of the export, which the runs of a schedule share. */
  private readonly known = new Map<string, Known>();
  /** When an export that runs was heard of or asked last, by workflow id. */
  private readonly heardAt = new Map<string, number>();

  constructor(
    private readonly client: WorkflowClient,
    private readonly taskQueue: string,
    private readonly metrics: Metrics,
  ) {}

  /** An export's status, as it says it itself. */
  hear(workflowId: string, { state, subdomain, streams }: Measured): void {
    this.heardAt.set(workflowId, Date.now());
    const name = exportName(workflowId);
    const before = this.known.get(name);
    // Of several runs of a schedule the latest: their ids end with the time they were due.
    if (before?.endedAt === undefined && before !== undefined && before.workflowId > workflowId) return;
    const labels = { subdomain: subdomain ?? '', workflow_id: name };
    if (before !== undefined && before.labels.subdomain !== labels.subdomain)
      this.metrics.forget(before.labels);
    this.known.set(name, { workflowId, labels, endedAt: FINAL.has(state) ? Date.now() : undefined });
    this.metrics.inState(labels, state);
    this.metrics.reached(labels, streams);
  }

  /**
   * @returns those whose status could not be read; the others are shown all the same
   * @throws Error when Temporal is out of reach
   */
  async look(): Promise<readonly Silent[]> {
    const running = new Set(await runningExports(this.client, this.taskQueue));
    for (const workflowId of this.heardAt.keys())
      if (!running.has(workflowId)) this.heardAt.delete(workflowId);
    const silent = [...running]
      .filter((id) => Date.now() - (this.heardAt.get(id) ?? 0) > SILENCE_MS)
      .slice(0, MOST_ASKED);
    const over = [...this.known.values()].filter(
      ({ workflowId, endedAt }) => endedAt === undefined && !running.has(workflowId),
    );
    const failures = await Promise.all([
      ...silent.map(async (workflowId) => this.attempt(workflowId, async () => this.ask(workflowId))),
      ...over.map(async (known) => this.attempt(known.workflowId, async () => this.checkEnd(known))),
    ]);
    for (const [name, { labels, endedAt = Infinity }] of this.known) {
      if (Date.now() - endedAt < REMEMBERED_MS) continue;
      this.known.delete(name);
      this.metrics.forget(labels);
    }
    return failures.flatMap((failure) => failure ?? []);
  }

  private async attempt(workflowId: string, work: () => Promise<void>): Promise<Silent | undefined> {
    try {
      await this.client.withDeadline(Date.now() + PATIENCE_MS, work);
      return undefined;
    } catch (error) {
      return { workflowId, error };
    }
  }

  private async ask(workflowId: string): Promise<void> {
    // Also where it does not answer: it need not be asked at every look.
    this.heardAt.set(workflowId, Date.now());
    this.hear(workflowId, await this.client.getHandle(workflowId).query<Status>('status'));
  }

  /** The list of what runs is a moment behind, so the export itself decides. */
  private async checkEnd(known: Known): Promise<void> {
    const { workflowId, labels } = known;
    const end = await this.endOf(workflowId);
    if (end === undefined || this.known.get(labels.workflow_id) !== known) return;
    this.known.set(labels.workflow_id, { workflowId, labels, endedAt: Date.now() });
    this.metrics.inState(labels, end);
  }

  private async endOf(workflowId: string): Promise<End | undefined> {
    try {
      const { status } = await this.client.getHandle(workflowId).describe();
      return ENDS.get(status.name);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'terminated';
      throw error;
    }
  }
}
