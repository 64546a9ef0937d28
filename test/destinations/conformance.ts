import { describeOddRecords } from './oddRecords';
import type { StreamName } from '../../src/streams';
import { NOON, page, recordOf, ticket } from './pages';
import { describeSideloads } from './sideloads';
import { describeStreams } from './streams';
import { openEach, type Store } from './store';
import { describeVolume } from './volume';

const TICKETS = `SELECT subdomain, id, generated_timestamp, deleted, ticket->>'subject' AS subject FROM tickets ORDER BY 1, 2`;

/** What every destination must do, whatever it is made of. */
export function describeDestination(name: string, open: () => Promise<Store>): void {
  describe(`${name}: as every destination`, () => {
    const opened = openEach(open);

    const stored = async (): Promise<Record<string, unknown>> =>
      Object.fromEntries(
        (await opened().rows(TICKETS)).map((row) => [
          `${String(row.subdomain)} ${String(row.id)}`,
          [row.generated_timestamp, row.subject],
        ]),
      );

    test('stores a page with its checkpoint and logs it', async () => {
      await opened().destination.write(page(1, [ticket(1, NOON), ticket(2, NOON + 5)]));
      expect(await stored()).toEqual({ 'acme 1': [NOON, 'Ticket 1'], 'acme 2': [NOON + 5, 'Ticket 2'] });
      expect(await opened().destination.checkpoint('acme', page(1, []).key)).toBe('{"page":1}');
      expect(
        await opened().rows(
          'SELECT epoch, page, position, tickets, quarantined, first_generated, last_generated FROM export_pages',
        ),
      ).toEqual([
        {
          epoch: 0,
          page: 1,
          position: `start_time ${NOON}`,
          tickets: 2,
          quarantined: 0,
          first_generated: NOON,
          last_generated: NOON + 5,
        },
      ]);
    });

    test('logs a page of another stream with that stream and its records', async () => {
      const users = [recordOf('users', 1), recordOf('users', 2)];
      await opened().destination.write(page(1, users, { stream: 'users' }));
      expect(await opened().rows('SELECT stream, tickets FROM export_pages')).toEqual([
        { stream: 'users', tickets: 2 },
      ]);
    });

    test('stores nothing of a page that fails', async () => {
      await opened().destination.write(page(1, [ticket(1)]));
      const broken = page(2, [ticket(1, NOON + 1), ticket(2)], {
        rejected: [{ kind: 'rejected', stream: 'tickets', reason: 'no id', json: '{}' }],
        // Comes last in every store.
        sideloads: new Map([['zz no such table' as StreamName, [recordOf('users', 1)]]]),
      });
      await expect(opened().destination.write(broken)).rejects.toThrow(Error);
      expect(await opened().destination.checkpoint('acme', broken.key)).toBeUndefined();
      expect(await stored()).toEqual({ 'acme 1': [NOON, 'Ticket 1'] });
      expect(await opened().rows('SELECT * FROM quarantine')).toEqual([]);
      // And is none the worse for it.
      await opened().destination.write(page(2, [ticket(1, NOON + 1), ticket(2)]));
      expect(await stored()).toEqual({ 'acme 1': [NOON + 1, 'Ticket 1'], 'acme 2': [NOON, 'Ticket 2'] });
    });

    test('changes no row when a page is written again', async () => {
      const same = page(1, [ticket(1), ticket(2)], {
        rejected: [
          { kind: 'rejected', stream: 'tickets', reason: 'id: missing', json: '{"subject":"no id"}' },
        ],
      });
      await opened().destination.write(same);
      const before = [await opened().rows(TICKETS), await opened().rows('SELECT * FROM quarantine')];
      await opened().destination.write(same);
      expect([await opened().rows(TICKETS), await opened().rows('SELECT * FROM quarantine')]).toEqual(before);
      expect(await opened().rows('SELECT page FROM export_pages')).toHaveLength(1);
    });

    test('replaces a version by a newer one, and by another of the same second, never by an older one', async () => {
      await opened().destination.write(page(1, [ticket(1, NOON), ticket(2, NOON), ticket(3, NOON)]));
      await opened().destination.write(
        page(2, [
          ticket(1, NOON + 1, { subject: 'newer' }),
          ticket(2, NOON, { subject: 'same second' }),
          ticket(3, NOON - 1, { subject: 'older' }),
        ]),
      );
      expect(await stored()).toEqual({
        'acme 1': [NOON + 1, 'newer'],
        'acme 2': [NOON, 'same second'],
        'acme 3': [NOON, 'Ticket 3'],
      });
    });

    test('makes no row older when a page thought lost is written late', async () => {
      const lost = page(1, [ticket(1), ticket(2)]);
      await opened().destination.write(page(2, [ticket(1, NOON + 9, { subject: 'newer' })]));
      await opened().destination.write(lost);
      expect(await stored()).toEqual({ 'acme 1': [NOON + 9, 'newer'], 'acme 2': [NOON, 'Ticket 2'] });
      expect(await opened().destination.checkpoint('acme', page(2, []).key)).toBe('{"page":2}');
    });

    test('keeps accounts apart', async () => {
      await opened().destination.write(page(1, [ticket(1)]));
      await opened().destination.write(
        page(1, [ticket(1, NOON - 7)], { subdomain: 'beta', checkpoint: () => '{"of":"beta"}' }),
      );
      expect(await stored()).toEqual({ 'acme 1': [NOON, 'Ticket 1'], 'beta 1': [NOON - 7, 'Ticket 1'] });
      expect(await opened().destination.checkpoint('acme', page(1, []).key)).toBe('{"page":1}');
      expect(await opened().destination.checkpoint('beta', page(1, []).key)).toBe('{"of":"beta"}');
    });

    test('knows a checkpoint by every part of its key', async () => {
      const { key } = page(1, []);
      await opened().destination.write(page(1, []));
      for (const other of [
        { ...key, page: 2 },
        { ...key, epoch: 1 },
        { ...key, exportId: 'export-2' },
      ]) {
        expect(await opened().destination.checkpoint('acme', other)).toBeUndefined();
      }
      expect(await opened().destination.checkpoint('beta', key)).toBeUndefined();
      await opened().destination.write(page(1, [], { checkpoint: () => '{"again":true}' }));
      expect(await opened().destination.checkpoint('acme', key)).toBe('{"again":true}');
    });

    test('marks a ticket deleted, loses its text when it is scrubbed, and takes it back when it is restored', async () => {
      const mark = async (): Promise<unknown> =>
        opened().rows("SELECT deleted, ticket->>'description' AS description FROM tickets");
      await opened().destination.write(page(1, [ticket(1, NOON, { description: 'Secret' })]));
      expect(await mark()).toEqual([{ deleted: false, description: 'Secret' }]);
      await opened().destination.write(
        page(2, [ticket(1, NOON + 1, { status: 'deleted', description: 'Secret' })]),
      );
      expect(await mark()).toEqual([{ deleted: true, description: 'Secret' }]);
      await opened().destination.write(
        page(3, [ticket(1, NOON + 2, { status: 'deleted', description: 'X', subject: 'SCRUBBED' })]),
      );
      expect(await mark()).toEqual([{ deleted: true, description: 'X' }]);
      await opened().destination.write(
        page(4, [ticket(1, NOON + 3, { status: 'open', description: 'Back' })]),
      );
      expect(await mark()).toEqual([{ deleted: false, description: 'Back' }]);
    });

    test('only logs an empty page', async () => {
      expect(await opened().destination.write(page(1, []))).toEqual({ unstorable: 0, swept: 0 });
      expect(await opened().rows(TICKETS)).toEqual([]);
      expect(
        await opened().rows('SELECT page, tickets, first_generated, last_generated FROM export_pages'),
      ).toEqual([{ page: 1, tickets: 0, first_generated: null, last_generated: null }]);
    });

    test('continues after it was closed, and can be prepared and closed again', async () => {
      await opened().destination.write(page(1, [ticket(1)]));
      await opened().destination.close();
      await opened().destination.close();
      expect(await opened().destination.checkpoint('acme', page(1, []).key)).toBe('{"page":1}');
      await opened().destination.prepare();
      await opened().destination.write(page(2, [ticket(2)]));
      expect(Object.keys(await stored())).toEqual(['acme 1', 'acme 2']);
    });

    describeOddRecords(opened);
    describeSideloads(opened);
    describeStreams(opened);
    describeVolume(opened);
  });
}
