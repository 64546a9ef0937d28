import type { WorkflowHandle } from '@temporalio/client';
import type { ResetAnswer, Status } from '../../src/contract/status';
import { eventually, expectWholeAccount, setStage, statusOf, untilStatus, type Stage } from './stage';

let stage: Stage;
let handle: WorkflowHandle;

async function begin(
  options: Parameters<typeof setStage>[0],
  input?: Record<string, unknown>,
): Promise<void> {
  stage = await setStage(options);
  stage.startWorker();
  handle = await stage.startExport(input);
}

afterEach(async () => stage.close());

async function pause(): Promise<Status> {
  return handle.executeUpdate<Status, []>('pause');
}

/** The activity that was cancelled is gone: from here on nothing is left that could ask Zendesk. */
async function nothingPending(): Promise<void> {
  await eventually(async () => {
    const { raw } = await handle.describe();
    return (raw.pendingActivities ?? []).length === 0 ? true : undefined;
  }, 'the activity under way to end');
}

async function requestsWhilePaused(): Promise<[number, number]> {
  await nothingPending();
  const before = stage.simulator.requests.length;
  // A reset and a resume would each start a request at once if pause did not hold; the reset while paused does not.
  await handle.executeUpdate<Status, [unknown]>('resetCursor', { args: [{ startTime: 1 }] });
  await handle.executeUpdate<Status, [unknown]>('resetCursor', { args: [{ startTime: 0 }] });
  return [before, stage.simulator.requests.length];
}

describe('pause takes effect at once and holds', () => {
  test('during a page fetch', async () => {
    await begin({ tickets: 3000 });
    stage.simulator.fault({ kind: 'stall' });
    await eventually(() => exportRequests(stage)[0], 'the first request');
    expect((await pause()).state).toBe('paused');
    const [before, after] = await requestsWhilePaused();
    expect(after).toBe(before);
    await handle.signal('resume');
    await handle.result();
    await expectWholeAccount(stage);
  });

  test('during a long Retry-After', async () => {
    await begin({ tickets: 1500 });
    stage.simulator.fault({ kind: 'throttle', retryAfter: 3600 });
    await eventually(() => exportRequests(stage)[0], 'the 429');
    expect((await pause()).state).toBe('paused');
    const [before, after] = await requestsWhilePaused();
    expect(after).toBe(before);
    await handle.signal('resume');
    await handle.result();
    await expectWholeAccount(stage);
  });

  test('during an outage', async () => {
    await begin({ tickets: 1500 });
    stage.simulator.fault({ kind: 'status', status: 500, times: 'always' });
    await eventually(() => exportRequests(stage)[1], 'a second attempt');
    expect((await pause()).state).toBe('paused');
    const [before, after] = await requestsWhilePaused();
    expect(after).toBe(before);
    stage.simulator.clearFaults();
    await handle.signal('resume');
    await handle.result();
    await expectWholeAccount(stage);
  });

  test('during a wait for quota', async () => {
    await begin({ tickets: 3000, quota: { perMinute: 1, windowSeconds: 3600 } });
    const waiting = await untilStatus(handle, 'the quota to be used up', ({ state }) => state === 'waiting');
    expect(waiting.waitingFor).toMatch(/^quota used up until 20/);
    expect((await pause()).state).toBe('paused');
    const [before, after] = await requestsWhilePaused();
    expect(after).toBe(before);
  });

  test('before anything has begun', async () => {
    stage = await setStage({ tickets: 10 });
    handle = await stage.startExport();
    await handle.signal('pause');
    stage.startWorker();
    await untilStatus(handle, 'the pause', ({ state }) => state === 'paused');
    expect(stage.simulator.requests).toHaveLength(0);
    await handle.signal('resume');
    expect(await handle.result()).toMatchObject({ state: 'completed', tickets: 10 });
  });
});

