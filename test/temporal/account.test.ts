import type { WorkflowHandle } from '@temporalio/client';
import type { Status } from '../../src/contract/status';
import { changeAtRandom, LISTS, SERVED, type Incremental, type ListName } from '../../src/simulator';
import { storedId } from '../../src/development/storedRecord';
import { listTruth } from '../support/listTruth';
import { eventually, setStage, untilStatus, type Stage, type WorkerProcess } from './stage';

let stage: Stage;
afterEach(async () => stage.close());

async function startAccount(input: Record<string, unknown> = {}): Promise<WorkflowHandle> {
  return stage.client.workflow.start('exportAccount', {
    taskQueue: stage.taskQueue,
    workflowId: stage.workflowId.replace('tickets', 'account'),
    args: [{ subdomain: 'acme', startTime: 0, requestsPerMinute: 100_000, ...input }],
  });
}

/** Fails unless a table holds the newest version of every record of its stream, byte for byte. */
async function expectWhole(stream: Incremental): Promise<void> {
  const [version, raw] = stream === 'tickets' ? ['generated_timestamp', 'ticket'] : ['version', 'object'];
  const rows = await stage.query(
    `SELECT id, ${version} AS version, deleted, ${raw}::VARCHAR AS json FROM ${stream} ORDER BY id`,
  );
  const stored = rows.map((row) => [Number(row['id']), Number(row['version']), row['deleted'], row['json']]);
  const truth = [...stage.simulator.truthOf(stream).values()]
    .map((record) => [record.id, record.version, record.deleted, record.json()])
    .sort(([one], [other]) => Number(one) - Number(other));
  expect({ stream, rows: stored.length }).toEqual({ stream, rows: truth.length });
  expect(stored).toEqual(truth);
}

/** Fails unless a table holds a list as it is, byte for byte, and as deleted what is no longer there. */
async function expectList(list: ListName): Promise<void> {
  const rows = await stage.query(`SELECT id, deleted, object::VARCHAR AS json FROM ${list}`);
  const stored = rows
    .filter((row) => row['deleted'] === false)
    .map((row) => [String(row['id']), row['json']]);
  const { simulator } = stage;
  expect({ list, ...Object.fromEntries(stored) }).toEqual({
    list,
    ...Object.fromEntries(listTruth(simulator, list)),
  });
}

async function expectWholeAccount(): Promise<void> {
  for (const stream of SERVED) await expectWhole(stream);
  for (const list of LISTS) await expectList(list);
}

/** What the log says of streams: when one stops, and when it continues. */
function linesOfStreams(worker: WorkerProcess): string[] {
  const lines = worker.output().match(/^\{.*"stream (blocked|unavailable|continues)".*\}$/gm) ?? [];
  return lines.map((line) => {
    const { level, message, stream, type } = JSON.parse(line) as Record<string, string>;
    return `${level} ${message}: ${stream} ${type}`;
  });
}

async function deletedIn(list: ListName): Promise<string[]> {
  const rows = await stage.query(`SELECT id FROM ${list} WHERE deleted ORDER BY id`);
  return rows.map((row) => String(row['id']));
}

test('an account is exported whole, through kills and changes in every stream, and continues from where each stream was', async () => {
  stage = await setStage({ tickets: 1500, latencyMs: 50 });
  const { simulator } = stage;
  stage.startWorker();
  const handle = await startAccount({ perPage: 100 });
  for (const pages of [15, 40]) {
    await untilStatus(handle, `${pages} pages`, (status) => status.pages >= pages);
    await stage.killWorkers();
    changeAtRandom(simulator, Math.random, 100);
    stage.startWorker();
  }
  const first = (await handle.result()) as Status;
  expect(first).toMatchObject({ state: 'completed', percent: 100 });
  // What has changed is held back for a minute.
  simulator.advance(120);
  const second = await stage.client.workflow.start('exportAccount', {
    taskQueue: stage.taskQueue,
    workflowId: `${stage.workflowId}-again`,
    args: [{ subdomain: 'acme', startTime: first.watermark, requestsPerMinute: 100_000 }],
  });
  expect(await second.result()).toMatchObject({ state: 'completed' });
  await expectWholeAccount();
});

