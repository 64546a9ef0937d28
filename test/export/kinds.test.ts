import { TABLE_NAMES } from '../../src/streams';
import { expectTruth } from '../property/truth';
import { clock, closeStages, script, stage, ticket, TO } from './stage';

afterEach(closeStages);

const updated_at = '2024-03-02T11:20:00Z';
const everyMinute = { follow: { everySeconds: 60 } };

test('deletes, restores, scrubs and system updates are kept as what they are', async () => {
  const { simulator, destination, start } = await stage({ tickets: 20 });
  const drive = start(everyMinute);
  await drive.run(() => drive.tickets.poll.reachedEnd);
  const before = drive.status.deleted;
  simulator.delete(1);
  simulator.delete(2);
  simulator.scrub(3);
  simulator.update(4, { system: true });
  await drive.run(() => drive.polls === 3);
  expectTruth(destination, simulator);
  expect(destination.tickets.get(1)?.deleted).toBe(true);
  expect(destination.tickets.get(3)?.json).toContain('SCRUBBED');
  expect(drive.status.deleted).toBe(before + 3);
  simulator.restore(2);
  await drive.run(() => drive.polls === 6);
  expectTruth(destination, simulator);
  expect(destination.tickets.get(2)?.deleted).toBe(false);
});

test('excludeSystemUpdates leaves out what only the system touched since the poll began', async () => {
  const { simulator, destination, start } = await stage({ tickets: 20 });
  const drive = start({ ...everyMinute, excludeSystemUpdates: true, perPage: 5 });
  await drive.run(() => drive.tickets.poll.reachedEnd);
  expect(destination.tickets.size).toBe(20);
  const untouched = destination.tickets.get(4)?.json;
  clock.advance(600);
  simulator.update(4, { system: true });
  simulator.update(5);
  await drive.run(() => drive.polls === 3);
  expect(destination.tickets.get(4)?.json).toBe(untouched);
  expect(destination.tickets.get(5)?.json).toBe(simulator.newestVersion(5).json());
});

test('excludeSystemUpdates keeps an update that the system followed before any poll could see it', async () => {
  const { simulator, destination, start } = await stage({ tickets: 20 });
  const drive = start({ ...everyMinute, excludeSystemUpdates: true });
  await drive.run(() => drive.polls === 2);
  // The poll in a minute sees ticket 2, and of ticket 1 nothing: its update is gone, the system's is too young.
  const inAMinute = Math.floor(clock.seconds) + 60;
  const updated = inAMinute - 80;
  simulator.update(1, { at: updated });
  simulator.update(1, { at: inAMinute - 30, system: true });
  simulator.update(2, { at: inAMinute - 65 });
  await drive.run(() => drive.polls === 6);
  expect(destination.tickets.get(2)?.version).toBe(inAMinute - 65);
  expect(destination.tickets.get(1)?.json).toBe(simulator.newestVersion(1).json());
});

test('excludeDeleted is asked of Zendesk, and filtered where Zendesk does not listen', async () => {
  const tickets = [ticket(1, TO), ticket(2, TO, { status: 'deleted' })];
  const { zendesk, destination, start } = await script(() => ({
    tickets,
    end_time: TO,
    end_of_stream: true,
  }));
  const drive = start({ excludeDeleted: true });
  await drive.run();
  expect(zendesk.asked[0]?.searchParams.get('exclude_deleted')).toBe('true');
  expect([...destination.tickets.keys()]).toEqual([1]);
  expect(drive.status).toMatchObject({ tickets: 1, deleted: 0 });
});

test('sideloads land in tables of their own, the nested metric sets too', async () => {
  const include = ['users', 'groups', 'organizations', 'metric_sets'] as const;
  const { destination, start } = await stage({ tickets: 60 });
  await start({ include: [...include], perPage: 25 }).run();
  for (const table of TABLE_NAMES) {
    const isAsked = table === 'tickets' || include.some((name) => name === table);
    expect([table, destination.table(table).size > 0]).toEqual([table, isAsked]);
  }
  expect(destination.tickets.size).toBe(60);
});