describe('resetCursor', () => {
  test('wins over a page that is being fetched, whose tickets are kept', async () => {
    await begin({ tickets: 3000, latencyMs: 300 }, { perPage: 500 });
    await untilStatus(handle, 'some pages', ({ pages }) => pages >= 2);
    const answer = await handle.executeUpdate<ResetAnswer, [unknown]>('resetCursor', {
      args: [{ startTime: 0 }],
    });
    expect(answer.position).toEqual({ startTime: 0 });
    const result = (await handle.result()) as Status;
    expect(result.tickets).toBeGreaterThan(3000);
    expect(result.actions.at(-1)).toMatchObject({
      action: 'resetCursor',
      from: JSON.stringify(answer.reset.from),
      to: '{"startTime":0}',
    });
    const { at } = exportRequests(stage).find(({ startTime }, index) => index > 0 && startTime === 0) ?? {
      at: 0,
    };
    expect(at).toBeGreaterThan(0);
    await expectWholeAccount(stage);
  });

  test('as a dry run tells what it would mean, and changes nothing', async () => {
    await begin({ tickets: 2000 }, { perPage: 100, requestsPerMinute: 6 });
    const before = await untilStatus(handle, 'the quota to be used up', ({ state }) => state === 'waiting');
    const args: [unknown] = [{ startTime: 0, dryRun: true }];
    const { reset, ...answer } = await handle.executeUpdate<ResetAnswer, [unknown]>('resetCursor', { args });
    expect(reset).toMatchObject({ from: before.position, to: { startTime: 0 }, dryRun: true });
    // The account's tickets lie evenly, 20 pages of them.
    expect(reset.estimatedPages).toBeGreaterThan(15);
    expect(reset.estimatedPages).toBeLessThan(30);
    expect(answer).toMatchObject({ position: before.position, actions: [] });
    await handle.signal('resetCursor', ...args);
    const after = await untilStatus(
      handle,
      'the refusal',
      ({ rejectedSignals }) => rejectedSignals.length > 0,
    );
    expect(after).toMatchObject({ position: before.position, actions: [] });
    expect(after.rejectedSignals).toMatchObject([
      {
        signal: 'resetCursor',
        problem: 'resetCursor with dryRun has no answer as a signal: send it as an update',
      },
    ]);
    await handle.terminate();
  });

  test('takes a cursor, and continues from it by time', async () => {
    await begin({ tickets: 2000 }, { perPage: 100 });
    await untilStatus(handle, 'some pages', ({ pages }) => pages >= 1);
    await pause();
    const cursor = await someCursor(stage);
    await handle.executeUpdate<Status, [unknown]>('resetCursor', { args: [{ cursor }] });
    const paused = await untilStatus(
      handle,
      'the new position',
      ({ position }) => position !== null && 'cursor' in position,
    );
    expect(paused).toMatchObject({
      position: { cursor },
      cursorReads: Buffer.from(cursor, 'base64').toString(),
    });
    await handle.signal('resume');
    expect(await handle.result()).toMatchObject({ state: 'completed' });
  });
});

describe('what nobody can make sense of', () => {
  test('is refused by the updates, in a sentence', async () => {
    await begin({ tickets: 10 }, { follow: { everySeconds: 3600 } });
    await untilStatus(handle, 'the first poll', ({ state }) => state === 'waiting');
    const refusals: [unknown, RegExp][] = [
      [undefined, /takes \{"startTime": …\} or \{"cursor": "…"\}/],
      [{ startTime: 'soon' }, /startTime "soon" is not a valid time/],
      [{ startTime: '2999-01-01' }, /in the future/],
      [{ startTime: 0, cursor: 'x' }, /one of startTime and cursor/],
      [{ cursor: 'a b' }, /cursor must be a Zendesk cursor/],
      [{ start_time: 0 }, /does not know start_time/],
    ];
    for (const [payload, sentence] of refusals) {
      const update = handle.executeUpdate<Status, [unknown]>('resetCursor', { args: [payload] });
      await expect(update).rejects.toMatchObject({
        cause: { message: expect.stringMatching(sentence) as unknown },
      });
    }
  });

  test('as a signal leaves the export running, and shows what was refused', async () => {
    await begin({ tickets: 10 }, { follow: { everySeconds: 3600 } });
    const of = ['--workflow-id', stage.workflowId];
    await untilStatus(handle, 'the first poll', ({ state }) => state === 'waiting');
    await stage.cli('workflow', 'signal', ...of, '--name', 'resetCursor', '--input', '"yesterday"');
    await stage.cli('workflow', 'signal', ...of, '--name', 'resetCursor', '--input', '{"startTime":[]}');
    await stage.cli('workflow', 'signal', ...of, '--name', 'puase');
    const garbled = ['--input', 'x', '--input-meta'];
    await stage.cli('workflow', 'signal', ...of, '--name', 'resetCursor', ...garbled, 'encoding=cbor/plain');
    await stage.cli('workflow', 'signal', ...of, '--name', 'puase', ...garbled, 'encoding=cbor/plain');
    const status = await untilStatus(
      handle,
      'the refusals',
      ({ rejectedSignals }) => rejectedSignals.length === 5,
    );
    expect(status.state).toBe('waiting');
    const named = status.rejectedSignals.map(({ signal }) => signal);
    expect(named).toEqual(['resetCursor', 'resetCursor', 'puase', 'resetCursor', 'puase']);
    expect(await stage.cli('workflow', 'metadata', ...of)).toContain('puase');
  });

  test('every handler says what it does', async () => {
    await begin({ tickets: 10 }, { follow: { everySeconds: 3600 } });
    const metadata = await stage.cli(
      'workflow',
      'metadata',
      '--workflow-id',
      stage.workflowId,
      '--output',
      'json',
    );
    for (const description of [
      'Stop asking Zendesk',
      'Continue after a pause',
      'Read again from',
      'How far, how fast',
    ]) {
      expect(metadata).toContain(description);
    }
  });
});