test('a stream that the account does not have holds up nothing, and is tried again at resume', async () => {
  stage = await setStage({
    tickets: 300,
    unavailable: { users: 403, organizations: { status: 404, body: 'html' } },
  });
  const worker = stage.startWorker();
  const handle = await startAccount({ follow: { everySeconds: 60 } });
  const without = await untilStatus(
    handle,
    'what there is',
    ({ state, streams }) => state === 'waiting' && streams.organizations?.state === 'unavailable',
  );
  expect(without).toMatchObject({ tickets: 300, lastError: null });
  // The log comes by another way than the answer.
  await eventually(() => linesOfStreams(worker)[1], 'the log');
  expect(linesOfStreams(worker).sort()).toEqual([
    'WARN stream unavailable: organizations UnknownAccount',
    'WARN stream unavailable: users Forbidden',
  ]);
  expect(without.streams).toMatchObject({
    users: { state: 'unavailable', lastError: { type: 'Forbidden' } },
    tickets: { state: 'waiting' },
    ticket_events: { state: 'waiting' },
  });
  stage.simulator.setUnavailable('users', null);
  await handle.executeUpdate('resume', { args: [{ stream: 'users' }] });
  await untilStatus(handle, 'the users', ({ streams }) => streams.users?.state === 'waiting');
  await handle.executeUpdate('pause');
  await eventually(() => linesOfStreams(worker)[2], 'the log');
  expect(linesOfStreams(worker).slice(2)).toEqual(['INFO stream continues: users Forbidden']);
  await stage.killWorkers();
  await expectWhole('users');
});

test('a list that keeps failing holds up no other', async () => {
  stage = await setStage({ tickets: 10 });
  stage.simulator.fault({
    kind: 'status',
    status: 500,
    scope: 'others',
    path: '/api/v2/groups',
    times: 'always',
  });
  stage.startWorker();
  const handle = await startAccount({ streams: ['groups', 'brands', 'macros'] });
  const { streams } = await untilStatus(handle, 'the others', (status) =>
    [status.streams.brands, status.streams.macros].every((stream) => stream?.state === 'completed'),
  );
  expect(streams.groups?.state).not.toBe('completed');
  await handle.terminate();
});

test('a stream is paused, reset, removed and added by itself', async () => {
  stage = await setStage({ tickets: 3000, latencyMs: 100 });
  stage.startWorker();
  const handle = await startAccount({ perPage: 100, streams: ['tickets', 'users'] });
  await untilStatus(handle, 'both streams', (status) => status.pages > 2);
  const paused = await handle.executeUpdate<Status, [unknown]>('pause', { args: [{ stream: 'tickets' }] });
  expect(paused.streams.tickets?.state).toBe('paused');
  const { streams } = await untilStatus(
    handle,
    'the users',
    (status) => status.state === 'paused' && status.streams.users?.state === 'completed',
  );
  expect(streams.users).toMatchObject({ records: 600, percent: 100 });
  await handle.executeUpdate('addStream', { args: [{ stream: 'organizations' }] });
  await untilStatus(handle, 'more', (status) => status.streams.organizations?.state === 'completed');
  await handle.signal('removeStream', { stream: 'organizations' });
  await handle.executeUpdate('resetCursor', { args: [{ stream: 'users', startTime: 0 }] });
  await untilStatus(handle, 'the users again', (status) => status.streams.users?.pages === 12);
  await expect(handle.executeUpdate('resetCursor', { args: [{ startTime: 0 }] })).rejects.toMatchObject({
    cause: { message: 'resetCursor takes one of the streams tickets, users; none was given' },
  });
  await expect(
    handle.executeUpdate('resetCursor', { args: [{ stream: 'groups', startTime: 0 }] }),
  ).rejects.toMatchObject({ cause: { message: /takes one of the streams tickets, users; not "groups"/ } });
  await handle.executeUpdate('resume', { args: [{ stream: 'tickets' }] });
  expect(await handle.result()).toMatchObject({
    state: 'completed',
    tickets: 3000,
    streams: { tickets: { records: 3000 }, users: { records: 1200 } },
    actions: [
      { action: 'pause', stream: 'tickets' },
      { action: 'addStream', stream: 'organizations' },
      { action: 'removeStream', stream: 'organizations' },
      { action: 'resetCursor', stream: 'users' },
      { action: 'resume', stream: 'tickets' },
    ],
  });
  for (const stream of ['tickets', 'users', 'organizations'] as const) await expectWhole(stream);
});

