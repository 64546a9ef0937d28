import { startDevServer } from '../../src/development/devServer';
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { withoutNodeNotice } from '../support/nodeNotice';
import { eventually, setStage, untilStatus, type Stage } from './stage';

let stage: Stage;
afterEach(async () => stage.close());

interface Watched {
  readonly code: number;
  readonly lines: string[];
  readonly errors: string;
}

function environment(address = process.env['TEMPORAL_ADDRESS']): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: process.env['HOME'], TEMPORAL_ADDRESS: address };
}

/** Runs what `npm run watch -- …` runs, until it ends. */
async function watch(
  ids: readonly string[],
  { set = {}, onOutput }: { set?: NodeJS.ProcessEnv; onOutput?: (text: string) => void } = {},
): Promise<Watched> {
  const env = { ...environment(), ...set };
  return new Promise((resolve) => {
    const command = ['lib/src/commands/watch.js', ...ids];
    const watcher = execFile(process.execPath, command, { env, timeout: 100_000 }, (error, out, errors) => {
      resolve({
        code: Number(error?.code ?? 0),
        lines: out.trim().split('\n'),
        errors: withoutNodeNotice(errors),
      });
    });
    if (onOutput !== undefined) watcher.stdout?.on('data', onOutput);
  });
}

test('an export is watched from page to page and run to run, until it has completed', async () => {
  stage = await setStage({ tickets: 4000, latencyMs: 50 });
  stage.startWorker();
  const handle = await stage.startExport({ perPage: 50 });
  const { code, lines, errors } = await watch([stage.workflowId]);
  expect(errors).toBe('');
  expect(code).toBe(0);
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines) expect(line).toMatch(new RegExp(`^${stage.workflowId}: `));
  expect(lines.at(-1)).toContain('completed, 100 %, 4000 ticket versions');
  const { raw, runId } = await handle.describe();
  expect(raw.workflowExecutionInfo?.firstRunId).not.toBe(runId);
});

test('without a worker it says so, and shows what the last one noted', async () => {
  stage = await setStage({ tickets: 2000, latencyMs: 50 });
  const worker = stage.startWorker();
  const handle = await stage.startExport({ perPage: 100 });
  await untilStatus(handle, 'a page', ({ pages }) => pages >= 1);
  const { tickets } = await handle.executeUpdate<{ tickets: number }, []>('pause');
  await worker.kill('SIGKILL');
  let shown = '';
  const watching = watch([stage.workflowId], { onOutput: (text) => (shown += text) });
  await eventually(() => shown.includes('no worker answers') || undefined, 'the watcher to miss the worker');
  await handle.terminate('the test has seen enough');
  const { code, lines, errors } = await watching;
  expect(lines[0]).toContain(`paused, `);
  expect(lines[0]).toContain(`${tickets} ticket versions`);
  expect(code).toBe(1);
  expect(errors).toContain(`${stage.workflowId} was terminated: it has not completed.`);
  expect(lines.at(-1)).toContain(`${tickets} ticket versions`);
  expect(lines.at(-1)).toContain('the test has seen enough');
});

test('an attempt that fails is shown with its reason, also where Temporal holds it encrypted', async () => {
  const keys = { EXPORT_CODEC_KEYS: `one:${randomBytes(32).toString('base64')}` };
  stage = await setStage({ tickets: 10 });
  stage.simulator.fault({ kind: 'status', status: 502, body: 'html', times: 'always' });
  stage.startWorker(keys);
  const handle = await stage.startExport();
  let shown = '';
  const watching = watch([stage.workflowId], { set: keys, onOutput: (text) => (shown += text) });
  await eventually(
    () => /attempt \d+ failed: [^\n]*502[^\n]*; next attempt at 20/.test(shown) || undefined,
    'the reason',
  );
  await handle.terminate();
  expect((await watching).code).toBe(1);
});

test('one that failed says why, with its remedy', async () => {
  stage = await setStage({ tickets: 10, role: 'agent' });
  stage.startWorker();
  await stage.startExport({ onBlocked: 'fail' });
  const { code, lines, errors } = await watch([stage.workflowId]);
  expect(code).toBe(1);
  expect(lines.at(-1)).toMatch(/: failed, .*Forbidden: .*Give the user the admin role/);
  expect(errors).toContain('failed: it has not completed.');
});

test('without an id all exports that run are watched', async () => {
  // A server of its own: exports of other tests, whose workers are gone, would be watched, too.
  const server = await startDevServer();
  stage = await setStage({ tickets: 1000 }, { address: server.address });
  stage.startWorker();
  const one = await stage.startExport({ perPage: 50 });
  const other = await stage.client.workflow.start('exportTickets', {
    taskQueue: stage.taskQueue,
    workflowId: `${stage.workflowId}-other`,
    args: [{ subdomain: 'acme', startTime: 0, perPage: 50, requestsPerMinute: 100_000 }],
  });
  // Until they have been seen.
  for (const handle of [one, other]) await handle.signal('pause');
  const watching = spawn(process.execPath, ['lib/src/commands/watch.js'], {
    env: environment(server.address),
  });
  let output = '';
  watching.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  for (const { workflowId: id } of [one, other])
    await eventually(() => output.includes(`${id}: paused`) || undefined, `the pause of ${id} to be shown`);
  for (const handle of [one, other]) await handle.signal('resume');
  for (const { workflowId: id } of [one, other])
    await eventually(() => output.includes(`${id}: completed`) || undefined, `the end of ${id} to be shown`);
  watching.kill();
  await server.teardown();
});

test('what cannot be watched is a sentence and the code 2', async () => {
  stage = await setStage();
  const unknown = await watch(['nobody']);
  expect(unknown.errors).toMatch(/^There is no workflow with the id nobody\./);
  const wrong = await watch(['--speed']);
  expect(wrong.errors).toBe("Unknown option '--speed'. Try --help.\n");
  const unreachable = await watch(['nobody'], { set: { TEMPORAL_ADDRESS: '127.0.0.1:9' } });
  expect(unreachable.errors).toMatch(/^No Temporal server answers at 127\.0\.0\.1:9: /);
  expect([unknown.code, wrong.code, unreachable.code]).toEqual([2, 2, 2]);
});
