import { decodeCursor } from '../../src/simulator';
import { closeAll, cursorPage, cursorPages, get, ids, now, simulate } from './reader';

afterEach(closeAll);

const burstAt = now - 500;

describe('cursor-based export', () => {
  test('answers with exactly the recorded keys', async () => {
    const page = await cursorPage(await simulate(), 'start_time=0');
    const keys = ['after_cursor', 'after_url', 'before_cursor', 'before_url', 'end_of_stream', 'tickets'];
    expect(Object.keys(page).sort()).toEqual(keys);
    expect(page).toMatchObject({ before_cursor: null, before_url: null });
  });

  test('is ordered by (generated_timestamp, id) and gives every ticket once', async () => {
    const simulator = await simulate({ tickets: 200, burst: [{ at: burstAt, tickets: 50 }] });
    const tickets = (await cursorPages(simulator, 0, 17)).flatMap((page) => page.tickets);
    const sorted = tickets.toSorted((a, b) => a.generated_timestamp - b.generated_timestamp || a.id - b.id);
    expect(tickets.map(({ id }) => id)).toEqual(sorted.map(({ id }) => id));
    expect(new Set(tickets.map(({ id }) => id)).size).toBe(250);
    expect(tickets).toHaveLength(250);
  });

  test('never exceeds per_page, not even inside one second', async () => {
    const simulator = await simulate({ tickets: 0, burst: [{ at: burstAt, tickets: 25 }] });
    const pages = await cursorPages(simulator, burstAt, 10);
    expect(pages.map((page) => page.tickets.length)).toEqual([10, 10, 5]);
  });

  test('has cursors of the recorded form, base64 of "<generated_timestamp>.0||<id>|"', async () => {
    const page = await cursorPage(await simulate(), 'start_time=0&per_page=7');
    const last = page.tickets.at(-1);
    expect(Buffer.from(page.after_cursor ?? '', 'base64').toString()).toBe(
      `${last?.generated_timestamp}.0||${last?.id}|`,
    );
    expect(decodeCursor('MTc5MDIwMTU1NS4wfHw0N3w=')).toEqual({ second: 1_790_201_555, id: 47 });
  });

  test('keeps after_cursor and after_url on the last page, and gives them back on an empty one', async () => {
    const simulator = await simulate();
    const last = await cursorPage(simulator, 'start_time=0');
    expect(last.end_of_stream).toBe(true);
    const cursor = encodeURIComponent(last.after_cursor ?? '');
    expect(last.after_url).toBe(
      `${simulator.url}/api/v2/incremental/tickets/cursor?support_type_scope=all&cursor=${cursor}`,
    );
    expect(await cursorPage(simulator, `cursor=${cursor}`)).toMatchObject({
      tickets: [],
      end_of_stream: true,
      after_cursor: last.after_cursor,
    });
  });

  test('has no cursor where the first request finds nothing', async () => {
    const page = await cursorPage(await simulate({ tickets: 0 }), 'start_time=0');
    expect(page).toMatchObject({ tickets: [], end_of_stream: true, after_cursor: null, after_url: null });
  });

  test('continues from an old cursor with what has changed since', async () => {
    const simulator = await simulate();
    const { after_cursor: cursor } = await cursorPage(simulator, 'start_time=0');
    simulator.updateMany([5, 4]);
    simulator.advance(61);
    expect(ids(await cursorPage(simulator, `cursor=${encodeURIComponent(cursor ?? '')}`))).toEqual([4, 5]);
  });

  test('refuses a cursor that is none', async () => {
    const response = await get(await simulate(), '/api/v2/incremental/tickets/cursor.json?cursor=abc');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'InvalidPaginationParameter' });
  });
});
