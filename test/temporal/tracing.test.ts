import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from '@temporalio/worker';
import { installTelemetry } from '../../src/temporal/telemetry';
import { BUNDLE, TRACED_BUNDLE } from './bundles';
import { setStage, type Stage } from './stage';

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
}

/** What an OpenTelemetry collector gets: OTLP over HTTP, as JSON. */
const received: string[] = [];
let collector: Server;
let stage: Stage;

beforeAll(async () => {
  await installTelemetry('ERROR');
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push(Buffer.concat(chunks).toString());
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  stage = await setStage({ tickets: 500 });
});
afterAll(async () => {
  await stage.close();
  collector.close();
});

function spans(): Span[] {
  interface Batch {
    resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
  }
  return received.flatMap((body) =>
    (JSON.parse(body) as Batch).resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap((scope) => scope.spans),
    ),
  );
}

function exportRequests(): number {
  return stage.simulator.requests.filter(({ path }) => path.startsWith('/api/v2/incremental/')).length;
}

const headers = async (): Promise<boolean> =>
  (await stage.cli('workflow', 'show', '--workflow-id', stage.workflowId, '--output', 'json')).includes(
    '_tracer-data',
  );

test('without OTEL_EXPORTER_OTLP_ENDPOINT nothing is sent, and nothing is added to the history', async () => {
  const worker = stage.startWorker();
  const handle = await stage.startExport({ perPage: 100 });
  await handle.result();
  await worker.kill('SIGTERM');
  expect(received).toEqual([]);
  expect(await headers()).toBe(false);
});

test('with it an export is one trace: workflow, activities and requests, without a word of an error', async () => {
  const before = exportRequests();
  stage.simulator.fault({ kind: 'status', status: 500, body: 'error' });
  const { port } = collector.address() as AddressInfo;
  const worker = stage.startWorker({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
  const handle = await stage.startExport({ perPage: 10 });
  await handle.result();
  await worker.kill('SIGTERM');
  expect(await headers()).toBe(true);
  // It may be switched off, and on again, while an export runs.
  const history = await handle.fetchHistory();
  for (const bundle of [BUNDLE, TRACED_BUNDLE]) await Worker.runReplayHistory(bundle, history);

  const all = spans();
  const runs = all.filter(({ name }) => name === 'RunWorkflow:exportTickets');
  // It has continued as new on its way.
  expect(runs.length).toBeGreaterThan(1);
  expect(runs.filter(({ parentSpanId }) => parentSpanId === undefined)).toHaveLength(1);
  expect(new Set(all.map(({ traceId }) => traceId)).size).toBe(1);

  const byId = new Map(all.map((span) => [span.spanId, span]));
  const parent = ({ parentSpanId = '' }: Span): string | undefined => byId.get(parentSpanId)?.name;
  const requests = all.filter(({ name }) => name === 'Zendesk export');
  expect(requests.length).toBeGreaterThanOrEqual(exportRequests() - before);
  expect(new Set(requests.map(parent))).toEqual(new Set(['RunActivity:exportPage']));
  const activities = all.filter(({ name }) => name === 'RunActivity:exportPage');
  expect(new Set(activities.map(parent))).toEqual(new Set(['StartActivity:exportPage']));
  const failed = activities.flatMap(({ attributes }) => attributes.filter(({ key }) => key === 'error.type'));
  expect(failed.map(({ value }) => value.stringValue)).toEqual(['ZendeskUnavailable']);

  const said = received.join('\n');
  for (const words of ['status 500', 'lastResult', 'watermark', 'memo']) expect(said).not.toContain(words);
});