test('the system, whose user has the id -1, is a user like any other', async () => {
  const { destination, start } = await script(() => ({
    tickets: [ticket(1, TO)],
    users: [
      { id: -1, name: 'Zendesk', updated_at },
      { id: 5, name: 'Ann', updated_at },
    ],
    end_time: TO,
    end_of_stream: true,
  }));
  const drive = start({ include: ['users'] });
  await drive.run();
  expect([...destination.table('users').keys()]).toEqual([-1, 5]);
  expect(drive.status.quarantined).toBe(0);
});

test.each([
  ['one object in place of the list', { id: 5, updated_at }, [5], []],
  ['objects by id', { 5: { id: 5 } }, [], ['{"5":{"id":5}}']],
  ['a text', 'Ann', [], ['"Ann"']],
  ['a number', 5, [], ['5']],
  ['nothing', null, [], []],
  ['a list of oddities', [null, [], { id: 1.5 }, { id: 5, updated_at }], [5], ['[]', 'null', '{"id":1.5}']],
  ['one without a version', [{ id: 4 }, { id: 5, updated_at }], [4, 5], []],
])('no sideload is ignored: %s', async (_, users, stored, quarantined) => {
  const page = { tickets: [ticket(1, TO)], users, end_time: TO, end_of_stream: true };
  const { destination, start } = await script(() => page);
  const drive = start({ include: ['users'] });
  await drive.run();
  expect([...destination.table('users').keys()]).toEqual(stored);
  expect([...destination.quarantine.keys()].sort()).toEqual([...quarantined].sort());
  for (const { stream } of destination.quarantine.values()) expect(stream).toBe('users');
  expect(drive.status).toMatchObject({ tickets: 1, quarantined: quarantined.length });
});

test('a sideloaded version of the future is quarantined, and keeps no true one out', async () => {
  const future = { id: 5, updated_at: '2999-01-01T00:00:00Z' };
  const { destination, start } = await script(() => ({
    tickets: [ticket(1, TO, { metric_set: { ...future, id: 6 } })],
    users: [future, { id: 5, updated_at }],
    end_time: TO,
    end_of_stream: true,
  }));
  await start({ include: ['users', 'metric_sets'] }).run();
  expect(destination.table('users').get(5)?.version).toBe(1_709_378_400);
  expect(destination.table('metric_sets').size).toBe(0);
  expect([...destination.quarantine.values()].map(({ stream, reason }) => [stream, reason]).sort()).toEqual([
    ['metric_sets', 'updated_at: in the future'],
    ['users', 'updated_at: in the future'],
  ]);
});

test('records without usable id or generated_timestamp are quarantined once, and their page continues', async () => {
  const odd = [
    { id: 'x', generated_timestamp: TO, subject: 'no id' },
    { id: 3, subject: 'no time' },
    { id: -4, generated_timestamp: TO },
    'no object',
  ];
  const tickets = [ticket(1, TO), ...odd, ticket(2, TO)];
  const { destination, start } = await script(() => ({ tickets, end_time: TO, end_of_stream: true }));
  const drive = start(everyMinute);
  await drive.run(() => drive.polls === 3);
  expect([...destination.tickets.keys()]).toEqual([1, 2]);
  expect(destination.quarantine.size).toBe(4);
  expect(drive.status).toMatchObject({ tickets: 2, quarantined: 4 });
});

test('a second full of unusable records does not hold the export', async () => {
  const { simulator, destination, start } = await stage({
    tickets: 20,
    burst: [{ at: TO - 50, tickets: 40 }],
    pinned: 'repeat',
  });
  for (let id = 21; id <= 60; id += 1) simulator.update(id, { at: TO - 50, set: { id: null } });
  const drive = start({ perPage: 10 });
  expect(await drive.run()).toBe('end');
  expect(destination.tickets.size).toBe(20);
  expect(drive.status).toMatchObject({ tickets: 20, quarantined: 40 });
});

test('tickets that move to the end while they are read, several times, end at their newest version', async () => {
  for (const pagination of ['time', 'cursor']) {
    const { simulator, destination, start } = await stage({ tickets: 120 });
    const drive = start({ pagination, perPage: 10, ...everyMinute });
    for (let round = 0; round < 12; round += 1) {
      simulator.updateMany([5, 60, 61, 62, 110, 120]);
      clock.advance(20);
      await drive.turn();
    }
    await drive.run(() => drive.polls === 5);
    expectTruth(destination, simulator);
    expect(drive.status.tickets).toBe(destination.versions.size);
  }
});
