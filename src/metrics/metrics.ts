import type { MetricMeter } from '@temporalio/common';
import type { PageKey, PageSummary } from '../contract/page';
import type { State } from '../contract/status';
import type { RequestDone } from '../zendesk/observe';

/** Histogram boundaries in seconds: Zendesk's gateway gives up after a minute, the client after 75 s. */
export const BUCKETS = {
  zendesk_export_request_duration_seconds: [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 40, 80],
};

/** How Temporal names the end of an export that did not complete. */
export type Ending = 'failed' | 'canceled' | 'terminated' | 'timed_out';

const STATES = Object.keys({
  starting: true,
  running: true,
  waiting: true,
  paused: true,
  blocked: true,
  completed: true,
  failed: true,
  canceled: true,
  terminated: true,
  timed_out: true,
} satisfies Record<State | Ending, true>);

/** A retry finds the checkpoint of a page that was counted already; so many of the last pages are remembered. */
const REMEMBERED = 1000;

/** Everything that is measured, each value labelled by `subdomain`; see docs/monitoring.md. */
export class Metrics {
  private readonly tickets;
  private readonly deleted;
  private readonly quarantined;
  private readonly pages;
  private readonly bytes;
  private readonly requests;
  private readonly requestSeconds;
  private readonly failures;
  private readonly quotaLimit;
  private readonly quotaRemaining;
  private readonly state;
  private readonly watermark;
  private readonly credentialsExpire;
  private readonly counted = new Set<string>();
  /** Accounts whose credentials were last seen to end. */
  private readonly ending = new Set<string>();

  /** @param meter one that does nothing when metrics are off */
  constructor(meter: MetricMeter) {
    const counter = (name: string, text: string): ReturnType<MetricMeter['createCounter']> =>
      meter.createCounter(`zendesk_export_${name}`, '', text);
    const gauge = (name: string, text: string): ReturnType<MetricMeter['createGauge']> =>
      meter.createGauge(`zendesk_export_${name}`, 'float', '', text);
    this.tickets = counter('tickets', 'Ticket versions written, deleted ones included');
    this.deleted = counter('tickets_deleted', 'Of the ticket versions written, those of deleted tickets');
    this.quarantined = counter('tickets_quarantined', 'Records put into quarantine');
    this.pages = counter('pages', 'Pages read and written');
    this.bytes = counter('bytes', 'Decoded size of these pages');
    this.requests = counter('requests', 'Requests to Zendesk, by status or by why there was no answer');
    this.requestSeconds = meter.createHistogram(
      'zendesk_export_request_duration_seconds',
      'float',
      's',
      'From a request to the end of its answer',
    );
    this.failures = counter('failures', 'Attempts that failed, by type');
    this.quotaLimit = gauge('quota_limit', 'Export requests a minute, by the last answer');
    this.quotaRemaining = gauge('quota_remaining', 'Export requests left, by the last answer');
    this.state = gauge('state', '1 for the state the export is in, 0 for the others');
    this.watermark = gauge('watermark_timestamp_seconds', 'All generated before is in the destination');
    this.credentialsExpire = gauge('credentials_expire_timestamp_seconds', 'When the credentials end');
  }

  /** Makes an account's counters visible at zero, so that their first increase is seen as one. */
  account(subdomain: string): void {
    const { tickets, deleted, quarantined, pages, bytes } = this;
    for (const each of [tickets, deleted, quarantined, pages, bytes]) {
      each.add(0, { subdomain });
    }
  }

  /** A page is in the destination. Every attempt that finds it there may say so: it counts once. */
  page(subdomain: string, key: PageKey, page: PageSummary): void {
    const name = JSON.stringify(key);
    if (this.counted.has(name)) return;
    this.counted.add(name);
    for (const oldest of this.counted) {
      if (this.counted.size <= REMEMBERED) break;
      this.counted.delete(oldest);
    }
    this.tickets.add(page.written, { subdomain });
    this.deleted.add(page.deleted, { subdomain });
    this.quarantined.add(page.quarantined, { subdomain });
    this.pages.add(1, { subdomain });
    this.bytes.add(page.bytes, { subdomain });
  }

  request({ subdomain, endpoint, outcome, seconds, quota }: RequestDone): void {
    this.requests.add(1, { subdomain, endpoint, outcome });
    this.requestSeconds.record(seconds, { subdomain, endpoint });
    if (quota === null) return;
    this.quotaLimit.set(quota.total, { subdomain });
    this.quotaRemaining.set(quota.remaining, { subdomain });
  }

  /** @param type as in the status' `lastError` */
  failed(subdomain: string, type: string): void {
    this.failures.add(1, { subdomain, type });
  }

  inState(subdomain: string, current: State | Ending): void {
    for (const state of STATES) this.state.set(state === current ? 1 : 0, { subdomain, state });
  }

  /** @param epochSeconds of the watermark: as a moment, so that the lag grows while nothing happens */
  reached(subdomain: string, epochSeconds: number): void {
    this.watermark.set(epochSeconds, { subdomain });
  }

  /** @param epochSeconds null when they have no end, or nobody knows it */
  credentials(subdomain: string, epochSeconds: number | null): void {
    if (epochSeconds !== null) this.ending.add(subdomain);
    else if (!this.ending.delete(subdomain)) return;
    // A gauge cannot be taken back; what is no number alerts no one.
    this.credentialsExpire.set(epochSeconds ?? Number.NaN, { subdomain });
  }
}
