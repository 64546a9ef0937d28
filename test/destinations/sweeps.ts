import type { StreamName } from '../../src/streams';
import type { RecordVersion } from '../../src/streams/record';
import type { Batch, Written } from '../../src/destinations/destination';
import { openEach, type Store } from './store';
import { NOON, page, recordOf, ticket } from './pages';

/** For databases: what the end of a sweep says of what the list no longer holds. */
export function describeSweeps(name: string, open: () => Promise<Store>): void {
  describe.each(['groups', 'tags'] as const)(`${name}: a sweep of %s`, (stream) => {
    const opened = openEach(open);

    const record = (id: number, mark = 'first', version = NOON): RecordVersion =>
      recordOf(stream, id, version, { mark });

    /** @param began the sweep, in seconds after noon */
    const sweep = async (
      began: number,
      records: readonly RecordVersion[],
      rest: Partial<Batch> = {},
    ): Promise<Written> =>
      opened().destination.write(
        page(began, records, { stream, sweep: { began: NOON + began, isComplete: true }, ...rest }),
      );
    const stored = async (subdomain = 'acme'): Promise<unknown[]> => {
      const rows = await opened().rows(
        `SELECT id, deleted, object->>'mark' AS mark FROM ${stream} WHERE subdomain = '${subdomain}' ORDER BY id`,
      );
      return rows.map(({ id, deleted, mark }) => [Number(id), deleted, mark]);
    };

    test('marks what it has not seen, until that comes back', async () => {
      expect(await sweep(1, [record(1), record(2), record(3)])).toEqual({ unstorable: 0, swept: 0 });
      expect(await sweep(2, [record(1), record(3)])).toEqual({ unstorable: 0, swept: 1 });
      expect(await stored()).toEqual([
        [1, false, 'first'],
        [2, true, 'first'],
        [3, false, 'first'],
      ]);
      expect(await sweep(3, [record(2), record(3)])).toEqual({ unstorable: 0, swept: 1 });
      expect(await stored()).toEqual([
        [1, true, 'first'],
        [2, false, 'first'],
        [3, false, 'first'],
      ]);
    });

    test('marks everything where the list is empty, and what one of its earlier pages had nowhere', async () => {
      await sweep(1, [record(1), record(2)]);
      const interrupted = { sweep: { began: NOON + 2, isComplete: false } };
      expect(await sweep(2, [record(1)], interrupted)).toEqual({ unstorable: 0, swept: 0 });
      expect(await stored()).toEqual([
        [1, false, 'first'],
        [2, false, 'first'],
      ]);
      expect(await sweep(2, [], { key: { exportId: 'export-1', epoch: 0, page: 100 } })).toEqual({
        unstorable: 0,
        swept: 1,
      });
      expect(await stored()).toEqual([
        [1, false, 'first'],
        [2, true, 'first'],
      ]);
      expect(await sweep(3, [])).toEqual({ unstorable: 0, swept: 1 });
      expect(await stored()).toEqual([
        [1, true, 'first'],
        [2, true, 'first'],
      ]);
    });

    test('brings changes that leave the time as it was, and its late pages bring nothing', async () => {
      await sweep(1, [record(1), record(2)]);
      await sweep(2, [record(1, 'second')]);
      await sweep(1, [record(1), record(2)]);
      expect(await stored()).toEqual([
        [1, false, 'second'],
        [2, true, 'first'],
      ]);
    });

    test('is not misled by a newer version that a late page of an earlier one brings', async () => {
      await sweep(1, [record(1), record(2), record(3)]);
      await sweep(2, [record(1), record(2)], { sweep: { began: NOON + 2, isComplete: false } });
      await sweep(1, [record(1, 'late', NOON + 5)]);
      expect(await sweep(2, [], { key: { exportId: 'export-1', epoch: 0, page: 100 } })).toEqual({
        unstorable: 0,
        swept: 1,
      });
      await sweep(1, [record(3, 'late', NOON + 5)]);
      expect(await stored()).toEqual([
        [1, false, 'late'],
        [2, false, 'first'],
        [3, true, 'first'],
      ]);
    });

    test('is not undone by a late attempt of one of its pages', async () => {
      await sweep(1, [record(1), record(2)]);
      await sweep(2, [record(1)]);
      const late = { sweep: { began: NOON + 2, isComplete: false } };
      await sweep(2, [record(1), record(2)], late);
      await sweep(2, [record(1), record(2, 'late', NOON + 5)], late);
      expect(await stored()).toEqual([
        [1, false, 'first'],
        [2, true, 'first'],
      ]);
    });

    test('of another account marks nothing', async () => {
      await sweep(1, [record(1)]);
      await sweep(2, [record(7)], { subdomain: 'beta' });
      expect(await stored()).toEqual([[1, false, 'first']]);
      expect(await stored('beta')).toEqual([[7, false, 'first']]);
    });

    test('knows more than a copy that came with other records, unless that is newer', async () => {
      const copy = async (number: number, ...records: RecordVersion[]): Promise<unknown> =>
        opened().destination.write(
          page(number, [ticket(1)], { sideloads: new Map<StreamName, RecordVersion[]>([[stream, records]]) }),
        );
      await sweep(1, [record(1), record(2)]);
      await sweep(2, []);
      await copy(10, record(1, 'copy'), record(2, 'newer', NOON + 5));
      expect(await stored()).toEqual([
        [1, true, 'first'],
        [2, false, 'newer'],
      ]);
    });
  });
}
