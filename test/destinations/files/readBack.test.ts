import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { DestinationRefused } from '../../../src/destinations/destination';
import { compactRecords } from '../../../src/destinations/files/compactRecords';
import { tickets } from '../../../src/streams/tickets';
import { FilesDestination } from '../../../src/destinations/files/filesDestination';
import { manifestKey, MARKER, quarantinedAt } from '../../../src/destinations/files/layout';
import { replayQuarantine } from '../../../src/export/replayQuarantine';
import { MemoryStore } from '../../support/memoryStore';
import { mutated } from '../../support/mutations';
import { page, ticket } from '../pages';

const SECRET = 'text of a ticket';
const RUNS = { numRuns: 150 };

let folder: string;
let root: string;
let destination: FilesDestination;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-back-'));
  root = join(folder, 'deep', 'export');
  destination = new FilesDestination(`file:${root}`);
  await destination.prepare();
  await destination.write(
    page(1, [ticket(1)], {
      rejected: [
        {
          kind: 'rejected',
          stream: 'tickets',
          reason: 'id: missing',
          json: `{"id":7,"generated_timestamp":1700000000,"subject":"${SECRET}"}`,
        },
      ],
      checkpoint: () => JSON.stringify({ page: 1, secret: SECRET }),
    }),
  );
});
afterEach(async () => {
  await destination.close();
  await rm(folder, { recursive: true });
});

/** What a damaged file comes to: an answer, or a refusal that names the file and quotes nothing of it. */
async function answerOf<T>(key: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    expect(error).toBeInstanceOf(DestinationRefused);
    const { message } = error as DestinationRefused;
    expect(message).not.toContain(SECRET);
    expect(message).toMatch(
      key === MARKER ? /already holds parquet files|_zendesk_export\.json was damaged/ : `${key} was damaged`,
    );
    expect(message.length).toBeLessThan(400);
    return undefined;
  }
}

/** Every mutation of a file in turn, and the same file as it was. */
async function damage(key: string, check: () => Promise<void>): Promise<void> {
  const path = join(root, key);
  const original = readFileSync(path, 'utf8');
  await fc.assert(
    fc.asyncProperty(mutated(original), async (text) => {
      await writeFile(path, text);
      await check();
    }),
    RUNS,
  );
  await writeFile(path, original);
}

test('a damaged manifest is refused by name, or still says what it said', async () => {
  const key = manifestKey('acme', page(1, []).key);
  await damage(key, async () => {
    const found = await answerOf(key, async () => destination.checkpoint('acme', page(1, []).key));
    expect(['string', 'undefined']).toContain(typeof found);
  });
  expect(await destination.checkpoint('acme', page(1, []).key)).toContain(SECRET);
});

test('a damaged file of the quarantine is refused by name, and never leads elsewhere', async () => {
  const [key = ''] = readdirSync(join(root, 'quarantine'), { recursive: true })
    .map((name) => `quarantine/${String(name)}`)
    .filter((name) => name.endsWith('.json'));
  const at = quarantinedAt(key);
  await damage(key, async () => {
    const found = await answerOf(key, async () => destination.quarantined());
    for (const { subdomain, digest } of found ?? []) expect({ subdomain, digest }).toEqual(at);
  });
  expect(await destination.quarantined()).toHaveLength(1);
});

test('a replay deletes no file but the record’s own, whatever the record says of itself', async () => {
  await writeFile(join(folder, 'precious.json'), 'mine');
  const [name = ''] = readdirSync(join(root, 'quarantine', 'subdomain=acme'));
  const path = join(root, 'quarantine', 'subdomain=acme', name);
  const row = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  await writeFile(path, JSON.stringify({ ...row, digest: '../../../../precious' }));
  await expect(replayQuarantine(destination, 'replay')).rejects.toThrow(/was damaged or changed/);
  expect(readFileSync(join(folder, 'precious.json'), 'utf8')).toBe('mine');
  await writeFile(path, JSON.stringify(row));
  expect(await replayQuarantine(destination, 'replay')).toEqual({ stored: 1, left: 0 });
});

test('a damaged marker is refused by name, or says the same', async () => {
  await damage(MARKER, async () => {
    await answerOf(MARKER, async () => destination.prepare());
  });
});

test('a damaged file of tickets is reported by its name, or its tickets are', async () => {
  const store = new MemoryStore();
  const key = `tickets/subdomain=acme/day=2023-11-14/export-1-00000-00000001-${'0'.repeat(16)}.ndjson.gz`;
  const lines = [1, 2].map((id) => `{"id":${id},"generated_timestamp":1700000000,"subject":"${SECRET}"}`);
  await fc.assert(
    fc.asyncProperty(mutated(`${lines.join('\n')}\n`), async (text) => {
      store.objects.set(key, gzipSync(text));
      try {
        const { records } = await compactRecords(store, tickets);
        expect(records).toBeLessThanOrEqual(4);
      } catch (error) {
        const { name, message } = error as Error;
        expect(name).toBe('DestinationUnavailable');
        expect(message).toMatch(/^Memory: cannot compact: /);
        expect(message).not.toContain(SECRET);
      }
    }),
    { numRuns: 25 },
  );
});
