import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { PageRequest, PageResult } from '../contract/page';
import type { Measured, MeasuredStream } from '../contract/sinks';
import type { State } from '../contract/status';
import {
  DIFFERENCES,
  VERIFIED_STREAMS,
  type Difference,
  type Found,
  type VerifiedStream,
} from '../contract/verification';
import { STREAM_NAMES, type StreamName } from '../streams';
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

const STREAM_STATES = [
  ...STATES.filter((state) => state !== 'terminated' && state !== 'timed_out'),
  'unavailable',
];

/** A retry finds the checkpoint of a page that was counted already; so many of the last pages are remembered. */
const REMEMBERED = 1000;

/** Which export a gauge is about. */
export interface ExportLabels {
  /** Empty while the export does not know its account. */
  readonly subdomain: string;
  readonly workflow_id: string;
}

interface StreamLabels extends ExportLabels {
  readonly stream: StreamName;
}

/** Everything that is measured; see docs/monitoring.md. */
export class Metrics {
  private readonly records;
  private readonly deleted;
  private readonly quarantined;
  private readonly pages;
  private readonly bytes;
  private readonly requests;
  private readonly requestSeconds;
  private readonly failures;
  private readonly fields;
  private readonly differences;
  private readonly verified;
  private readonly quotaLimit;
  private readonly quotaRemaining;
  private readonly state;
  private readonly streamState;
  private readonly watermark;
  private readonly swept;
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
    this.records = counter('records_total', 'Versions of records written, deleted ones included', 'stream');
    this.deleted = counter('records_deleted_total', 'Of the records written, the deleted ones', 'stream');
    this.quarantined = counter(
      'records_quarantined_total',
      'Records put into quarantine: unreadable, or not storable',
      'stream',
    );
    this.pages = counter('pages_total', 'Pages read and written', 'stream');
    this.bytes = counter('bytes_total', 'Decoded size of these pages', 'stream');
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
    this.fields = counter(
      'new_fields_total',
      'Top-level fields of records that Zendesk does not document',
      'stream',
    );
    this.differences = counter(
      'verification_differences_total',
      'Records that verifications have found to differ from the account',
      'stream',
      'difference',
    );
    this.verified = gauge('verified_timestamp_seconds', 'When a verification has come to its end last');
    this.quotaLimit = gauge('quota_limit', 'Requests a minute, by the last answer', 'bucket');
    this.quotaRemaining = gauge('quota_remaining', 'Requests left, by the last answer', 'bucket');
    this.state = gauge('state', '1 for the state the export is in, 0 for the others', 'workflow_id', 'state');
    this.watermark = gauge(
      'watermark_timestamp_seconds',
      'All generated before is in the destination',
      'workflow_id',
      'stream',
    );
    this.streamState = gauge(
      'stream_state',
      '1 for the state the stream is in, 0 for the others',
      'workflow_id',
      'stream',
      'state',
    );
    this.swept = gauge(
      'swept_timestamp_seconds',
      'When the last complete sweep of a list began',
      'workflow_id',
      'stream',
    );
    this.pagesRead = gauge('pages_read', 'Pages that the export has read so far', 'workflow_id', 'stream');
    this.credentialsExpire = gauge('credentials_expire_timestamp_seconds', 'When the credentials end');
  }

  /** Makes an account's counters visible at zero, so that their first increase is seen as one. */
  account(subdomain: string): void {
    const { records, deleted, quarantined, pages, bytes } = this;
    for (const each of [records, deleted, quarantined, pages, bytes])
      for (const stream of STREAM_NAMES) each.inc({ subdomain, stream }, 0);
    for (const stream of VERIFIED_STREAMS)
      for (const difference of DIFFERENCES) this.differences.inc({ subdomain, stream, difference }, 0);
  }

  /** A verification has come to its end. */
  verification(subdomain: string, stream: VerifiedStream, status: Readonly<Record<Difference, Found>>): void {
    for (const difference of DIFFERENCES)
      this.differences.inc({ subdomain, stream, difference }, status[difference].count);
    this.verified.set({ subdomain }, Date.now() / 1000);
  }

  /** A page is in the destination. Every attempt that finds it there may say so: it counts once. */
  page({ subdomain, stream, key }: PageRequest, page: PageResult): void {
    const labels = { subdomain, stream };
    const name = JSON.stringify(key);
    if (this.counted.has(name)) return;
    this.counted.add(name);
    for (const oldest of this.counted) {
      if (this.counted.size <= REMEMBERED) break;
      this.counted.delete(oldest);
    }
    this.records.inc(labels, page.written);
    this.deleted.inc(labels, page.deleted);
    this.quarantined.inc(labels, page.quarantined);
    this.pages.inc(labels);
    this.bytes.inc(labels, page.bytes);
  }

  request({ subdomain, bucket, endpoint, outcome, seconds, quota }: RequestDone): void {
    this.requests.inc({ subdomain, endpoint, outcome });
    this.requestSeconds.observe({ subdomain, endpoint }, seconds);
    if (quota === null) return;
    this.quotaLimit.set({ subdomain, bucket }, quota.total);
    this.quotaRemaining.set({ subdomain, bucket }, quota.remaining);
  }

  /** @param type as in the status' `lastError` */
  failed(subdomain: string, type: string): void {
    this.failures.inc({ subdomain, type });
  }

  newFields(subdomain: string, stream: StreamName, count: number): void {
    this.fields.inc({ subdomain, stream }, count);
  }

  inState(labels: ExportLabels, current: State | Ending): void {
    for (const state of STATES) this.state.set({ ...labels, state }, state === current ? 1 : 0);
  }

  /** @param streams of the export, those that it no longer reads left out */
  reached(labels: ExportLabels, streams: Measured['streams']): void {
    for (const stream of STREAM_NAMES) {
      const { [stream]: measured } = streams;
      if (measured === undefined) this.forgetStream(labels, stream);
      else this.streamReached({ ...labels, stream }, measured);
    }
  }

  private streamReached(
    labels: StreamLabels,
    { state: current, watermark, sweptAt, pages }: MeasuredStream,
  ): void {
    for (const state of STREAM_STATES) this.streamState.set({ ...labels, state }, state === current ? 1 : 0);
    // As a moment, so that the lag grows while nothing happens; before the first page of all, it is the beginning of Unix time.
    const seconds = Date.parse(watermark ?? '') / 1000;
    if (seconds > 0) this.watermark.set({ ...labels }, seconds);
    else this.watermark.remove({ ...labels });
    const sweptSeconds = Date.parse(sweptAt ?? '') / 1000;
    if (sweptSeconds > 0) this.swept.set({ ...labels }, sweptSeconds);
    else this.swept.remove({ ...labels });
    this.pagesRead.set({ ...labels }, pages);
  }

  /** Nothing more is shown of an export. */
  forget(labels: ExportLabels): void {
    for (const state of STATES) this.state.remove({ ...labels, state });
    for (const stream of STREAM_NAMES) this.forgetStream(labels, stream);
  }

  private forgetStream(labels: ExportLabels, stream: StreamName): void {
    for (const state of STREAM_STATES) this.streamState.remove({ ...labels, stream, state });
    this.watermark.remove({ ...labels, stream });
    this.swept.remove({ ...labels, stream });
    this.pagesRead.remove({ ...labels, stream });
  }

  /** @param unixSeconds null when they have no end, or nobody knows it */
  credentials(subdomain: string, unixSeconds: number | null): void {
    if (unixSeconds === null) this.credentialsExpire.remove({ subdomain });
    else this.credentialsExpire.set({ subdomain }, unixSeconds);
  }
}
