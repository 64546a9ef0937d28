import { eventually, expectWholeAccount, setStage, untilStatus, type Stage } from './stage';
import type { Status } from '../../src/contract/status';

let stage: Stage;
afterEach(async () => stage.close());

function readings(): number {
  return stage.simulator.requests.filter(({ path }) => path.startsWith('/api/v2/ticket_fields')).length;
}

test('custom fields are columns of a view, and what does not fit or is new is reported', async () => {
  stage = await setStage({ tickets: 300 });
  const [odd = 0, ticket = 0] = stage.simulator.truth().keys();
  const values = JSON.parse(stage.simulator.truth().get(odd)?.json() ?? '{}') as {
    custom_fields: { id: number; value: unknown }[];
  };
  const second = values.custom_fields[1]?.id ?? 0;
  stage.simulator.update(odd, { set: { custom_fields: [{ id: second, value: 'a dozen' }] }, at: past() });
  stage.simulator.update(ticket, { set: { sentiment: 'good' }, at: past() });
  const worker = stage.startWorker();
  const handle = await stage.startExport({ perPage: 100 });
  const result = (await handle.result()) as Status;
  expect(result).toMatchObject({
    state: 'completed',
    tickets: 300,
    lastError: null,
    newFields: ['sentiment'],
    customFields: { asText: 1 },
  });
  // Beside the first pages, and after the last.
  expect(readings()).toBe(2);
  await expectWholeAccount(stage);
  expect(
    await stage.query(
      `SELECT column_type, note IS NOT NULL AS noted FROM ticket_fields WHERE id = ${second}`,
    ),
  ).toEqual([{ column_type: 'text', noted: true }]);
  expect(
    await stage.query(`SELECT custom_field_2_integer AS value FROM tickets_wide WHERE id = ${odd}`),
  ).toEqual([{ value: 'a dozen' }]);
  const [plans] = await stage.query(
    `SELECT count(*)::INTEGER AS plans FROM tickets_wide JOIN ticket_field_options AS option
       ON option.subdomain = tickets_wide.subdomain AND option.value = custom_field_1_tagger
     WHERE option.field_id = (SELECT id FROM ticket_fields WHERE column_name = 'custom_field_1_tagger')`,
  );
  expect(Number(plans?.['plans'])).toBeGreaterThan(50);
  // The log comes a moment after what it tells of.
  await eventually(
    () => worker.output().includes('a custom field is kept as text') || undefined,
    'word of a field kept as text',
  );
  expect(worker.output().match(/tickets have a field that is new/g)).toHaveLength(1);
});

const OF_FIELDS = {
  scope: 'others',
  matches: ({ path }: { path: string }): boolean => path.includes('ticket_fields'),
} as const;

test.each([
  ['fail', { kind: 'status', status: 500, times: 'always' } as const, 3, 'ZendeskUnavailable'],
  [
    'are throttled for an hour',
    { kind: 'throttle', retryAfter: 3600, times: 'always' } as const,
    1,
    'Throttled',
  ],
])(
  'when they %s, the export completes, says so, and tries again another day',
  async (_, fault, most, type) => {
    stage = await setStage({ tickets: 200 });
    stage.simulator.fault({ ...fault, ...OF_FIELDS });
    stage.startWorker();
    const handle = await stage.startExport();
    expect(await handle.result()).toMatchObject({
      state: 'completed',
      tickets: 200,
      lastError: null,
      customFields: { readAt: null, problem: expect.stringContaining(type) as unknown },
    });
    expect(readings()).toBe(most);
    await expectWholeAccount(stage);
  },
);

test('credentials that may not see them are no problem', async () => {
  stage = await setStage({ tickets: 200 });
  stage.simulator.fault({ kind: 'status', status: 403, times: 'always', ...OF_FIELDS });
  stage.startWorker();
  const handle = await stage.startExport();
  expect(await handle.result()).toMatchObject({
    state: 'completed',
    tickets: 200,
    customFields: { asText: 0, problem: null },
  });
});

test('while their list does not come, page after page lands, and a follower polls', async () => {
  stage = await setStage({ tickets: 500 });
  stage.simulator.fault({ kind: 'stall', times: 'always', ...OF_FIELDS });
  stage.startWorker();
  const handle = await stage.startExport({ perPage: 100, follow: { everySeconds: 3600 } });
  const status = await untilStatus(handle, 'the first poll', ({ state }) => state === 'waiting');
  expect(status).toMatchObject({ tickets: 500, customFields: null });
  expect(readings()).toBe(1);
  await expectWholeAccount(stage);
});

test('a pause stops their reading, and resume takes it up', async () => {
  stage = await setStage({ tickets: 200 });
  stage.simulator.fault({ kind: 'stall', ...OF_FIELDS });
  stage.startWorker();
  const handle = await stage.startExport();
  await eventually(() => (readings() > 0 ? true : undefined), 'the reading');
  await handle.signal('pause');
  await untilStatus(handle, 'the pause', ({ state }) => state === 'paused');
  stage.simulator.clearFaults();
  await handle.signal('resume');
  expect(await handle.result()).toMatchObject({
    state: 'completed',
    tickets: 200,
    customFields: { problem: null },
  });
  expect(readings()).toBeGreaterThan(1);
});

/** Old enough to be shown. */
function past(): number {
  return Math.floor(Date.now() / 1000) - 90;
}
