import type { Store } from './store';
import { NOON, page, ticket } from './pages';

export function describeVolume(opened: () => Store): void {
  test('takes a page of 25,000 tickets', async () => {
    const { destination, rows } = opened();
    const description = 'All of one second, as a bulk update makes them. '.repeat(12);
    const tickets = Array.from({ length: 25_000 }, (_, at) => ticket(at + 1, NOON, { description }));
    expect(await destination.write(page(1, tickets))).toEqual({ unstorable: 0, swept: 0 });
    expect(
      await rows('SELECT count(*) AS tickets, count(DISTINCT id) AS ids, max(id) AS last FROM tickets'),
    ).toEqual([{ tickets: 25_000, ids: 25_000, last: 25_000 }]);
  });

  test('takes pages at the same time, with the same tickets in opposite orders', async () => {
    const { destination, rows } = opened();
    const ids = Array.from({ length: 300 }, (_, at) => at + 1);
    await Promise.all(
      [1, 2, 3, 4].map(async (number) => {
        const order = number % 2 === 0 ? ids : [...ids].reverse();
        return destination.write(
          page(
            number,
            order.map((id) => ticket(id, NOON + number)),
          ),
        );
      }),
    );
    expect(
      await rows(
        'SELECT count(*) AS tickets, min(generated_timestamp) AS oldest, max(generated_timestamp) AS newest FROM tickets',
      ),
    ).toEqual([{ tickets: 300, oldest: NOON + 4, newest: NOON + 4 }]);
    expect(await rows('SELECT page FROM export_pages')).toHaveLength(4);
  });
}
