import { closeAll, from, get, getJson, ids, now, seconds, simulate, timePage, timePages, to } from './reader';

afterEach(closeAll);

const burstAt = now - 500;

describe('time-based export', () => {
  test('answers with exactly the recorded keys', async () => {
    const page = await timePage(await simulate(), 'start_time=0');
    expect(Object.keys(page).sort()).toEqual(['count', 'end_of_stream', 'end_time', 'next_page', 'tickets']);
  });

  test('answers the same with and without .json', async () => {
    const simulator = await simulate();
    const plain = await getJson(simulator, '/api/v2/incremental/tickets?start_time=0');
    const suffixed = await getJson(simulator, '/api/v2/incremental/tickets.json?start_time=0');
    expect((suffixed as { tickets: unknown }).tickets).toEqual((plain as { tickets: unknown }).tickets);
    expect((suffixed as { next_page: string }).next_page).toContain('/tickets.json?start_time=');
  });

  test('is ordered by generated_timestamp, and inside one second not by id yet stably', async () => {
    const simulator = await simulate({ burst: [{ at: burstAt, tickets: 9 }] });
    const page = await timePage(simulator, 'start_time=0');
    expect(seconds(page)).toEqual(seconds(page).toSorted((a, b) => a - b));
    const tied = page.tickets.filter((ticket) => ticket.generated_timestamp === burstAt).map(({ id }) => id);
    expect(tied).not.toEqual(tied.toSorted((a, b) => a - b));
    expect(ids(await timePage(simulator, 'start_time=0&x=1'))).toEqual(ids(page));
  });

  test('orders by generated_timestamp while ids ascend with created_at', async () => {
    const page = await timePage(await simulate(), 'start_time=0');
    expect(ids(page)).not.toEqual(ids(page).toSorted((a, b) => a - b));
  });

  test('has several tickets on about one second in twenty', async () => {
    const [page] = await timePages(await simulate({ tickets: 1000 }), 0, 1000);
    const distinct = new Set(page ? seconds(page) : []).size;
    expect(distinct).toBeLessThan(970);
    expect(distinct).toBeGreaterThan(900);
  });

  test('begins with the tickets of start_time itself', async () => {
    const simulator = await simulate();
    const ninth = (await timePage(simulator, 'start_time=0&per_page=9')).end_time ?? 0;
    const page = await timePage(simulator, `start_time=${ninth}`);
    expect(page.tickets[0]?.generated_timestamp).toBe(ninth);
  });

  test('spreads the tickets from `from` to `to`', async () => {
    const page = await timePage(await simulate(), 'start_time=0');
    expect(seconds(page)[0]).toBe(from);
    expect(seconds(page).at(-1)).toBe(to);
  });

  test('cuts the last second of a mixed page in the middle and repeats it on the next', async () => {
    const simulator = await simulate({ tickets: 10, burst: [{ at: burstAt, tickets: 6 }] });
    const page = await timePage(simulator, 'start_time=0&per_page=13');
    expect(page).toMatchObject({ count: 13, end_time: burstAt, end_of_stream: false });
    const next = await timePage(simulator, `start_time=${burstAt}&per_page=13`);
    expect(next).toMatchObject({ count: 6, end_time: burstAt, end_of_stream: true });
    expect(ids(page).filter((id) => ids(next).includes(id))).toHaveLength(3);
  });

  test('repeats at least one ticket at every boundary of mixed pages, and misses none', async () => {
    const simulator = await simulate({ tickets: 300 });
    const pages = await timePages(simulator, 0, 37);
    for (const [index, page] of pages.entries()) {
      const previous = pages[index - 1];
      if (previous !== undefined) expect(ids(page).some((id) => ids(previous).includes(id))).toBe(true);
    }
    expect(new Set(pages.flatMap(ids)).size).toBe(300);
  });

  test('expands a page inside one second to all of that second, with end_time one second later', async () => {
    const simulator = await simulate({
      tickets: 10,
      burst: [
        { at: burstAt, tickets: 25 },
        { at: burstAt + 9, tickets: 1 },
      ],
    });
    expect(await timePage(simulator, `start_time=${burstAt}&per_page=10`)).toMatchObject({
      count: 25,
      end_time: burstAt + 1,
      end_of_stream: false,
    });
  });

  test('expands with per_page=1 even where the second holds one ticket, without overlap between pages', async () => {
    const simulator = await simulate({ tickets: 40 });
    const pages = await timePages(simulator, 0, 1);
    const all = pages.flatMap(ids);
    expect(all).toHaveLength(40);
    expect(new Set(all).size).toBe(40);
    expect(pages[0]?.end_time).toBe((pages[0] ? (seconds(pages[0])[0] ?? 0) : 0) + 1);
  });

  test('with pinned "repeat" answers per_page tickets of the second and asks for it again, for ever', async () => {
    const simulator = await simulate({ tickets: 0, pinned: 'repeat', burst: [{ at: burstAt, tickets: 25 }] });
    const first = await timePage(simulator, `start_time=${burstAt}&per_page=10`);
    expect(first).toMatchObject({ count: 10, end_time: burstAt, end_of_stream: false });
    expect(ids(await timePage(simulator, `start_time=${burstAt}&per_page=10`))).toEqual(ids(first));
  });

  test('with an expandLimit expands up to it and repeats above it', async () => {
    const burst = [
      { at: burstAt, tickets: 25 },
      { at: burstAt + 9, tickets: 1 },
    ];
    const wide = await simulate({ tickets: 0, burst, expandLimit: 25 });
    const narrow = await simulate({ tickets: 0, burst, expandLimit: 24 });
    expect((await timePage(wide, `start_time=${burstAt}&per_page=10`)).count).toBe(25);
    expect(await timePage(narrow, `start_time=${burstAt}&per_page=10`)).toMatchObject({
      count: 10,
      end_time: burstAt,
    });
  });

  test('ends with end_of_stream, the greatest end_time, and a next_page all the same', async () => {
    const simulator = await simulate();
    const page = await timePage(simulator, 'start_time=5&per_page=200&include=comment_count');
    expect(page).toMatchObject({ end_of_stream: true, count: 100, end_time: to });
    expect(page.next_page).toBe(
      `${simulator.url}/api/v2/incremental/tickets?support_type_scope=all&start_time=${to}&per_page=200&include=comment_count`,
    );
  });

  test('leads on to the address that it was asked at', async () => {
    const simulator = await simulate();
    for (const address of [simulator.url.replace('127.0.0.1', 'localhost'), simulator.url]) {
      const answer = await fetch(`${address}/api/v2/incremental/tickets?start_time=0&per_page=10`, {
        headers: { authorization: 'Bearer any' },
      });
      const { next_page: next } = (await answer.json()) as { next_page: string };
      expect(new URL(next).origin).toBe(address);
    }
  });

  test('answers an empty page with end_time null, count 0 and end_of_stream', async () => {
    const page = await timePage(await simulate(), `start_time=${to + 1}`);
    expect(page).toMatchObject({ tickets: [], count: 0, end_time: null, end_of_stream: true });
    expect(page.next_page).toContain(`start_time=${to + 1}`);
  });

  test('says end_of_stream when a full page happens to be the last one', async () => {
    const simulator = await simulate();
    expect((await timePage(simulator, 'start_time=0&per_page=100')).end_of_stream).toBe(true);
    expect((await timePage(simulator, 'start_time=0&per_page=99')).end_of_stream).toBe(false);
  });

  test('holds back the last minute, and shows it when it is a minute old', async () => {
    const simulator = await simulate();
    simulator.update(1);
    const before = await timePage(simulator, 'start_time=0');
    expect(ids(before)).not.toContain(1);
    expect(before.end_of_stream).toBe(true);
    expect(simulator.truth().get(1)?.generatedTimestamp).toBe(now);
    simulator.advance(59);
    expect(ids(await timePage(simulator, `start_time=${to}`))).not.toContain(1);
    simulator.advance(1);
    expect(ids(await timePage(simulator, `start_time=${to}`))).toContain(1);
  });

  test('shows only the newest version of a ticket, at the end of the order', async () => {
    const simulator = await simulate();
    simulator.updateMany([3, 1, 2]);
    simulator.advance(100);
    const all = ids(await timePage(simulator, 'start_time=0'));
    expect(all).toHaveLength(100);
    expect(new Set(all.slice(-3))).toEqual(new Set([1, 2, 3]));
  });

  test('never gives more than 1,000 tickets of several seconds, whatever per_page says', async () => {
    const simulator = await simulate({ tickets: 1200 });
    for (const query of ['', '&per_page=2000', '&per_page=1000'])
      expect((await timePage(simulator, `start_time=0${query}`)).count).toBe(1000);
  });

  test('sends the recorded headers, and gzip only to those who accept it', async () => {
    const simulator = await simulate();
    const response = await get(simulator, '/api/v2/incremental/tickets?start_time=0');
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(response.headers.get('transfer-encoding')).toBe('chunked');
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('etag')).toMatch(/^W\//);
    expect(response.headers.get('x-request-id')).toContain(', ');
    expect(response.headers.get('ratelimit-limit')).toBe('700');
    await response.json();
    const plain = await fetch(response.url, {
      headers: { authorization: 'Bearer any', 'accept-encoding': 'identity' },
    });
    expect(plain.headers.get('content-encoding')).toBeNull();
    await plain.json();
  });
});
