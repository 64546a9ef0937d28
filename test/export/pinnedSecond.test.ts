import { cursorRequests, timeRequests } from '../property/minimum';
import { expectTruth } from '../property/truth';
import { closeStages, endpoints, FROM, stage, TO } from './stage';

afterEach(closeStages);

const MIDDLE = FROM + 5000;

describe.each(['repeat', 'expand'] as const)(
  'more tickets on one second than a page holds, where Zendesk would %s the page',
  (pinned) => {
    const places = [
      { where: 'at the start', at: [FROM], others: 1200 },
      { where: 'in the middle', at: [MIDDLE], others: 1200 },
      { where: 'at the very end', at: [TO], others: 1200 },
      { where: 'on two seconds in a row', at: [MIDDLE, MIDDLE + 1], others: 0 },
    ];
    const cases = [1001, 3500].flatMap((tickets) => places.map((place) => ({ tickets, ...place })));
    const largest = { tickets: 25_000, where: 'in the middle', at: [MIDDLE], others: 1200 };

    test.each([...cases, largest])(
      '$tickets tickets $where are exported once each',
      async ({ tickets, at, others }) => {
        const burst = at.map((second) => ({ at: second, tickets }));
        const { simulator, destination, start } = await stage({ tickets: others, burst, pinned });
        const drive = start();
        expect(await drive.run()).toBe('end');
        expectTruth(destination, simulator);
        expect(drive.status).toMatchObject({ tickets: simulator.size, state: 'completed' });
        const checkpoints = [...destination.checkpoints.values()].map((checkpoint) => checkpoint.length);
        expect(Math.max(...checkpoints)).toBeLessThan(40_000);
        const seconds = [...simulator.newestVersions()].map((ticket) => ticket.generatedTimestamp);
        const minimum = timeRequests(seconds, 1000, { pinned, expandLimit: Infinity });
        expect(simulator.requests.length).toBeLessThanOrEqual(minimum.requests + minimum.pinned);
      },
    );

    test.each([1, 2, 3, 7, 100, 999, 1000])('are exported once each with perPage %i', async (perPage) => {
      const burst = [{ at: MIDDLE, tickets: Math.min(1001, 40 * perPage) }];
      const { simulator, destination, start } = await stage({ tickets: 20, burst, pinned });
      const drive = start({ perPage });
      expect(await drive.run()).toBe('end');
      expectTruth(destination, simulator);
      expect(drive.status.tickets).toBe(simulator.size);
      const seconds = [...simulator.newestVersions()].map((ticket) => ticket.generatedTimestamp);
      const minimum = timeRequests(seconds, perPage, { pinned, expandLimit: Infinity });
      expect(simulator.requests.length).toBeLessThanOrEqual(minimum.requests + minimum.pinned);
    });
  },
);

test('is read through the cursor endpoint, and what follows it in time mode again', async () => {
  const burst = [{ at: MIDDLE, tickets: 250 }];
  const { simulator, destination, start } = await stage({ tickets: 500, burst, pinned: 'repeat' });
  const drive = start({ perPage: 100 });
  expect(await drive.run()).toBe('end');
  expectTruth(destination, simulator);
  expect(endpoints(simulator).join(' ')).toMatch(/^(time )+(cursor ){3}(time )*time$/);
});

test('is drained at the end of the stream, and the next poll is in time mode again', async () => {
  const burst = [{ at: TO, tickets: 250 }];
  const { simulator, destination, start } = await stage({ tickets: 50, burst, pinned: 'repeat' });
  const drive = start({ perPage: 100, follow: { everySeconds: 60 } });
  await drive.run(() => drive.tickets.poll.reachedEnd);
  expect(endpoints(simulator).at(-1)).toBe('cursor');
  simulator.update(1);
  await drive.run(() => drive.polls === 4);
  expect(endpoints(simulator).at(-1)).toBe('time');
  expectTruth(destination, simulator);
  expect(drive.status.tickets).toBe(destination.versions.size);
});

test('costs the cursor endpoint nothing', async () => {
  const burst = [{ at: MIDDLE, tickets: 3500 }];
  const { simulator, destination, start } = await stage({ tickets: 1200, burst, pinned: 'repeat' });
  expect(await start({ pagination: 'cursor' }).run()).toBe('end');
  expectTruth(destination, simulator);
  expect(simulator.requests).toHaveLength(cursorRequests(Array<number>(simulator.size), 1000).requests);
});
