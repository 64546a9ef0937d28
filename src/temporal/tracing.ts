import {
  diag,
  DiagLogLevel,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type DiagLogger,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResourcesSync, envDetectorSync, Resource } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { OpenTelemetrySinks } from '@temporalio/interceptors-opentelemetry/lib/workflow';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry/lib/worker';
import { ApplicationFailure } from '@temporalio/common';
import type {
  ActivityInboundCallsInterceptor,
  InjectedSinks,
  Logger,
  WorkerInterceptors,
} from '@temporalio/worker';
import type { RequestDone } from '../zendesk/observe';

export interface Tracing {
  readonly interceptors: WorkerInterceptors;
  readonly sinks: InjectedSinks<OpenTelemetrySinks>;
  readonly request: (request: RequestDone) => void;
  /** Sends what is left. */
  readonly close: () => Promise<void>;
}

/** Spans of workflows, activities and requests, to where the standard `OTEL_…` variables say. Once per process. */
export function startTracing(logger: Logger): Tracing {
  diag.setLogger(problemsTo(logger), DiagLogLevel.WARN);
  const { attributes } = detectResourcesSync({ detectors: [envDetectorSync] });
  const resource = new Resource({ 'service.name': 'zendesk-ticket-export', ...attributes });
  const processor = new BatchSpanProcessor(discreet(new OTLPTraceExporter()));
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  provider.register({ contextManager: new AsyncLocalStorageContextManager().enable() });
  const tracer = provider.getTracer('zendesk-ticket-export');
  return {
    interceptors: {
      activity: [
        (context) => ({
          inbound: new OpenTelemetryActivityInboundInterceptor(context),
          outbound: new OpenTelemetryActivityOutboundInterceptor(context),
        }),
        () => ({ inbound: NAMES_FAILURES }),
      ],
    },
    sinks: { exporter: makeWorkflowExporter(processor, resource) },
    request: ({ subdomain, endpoint, outcome, startedAt, seconds }) => {
      const isStatus = /^\d+$/.test(outcome);
      const attributes: Attributes = {
        subdomain,
        ...(isStatus ? { 'http.response.status_code': Number(outcome) } : { 'error.type': outcome }),
      };
      const span = tracer.startSpan(`Zendesk ${endpoint}`, {
        kind: SpanKind.CLIENT,
        startTime: startedAt,
        attributes,
      });
      if (outcome !== '200') span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(startedAt + seconds * 1000);
    },
    close: async () => provider.shutdown(),
  };
}

/** Reports a collector that is out of reach once, not with every batch. */
function problemsTo(logger: Logger): DiagLogger {
  let reported = '';
  const warn = (text: string): void => {
    // The exporter's are errors as JSON, with stacks.
    const [, problem = text] = /"message":"([^"]*)"/.exec(text) ?? [];
    if (problem !== reported) logger.warn('spans were not sent', { problem });
    reported = problem;
  };
  return { error: warn, warn, info: () => undefined, debug: () => undefined, verbose: () => undefined };
}

/** Inside of the span of an activity. */
const NAMES_FAILURES: ActivityInboundCallsInterceptor = {
  execute: async (input, next) => {
    try {
      return await next(input);
    } catch (error) {
      const { name = '' } = error instanceof Error ? error : {};
      const type = error instanceof ApplicationFailure ? error.type : undefined;
      trace.getActiveSpan()?.setAttribute('error.type', type ?? name);
      throw error;
    }
  },
};

/** Everything that a span may carry. The interceptors add messages of errors, memos, results. */
const ATTRIBUTES = [
  'workflowId',
  'runId',
  'temporalWorkflowId',
  'run_id',
  'temporalActivityId',
  'temporalUpdateId',
  'subdomain',
  'http.response.status_code',
  'error.type',
];

function discreet(exporter: SpanExporter): SpanExporter {
  return {
    export: (spans, done) => {
      const bare = spans.map(
        (span) =>
          Object.create(span, {
            attributes: { value: pick(span.attributes) },
            status: { value: { code: span.status.code } },
            events: { value: [] },
          }) as typeof span,
      );
      exporter.export(bare, done);
    },
    shutdown: async () => exporter.shutdown(),
  };
}

function pick(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => ATTRIBUTES.includes(name)));
}