test('a second with more records than a page holds one stream where Zendesk offers no way past it', async () => {
  const at = Math.floor(Date.now() / 1000) - 86_400;
  stage = await setStage({
    tickets: 500,
    pinned: 'repeat',
    burst: [
      { stream: 'organizations', at, records: 1500 },
      { stream: 'ticket_metric_events', at, records: 1500 },
      { stream: 'users', at, records: 1500 },
    ],
  });
  const worker = stage.startWorker();
  const handle = await startAccount();
  const status = await untilStatus(
    handle,
    'the block',
    ({ state, streams }) => state === 'blocked' && streams.ticket_metric_events?.state === 'completed',
  );
  expect(status.streams).toMatchObject({
    tickets: { state: 'completed' },
    users: { state: 'completed' },
    organizations: { state: 'blocked', lastError: { type: 'CrowdedSecond' } },
  });
  const second = new Date(at * 1000).toISOString().replace('.000Z', 'Z');
  expect(status.lastError?.stream).toBe('organizations');
  const logged = await eventually(
    () => /^.*"export blocked".*$/m.exec(worker.output())?.[0],
    'the block to be logged',
  );
  expect(JSON.parse(logged)).toMatchObject({ stream: 'organizations', type: 'CrowdedSecond' });
  // None where the others have come to their end before.
  for (const line of linesOfStreams(worker))
    expect(line).toBe('ERROR stream blocked: organizations CrowdedSecond');
  expect(status.lastError?.message).toContain(`${second} holds more organizations than`);
  const asked = stage.simulator.requests.filter(({ path }) => path.includes('organizations')).length;
  expect(asked).toBeLessThan(10);
  for (const stream of ['tickets', 'users', 'ticket_events', 'ticket_metric_events'] as const)
    await expectWhole(stream);
});

test('a list is swept whole: what is gone is marked, what comes back is not, and what the account lacks holds up nothing', async () => {
  stage = await setStage({
    tickets: 100,
    latencyMs: 20,
    lists: { organization_memberships: 500 },
    unavailable: { custom_roles: { status: 403, body: 'html' }, sla_policies: 404 },
  });
  const { simulator } = stage;
  const [brand, other] = [...simulator.truthOf('brands').values()];
  const [tag] = [...simulator.truthOf('tags').values()];
  const membership = simulator.anyOf('organization_memberships', 0.5);
  if (brand === undefined || other === undefined || tag === undefined || membership === undefined)
    throw new Error('the account has no such records');
  stage.startWorker();
  const handle = await startAccount({
    streams: [...LISTS],
    startTime: undefined,
    follow: { everySeconds: 60 },
  });
  const swept = async (what: string, pages: number): Promise<Status> =>
    untilStatus(handle, what, ({ state, streams, ...status }) => {
      const lists = Object.values(streams).filter((stream) => stream.state !== 'unavailable');
      return state === 'waiting' && status.pages >= pages && lists.every(({ state }) => state === 'waiting');
    });
  const first = await swept('the first sweeps', 20);
  expect(first).toMatchObject({ watermark: null, lastError: null, percent: 100 });
  expect(first.streams).toMatchObject({
    custom_roles: { state: 'unavailable', lastError: { type: 'Forbidden' } },
    sla_policies: { state: 'unavailable', lastError: { type: 'UnknownAccount' } },
    organization_memberships: { kind: 'list', records: 500, pages: 5, deleted: 0 },
  });
  expect(first.streams.tags?.sweptAt).not.toBeNull();

  simulator.remove('tags', tag.id);
  simulator.remove('organization_memberships', membership);
  simulator.remove('brands', brand.id);
  const again = async (list: ListName): Promise<unknown> =>
    handle.executeUpdate('resetCursor', { args: [{ stream: list }] });
  await expect(
    handle.executeUpdate('resetCursor', { args: [{ stream: 'tags', startTime: 0 }] }),
  ).rejects.toMatchObject({ cause: { message: /takes no startTime and no cursor for tags/ } });
  await again('organization_memberships');
  await untilStatus(
    handle,
    'some pages of a sweep',
    ({ streams }) => (streams.organization_memberships?.pages ?? 0) > 6,
  );
  await stage.killWorkers();
  expect(await deletedIn('organization_memberships')).toEqual([]);
  stage.startWorker();
  for (const list of ['tags', 'brands'] as const) await again(list);
  await swept('the second sweeps', first.pages + 7);
  expect(await deletedIn('organization_memberships')).toEqual([String(membership)]);
  expect(await deletedIn('tags')).toEqual([storedId(tag)]);
  expect(await deletedIn('brands')).toEqual([String(brand.id)]);

  simulator.restore('tags', tag.id);
  simulator.restore('organization_memberships', membership);
  for (const list of ['tags', 'organization_memberships'] as const) await again(list);
  await swept('the third sweeps', first.pages + 13);
  await handle.executeUpdate('pause');
  await stage.killWorkers();
  for (const list of LISTS) if (list !== 'custom_roles' && list !== 'sla_policies') await expectList(list);
});
