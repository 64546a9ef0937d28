import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { PageKey, PageResult } from '../contract/page';
import type { State } from '../contract/status';
import type { RequestDone } from '../zendesk/observe';

/** Histogram boundaries in seconds: Zendesk's gateway gives up after a minute, the client after 75 s. */
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 40, 80];

/** How an export can end that has no say in it. */
export type Ending = 'terminated' | 'timed_out';

const STATES = Object.keys({
  starting: true,
  running: true,
  waiting: true,
  paused: true,
  blocked: true,
  completed: true,
  cancelled: true,
  failed: true,
  terminated: true,
  timed_out: true,
} satisfies Record<State | Ending, true>);

/** A retry finds the checkpoint of a page that was counted already; so many of the last pages are remembered. */
const REMEMBERED = 1000;

/** Which export a gauge is about. */
export interface ExportLabels {
  /** Empty while the export does not know its account. */
  readonly subdomain: string;
  readonly workflow_id: string;
}

/** Everything that is measured; see docs/monitoring.md. */
export class Metrics {
  private readonly tickets;
  private readonly deleted;
  private readonly quarantined;
  private readonly pages;
  private readonly bytes;
  private readonly requests;
  private readonly requestSeconds;
  private readonly failures;
  private readonly fields;
  private readonly quotaLimit;
  private readonly quotaRemaining;
  private readonly state;
  private readonly watermark;
  private readonly pagesRead;
  private readonly credentialsExpire;
  private readonly counted = new Set<string>();

  constructor(registry: Registry) {
    const of = <T extends string>(name: string, help: string, ...labelNames: T[]) => ({
      name: `zendesk_export_${name}`,
      help,
      labelNames: ['subdomain', ...labelNames] as const,
      registers: [registry],
    });
    const counter = <T extends string>(...args: Parameters<typeof of<T>>) => new Counter(of<T>(...args));
    const gauge = <T extends string>(...args: Parameters<typeof of<T>>) => new Gauge(of<T>(...args));
    this.tickets = counter('tickets_total', 'Ticket versions written, deleted ones included');
    this.deleted = counter(
      'tickets_deleted_total',
      'Of the ticket versions written, those of deleted tickets',
    );
    this.quarantined = counter(
      'tickets_quarantined_total',
      'Records put into quarantine: not a ticket, or not storable',
    );
    this.pages = counter('pages_total', 'Pages read and written');
    this.bytes = counter('bytes_total', 'Decoded size of these pages');
    this.requests = counter(
      'requests_total',
      'Requests to Zendesk, by status or by why there was no answer',
      'endpoint',
      'outcome',
    );
    this.requestSeconds = new Histogram({
      ...of('request_duration_seconds', 'From a request to the end of its answer', 'endpoint'),
      buckets: SECONDS,
    });
    this.failures = counter('failures_total', 'Attempts that failed, by type', 'type');
    this.fields = counter('new_fields_total', 'Top-level fields of tickets that Zendesk does not document');
    this.quotaLimit = gauge('quota_limit', 'Export requests a minute, by the last answer');
    this.quotaRemaining = gauge('quota_remaining', 'Export requests left, by the last answer');
    this.state = gauge('state', '1 for the state the export is in, 0 for the others', 'workflow_id', 'state');
    this.watermark = gauge(
      'watermark_timestamp_seconds',
      'All generated before is in the destination',
      'workflow_id',
    );
    this.pagesRead = gauge('pages_read', 'Pages that the export has read so far', 'workflow_id');
    this.credentialsExpire = gauge('credentials_expire_timestamp_seconds', 'When the credentials end');
  }

  /** Makes an account's counters visible at zero, so that their first increase is seen as one. */
  account(subdomain: string): void {
    const { tickets, deleted, quarantined, pages, bytes } = this;
    for (const each of [tickets, deleted, quarantined, pages, bytes]) each.inc({ subdomain }, 0);
  }

  /** A page is in the destination. Every attempt that finds it there may say so: it counts once. */
  page(subdomain: string, key: PageKey, page: PageResult): void {
    const name = JSON.stringify(key);
    if (this.counted.has(name)) return;
    this.counted.add(name);
    for (const oldest of this.counted) {
      if (this.counted.size <= REMEMBERED) break;
      this.counted.delete(oldest);
    }
    this.tickets.inc({ subdomain }, page.written);
    this.deleted.inc({ subdomain }, page.deleted);
    this.quarantined.inc({ subdomain }, page.quarantined);
    this.pages.inc({ subdomain });
    this.bytes.inc({ subdomain }, page.bytes);
  }

  request({ subdomain, endpoint, outcome, seconds, quota }: RequestDone): void {
    this.requests.inc({ subdomain, endpoint, outcome });
    this.requestSeconds.observe({ subdomain, endpoint }, seconds);
    if (quota === null) return;
    this.quotaLimit.set({ subdomain }, quota.total);
    this.quotaRemaining.set({ subdomain }, quota.remaining);
  }

  /** @param type as in the status' `lastError` */
  failed(subdomain: string, type: string): void {
    this.failures.inc({ subdomain, type });
  }

  newFields(subdomain: string, count: number): void {
    this.fields.inc({ subdomain }, count);
  }

  inState(labels: ExportLabels, current: State | Ending): void {
    for (const state of STATES) this.state.set({ ...labels, state }, state === current ? 1 : 0);
  }

  /** @param unixSeconds of the watermark: as a moment, so that the lag grows while nothing happens; null: there is none */
  reached(labels: ExportLabels, unixSeconds: number | null, pages: number): void {
    if (unixSeconds === null) this.watermark.remove({ ...labels });
    else this.watermark.set({ ...labels }, unixSeconds);
    this.pagesRead.set({ ...labels }, pages);
  }

  /** Nothing more is shown of an export. */
  forget(labels: ExportLabels): void {
    for (const state of STATES) this.state.remove({ ...labels, state });
    this.watermark.remove({ ...labels });
    this.pagesRead.remove({ ...labels });
  }

  /** @param unixSeconds null when they have no end, or nobody knows it */
  credentials(subdomain: string, unixSeconds: number | null): void {
    if (unixSeconds === null) this.credentialsExpire.remove({ subdomain });
    else this.credentialsExpire.set({ subdomain }, unixSeconds);
  }
}
