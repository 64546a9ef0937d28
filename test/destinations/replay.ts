import { DestinationRefused, type LastingDestination } from '../../src/destinations/destination';
import { replayQuarantine } from '../../src/export/replayQuarantine';
import type { RejectedRecord } from '../../src/streams/record';
import type { Store } from './store';
import { NOON, page, ticket } from './pages';

const QUARANTINE = 'SELECT record FROM quarantine ORDER BY record';

/** What a store must do whose quarantine can be emptied. */
export function describeReplay(name: string, open: () => Promise<Store>): void {
  describe(`${name}: the replay of its quarantine`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(async () => {
      await store.destination.close();
      await store.remove();
    });

    test('turns what is a ticket by now into one, and keeps the rest in quarantine', async () => {
      const { destination, rows } = store;
      await destination.prepare();
      const ripe = `{"id":5,"generated_timestamp":${NOON},"subject":"was not understood"}`;
      await destination.write(page(1, [ticket(1)], { rejected: [rejected(ripe), rejected('{"id":"six"}')] }));
      expect(await replayQuarantine(destination, 'first')).toEqual({ stored: 1, left: 1 });
      expect(await rows('SELECT id, subdomain FROM tickets ORDER BY id')).toEqual([
        { id: 1, subdomain: 'acme' },
        { id: 5, subdomain: 'acme' },
      ]);
      expect(await rows(QUARANTINE)).toEqual([{ record: '{"id":"six"}' }]);
      expect(await replayQuarantine(destination, 'second')).toEqual({ stored: 0, left: 1 });
    });

    test('never lets a record from quarantine replace a newer version', async () => {
      const { destination, rows } = store;
      await destination.prepare();
      const old = `{"id":5,"generated_timestamp":${NOON},"subject":"old"}`;
      await destination.write(page(1, [], { rejected: [rejected(old)] }));
      await destination.write(page(2, [ticket(5, NOON + 1)]));
      expect(await replayQuarantine(destination, 'late')).toEqual({ stored: 1, left: 0 });
      expect(await rows('SELECT generated_timestamp FROM tickets')).toEqual([
        { generated_timestamp: NOON + 1 },
      ]);
    });

    test('keeps the original of what it can store only with a replacement', async () => {
      const { destination, rows } = store;
      await destination.prepare();
      const odd = String.raw`{"id":12,"generated_timestamp":1700000000,"subject":"a\ud800b"}`;
      await destination.write(page(1, [], { rejected: [rejected(odd)] }));
      expect(await replayQuarantine(destination, 'again')).toEqual({ stored: 0, left: 1 });
      expect(await rows(QUARANTINE)).toEqual([{ record: odd }]);
      expect(await rows("SELECT ticket->>'subject' AS subject FROM tickets")).toEqual([
        { subject: 'a\ufffdb' },
      ]);
    });
  });
}

/** For stores that outlive their process. */
export function describeFindExport(name: string, open: () => Promise<Store<LastingDestination>>): void {
  test(`${name}: finds where an export has been, and makes nothing where none has`, async () => {
    const { destination, remove } = await open();
    for (let time = 0; time < 2; time += 1) {
      const refusal = destination.findExport();
      await expect(refusal).rejects.toThrow(DestinationRefused);
      await expect(refusal).rejects.toThrow(/ Check /);
    }
    await destination.prepare();
    await destination.findExport();
    await destination.close();
    await remove();
  });
}

function rejected(json: string): RejectedRecord {
  return { kind: 'rejected', stream: 'tickets', reason: 'not understood yet', json };
}
