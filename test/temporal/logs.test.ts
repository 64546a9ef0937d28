import type { WorkflowHandle } from '@temporalio/client';
import getPort from 'get-port';
import { eventually, SECRET, setStage, untilStatus, type Stage, type WorkerProcess } from './stage';

const TEXT = 'a word that only this ticket has';

let stage: Stage;
let worker: WorkerProcess;
let metrics: string;

/** An export through everything that is said anything of. */
beforeAll(async () => {
  stage = await setStage({ tickets: 300 });
  const { simulator } = stage;
  const at = Math.floor(Date.now() / 1000) - 300;
  const [odd = 0, broken = 0, unknown = 0] = simulator.truth().keys();
  const { custom_fields: fields } = JSON.parse(simulator.truth().get(odd)?.json() ?? '{}') as {
    custom_fields: { id: number }[];
  };
  const values = fields.map(({ id }) => ({ id, value: TEXT }));
  simulator.update(odd, { set: { subject: TEXT, description: TEXT, custom_fields: values }, at });
  simulator.update(broken, { set: { subject: TEXT, created_at: TEXT, tags: TEXT }, at });
  simulator.update(unknown, { set: { sentiment: TEXT }, at });
  simulator.fault({ kind: 'throttle', retryAfter: 1 });
  simulator.fault({ kind: 'truncate' });
  const port = await getPort();
  worker = stage.startWorker({ EXPORT_METRICS_ADDRESS: String(port) });
  const handle = await stage.startExport({ perPage: 100, follow: { everySeconds: 3600 } });
  await untilStatus(handle, 'the first poll', ({ state }) => state === 'waiting');
  await blockAndMend(handle);
  await handle.executeUpdate('pause');
  // The log comes by another way than the answer.
  await eventually(() => worker.output().includes('export paused') || undefined, 'the pause to be logged');
  metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
});
afterAll(async () => stage.close());

async function blockAndMend(handle: WorkflowHandle): Promise<void> {
  stage.simulator.fault({ kind: 'status', status: 403, body: 'errorObject' });
  await handle.signal('resetCursor', { startTime: 0 });
  await untilStatus(handle, 'the block', ({ state }) => state === 'blocked');
  await handle.signal('resume');
  await untilStatus(handle, 'the next poll', ({ state }) => state === 'waiting');
}

interface Line {
  readonly level: string;
  readonly message: string;
  readonly workflowId?: string;
  readonly subdomain?: string;
  readonly sdkComponent?: string;
}

function lines(): Line[] {
  return worker
    .output()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

function levelsOf(message: string): string[] {
  return lines()
    .filter((line) => line.message === message)
    .map(({ level }) => level);
}

test('no secret and no word of a ticket is in the log, the history or the metrics', async () => {
  const shown = await stage.cli('workflow', 'show', '--workflow-id', stage.workflowId, '--output', 'json');
  const history = shown.replaceAll(/"data": "([^"]*)"/g, (_, data: string) =>
    Buffer.from(data, 'base64').toString(),
  );
  expect(history).toContain('"subdomain":"acme"');
  for (const text of [worker.output(), history, metrics]) {
    expect(text).not.toContain(TEXT);
    expect(text).not.toContain(SECRET);
  }
});

test('the first line names the task queue that the worker polls', () => {
  expect(lines().find(({ message }) => message === 'worker starts')).toMatchObject({
    taskQueue: stage.taskQueue,
    subdomains: 'acme',
  });
});

test('every line of an export names its workflow and its account', () => {
  const ofExports = lines().filter(({ sdkComponent = 'worker' }) => sdkComponent !== 'worker');
  expect(ofExports.length).toBeGreaterThan(8);
  for (const line of ofExports) {
    expect(line).toMatchObject({ workflowId: stage.workflowId, subdomain: 'acme' });
  }
});

test('levels mean something: a page informs, an outage warns, a block is an error, once', () => {
  expect(new Set(levelsOf('page exported'))).toEqual(new Set(['INFO']));
  expect(levelsOf('page exported')).toHaveLength(8);
  expect(levelsOf('throttled')).toEqual(['INFO']);
  expect(levelsOf('attempt failed')).toEqual(['WARN']);
  expect(levelsOf('export blocked')).toEqual(['ERROR']);
  expect(levelsOf('export paused')).toEqual(['INFO']);
  expect(lines().filter(({ level }) => level === 'ERROR')).toHaveLength(1);
});