test('a cancelled export lets its page land, and says everywhere that it was cancelled', async () => {
  await begin({ tickets: 3000, latencyMs: 200 }, { perPage: 100 });
  await untilStatus(handle, 'some pages', ({ pages }) => pages >= 2);
  await handle.cancel();
  await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  const { memo, status } = await handle.describe();
  expect(status.name).toBe('CANCELLED');
  const rows = await eventually(
    async () => stage.query('SELECT count(*)::INTEGER AS tickets FROM tickets').catch(() => undefined),
    'the worker to let go of the file',
  );
  expect(memo).toMatchObject({
    state: 'cancelled',
    tickets: rows[0]?.['tickets'],
    watermark: expect.stringMatching(/^20/) as unknown,
  });
  expect(await statusOf(handle)).toMatchObject({ state: 'cancelled', waitingFor: null, etaSeconds: null });
  expect(await detailsOf()).toMatch(/^## acme: cancelled/);
  await listedAs('cancelled');
});

test.each([
  ['waits for its next poll', { follow: { everySeconds: 3600 } }, 'waiting'],
  ['waits for quota', { requestsPerMinute: 1, perPage: 5 }, 'waiting'],
])('one that is cancelled while it %s says so, too', async (_, input, state) => {
  await begin({ tickets: 10 }, input);
  await untilStatus(handle, 'the wait', (status) => status.state === state);
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow();
  expect((await handle.describe()).memo).toMatchObject({ state: 'cancelled' });
  expect(await statusOf(handle)).toMatchObject({ state: 'cancelled' });
});

test('the memo and the list follow a pause, and what comes after it', async () => {
  await begin({ tickets: 100 }, { follow: { everySeconds: 3600 } });
  const memoIs = async (state: string): Promise<void> => {
    await eventually(async () => {
      const { memo } = await handle.describe();
      return memo?.['state'] === state ? true : undefined;
    }, `the memo to say ${state}`);
    await listedAs(state);
  };
  await memoIs('waiting');
  await pause();
  await memoIs('paused');
  await handle.signal('resume');
  await memoIs('waiting');
});

test('a reset that goes ahead says what it leaves out, and so does the result', async () => {
  await begin({ tickets: 2000, latencyMs: 200 }, { perPage: 100 });
  await untilStatus(handle, 'some pages', ({ pages }) => pages > 2);
  await pause();
  await nothingPending();
  const before = await statusOf(handle);
  const to = Math.floor(Date.now() / 1000) - 200;
  const reset = async (dryRun: boolean): Promise<ResetAnswer> =>
    handle.executeUpdate<ResetAnswer, [unknown]>('resetCursor', { args: [{ startTime: to, dryRun }] });
  const gap = { from: before.watermark, to: new Date(to * 1000).toISOString().replace('.000Z', 'Z') };
  expect((await reset(true)).reset).toMatchObject({ leavesOut: gap, dryRun: true });
  expect((await statusOf(handle)).leftOut).toEqual([]);
  expect(await reset(false)).toMatchObject({ reset: { leavesOut: gap }, leftOut: [gap] });
  expect(await detailsOf()).toContain(`Left out by resetCursor: ${String(gap.from)} to ${gap.to}`);
  await handle.signal('resume');
  expect(await handle.result()).toMatchObject({ state: 'completed', leftOut: [gap] });
});

/** What the Web UI shows of it. */
async function detailsOf(): Promise<string> {
  const { currentDetails = '' } = await handle.query<{ currentDetails?: string }>(
    '__temporal_workflow_metadata',
  );
  return currentDetails;
}

async function listedAs(state: string): Promise<void> {
  const query = `WorkflowId = '${stage.workflowId}' AND ExportState = '${state}'`;
  await eventually(async () => {
    const listed = await stage.cli('workflow', 'list', '--query', query, '--output', 'json');
    return listed.includes(stage.workflowId) ? true : undefined;
  }, `the list to say ${state}`);
}

function exportRequests({ simulator }: Stage): Stage['simulator']['requests'] {
  return simulator.requests.filter(({ path }) => path.startsWith('/api/v2/incremental/'));
}

async function someCursor({ simulator }: Stage): Promise<string> {
  const response = await fetch(
    `${simulator.url}/api/v2/incremental/tickets/cursor?start_time=0&per_page=500`,
    {
      headers: { authorization: 'Bearer secret-of-the-test' },
    },
  );
  return ((await response.json()) as { after_cursor: string }).after_cursor;
}
