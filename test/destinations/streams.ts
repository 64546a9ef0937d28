import { STREAMS, type StreamName } from '../../src/streams';
import type { RecordVersion } from '../../src/streams/record';
import { replayQuarantine } from '../../src/export/replayQuarantine';
import { recordReader } from '../../src/zendesk/recordReader';
import type { Store } from './store';
import { NOON, page, recordOf } from './pages';

const QUARANTINE = 'SELECT stream, record FROM quarantine ORDER BY stream, record';

/** What a record of a stream looks like while it is deleted, and while it is not; of one that never is, what it is of others. */
function fatesOf(stream: StreamName): readonly [object, object] {
  const { deleted } = STREAMS[stream];
  if (deleted === null) return [{ deleted: true, status: 'deleted', active: false }, {}];
  if ('isSet' in deleted) return [{ [deleted.key]: '2023-11-14T22:13:20Z' }, { [deleted.key]: null }];
  return [{ [deleted.key]: deleted.is }, { [deleted.key]: null }];
}

/** One of each kind: with each rule of deletion or none, and a text for an id. Opening a store takes a while. */
const KINDS = ['tickets', 'users', 'organizations', 'tags'] as const satisfies readonly StreamName[];

/** Every table is the table of a stream, and all of them are written alike. */
export function describeStreams(opened: () => Store): void {
  const write = async (
    stream: StreamName,
    number: number,
    ...records: readonly RecordVersion[]
  ): Promise<unknown> => opened().destination.write(page(number, records, { stream }));

  const stored = async (stream: StreamName): Promise<unknown[][]> => {
    const { version, raw } = STREAMS[stream];
    const rows = await opened().rows(
      `SELECT id, ${version.column} AS version, deleted, ${raw}->>'mark' AS mark FROM ${stream} ORDER BY id`,
    );
    return rows.map(({ id, version: second, deleted, mark }) => [Number(id), second, deleted, mark]);
  };

  const marked = (
    stream: StreamName,
    id: number,
    version: number,
    mark: string,
    fields: object = {},
  ): RecordVersion => recordOf(stream, id, version, { mark, ...fields });

  describe.each(KINDS)('%s', (stream) => {
    const record = marked.bind(undefined, stream);

    test('are replaced by newer versions and others of the same second, never by older ones', async () => {
      await write(stream, 1, ...[1, 2, 3].map((id) => record(id, NOON, 'first')));
      expect(await stored(stream)).toEqual([1, 2, 3].map((id) => [id, NOON, false, 'first']));
      await write(
        stream,
        2,
        record(1, NOON + 1, 'newer'),
        record(2, NOON, 'same second'),
        record(3, NOON - 1, 'older'),
        record(4, NOON - 1, 'new'),
      );
      const after = [
        [1, NOON + 1, false, 'newer'],
        [2, NOON, false, 'same second'],
        [3, NOON, false, 'first'],
        [4, NOON - 1, false, 'new'],
      ];
      expect(await stored(stream)).toEqual(after);
      await write(stream, 1, record(1, NOON, 'first'), record(4, NOON - 2, 'late'));
      expect(await stored(stream)).toEqual(after);
    });

    test('are deleted by their rule, and come back', async () => {
      const [deleted, restored] = fatesOf(stream);
      await write(stream, 1, record(1, NOON, 'there'), record(2, NOON, 'there', restored));
      await write(stream, 2, record(1, NOON + 1, 'gone', deleted));
      expect(await stored(stream)).toEqual([
        [1, NOON + 1, STREAMS[stream].deleted !== null, 'gone'],
        [2, NOON, false, 'there'],
      ]);
      await write(stream, 3, record(1, NOON + 2, 'back', restored));
      expect(await stored(stream)).toEqual([
        [1, NOON + 2, false, 'back'],
        [2, NOON, false, 'there'],
      ]);
    });
  });

  // One of either shape: opening a store takes a while, and they differ in nothing else.
  describe.each(['tickets', 'users'] as const)('%s', (stream) => {
    const record = marked.bind(undefined, stream);

    test('are written alike where they come as a sideload', async () => {
      const { destination } = opened();
      const other = stream === 'tickets' ? 'users' : 'tickets';
      const [first, second] = [
        [record(1, NOON, 'first'), record(2, NOON, 'first')],
        [record(1, NOON + 1, 'newer'), record(2, NOON - 1, 'older')],
      ];
      await destination.write(page(1, [], { stream: other, sideloads: new Map([[stream, first]]) }));
      await write(stream, 2, ...second);
      const after = [
        [1, NOON + 1, false, 'newer'],
        [2, NOON, false, 'first'],
      ];
      expect(await stored(stream)).toEqual(after);
      await destination.write(page(3, [], { stream: other, sideloads: new Map([[stream, first]]) }));
      expect(await stored(stream)).toEqual(after);
    });

    test('that cannot be read are in quarantine as theirs, and come back once they can', async () => {
      const { destination, rows } = opened();
      const bad = recordReader(STREAMS[stream]).read('{"id":"x"}');
      if (bad.kind !== 'rejected') throw new Error('read');
      const { json } = record(5, NOON, 'ripe');
      const ripe = { ...bad, json: Buffer.from(json).toString() };
      await destination.write(page(1, [], { rejected: [bad, ripe] }));
      expect(await rows('SELECT stream, reason FROM quarantine')).toEqual([
        { stream, reason: bad.reason },
        { stream, reason: bad.reason },
      ]);
      expect(await replayQuarantine(destination, 'replay')).toEqual({ stored: 1, left: 1 });
      expect(await stored(stream)).toEqual([[5, NOON, false, 'ripe']]);
      expect(await rows(QUARANTINE)).toEqual([{ stream, record: '{"id":"x"}' }]);
    });

    test('that lost a character are stored, and their originals kept as theirs', async () => {
      const { destination, rows } = opened();
      const { json } = record(5, NOON, 'a?b');
      const odd = Buffer.from(json)
        .toString()
        .replace('?', String.raw`\ud800`);
      const version = recordReader(STREAMS[stream]).read(odd);
      if (version.kind !== 'record') throw new Error(version.reason);
      const other = stream === 'tickets' ? 'users' : 'tickets';
      const batch = page(1, [], { stream: other, sideloads: new Map([[stream, [version]]]) });
      expect(await destination.write(batch)).toEqual({ unstorable: 0, swept: 0 });
      expect(await stored(stream)).toEqual([[5, NOON, false, 'a\ufffdb']]);
      expect(await rows(QUARANTINE)).toEqual([{ stream, record: odd }]);
    });
  });

  test('records without a version are older than every other copy, where they may be without', async () => {
    const stream = 'user_identities';
    const record = marked.bind(undefined, stream);
    const bare = (mark: string): RecordVersion => {
      const found = recordReader(STREAMS[stream]).read(JSON.stringify({ id: 1, mark }));
      if (found.kind !== 'record') throw new Error(found.reason);
      return found;
    };
    await write(stream, 1, bare('first'));
    await write(stream, 2, bare('second'));
    expect(await stored(stream)).toEqual([[1, 0, false, 'second']]);
    await write(stream, 3, record(1, NOON, 'newer'));
    await write(stream, 4, bare('third'));
    expect(await stored(stream)).toEqual([[1, NOON, false, 'newer']]);
  });
}
