import type { Store } from './store';
import { NOON, page, read, ticket } from './pages';

const QUARANTINE = 'SELECT reason, record, position FROM quarantine ORDER BY record';

/** Tickets whose JSON is valid, and that some store cannot hold. */
const ODD: Readonly<Record<string, string>> = {
  'U+0000': String.raw`{"id":11,"generated_timestamp":1700000000,"subject":"a\u0000\u0000b"}`,
  'a number beyond every type': `{"id":14,"generated_timestamp":1700000000,"subject":"n","extra":1e400000}`,
  'a number beyond a double': `{"id":15,"generated_timestamp":1700000000,"satisfaction_probability":1e400}`,
  'an id beyond a bigint': `{"id":16,"generated_timestamp":1700000000,"group_id":123456789012345678901234567890}`,
  'a key that comes twice': `{"id":17,"generated_timestamp":1700000000,"subject":"one","subject":"two"}`,
  'lists 20,000 deep': `{"id":19,"generated_timestamp":1700000000,"extra":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
  'a number of 10,000 digits': `{"id":20,"generated_timestamp":1700000000,"extra":${'9'.repeat(10_000)},"group_id":${'9'.repeat(10_000)}}`,
  'keys of prototypes': `{"id":21,"generated_timestamp":1700000000,"__proto__":{"id":1},"constructor":{"prototype":{}},"custom_fields":[{"__proto__":1}]}`,
  'half of a surrogate pair': String.raw`{"id":22,"generated_timestamp":1700000000,"subject":"a\ud800b","\udc00":1}`,
  'a subject of 10 MB': `{"id":23,"generated_timestamp":1700000000,"subject":"${'x'.repeat(10_000_000)}"}`,
  'SQL in every text': String.raw`{"id":24,"generated_timestamp":1700000000,"subject":"'); DROP TABLE tickets; --","status":"\\'; --","tags":["$1","\"; DROP"],"extra\"; --":1}`,
  'an impossible date': `{"id":18,"generated_timestamp":1700000000,"due_at":"2024-02-31T25:00:00Z"}`,
};

export function describeOddRecords(opened: () => Store): void {
  test('keeps a rejected record once, with its reason', async () => {
    const { destination, rows } = opened();
    const rejected = [
      {
        kind: 'rejected' as const,
        stream: 'tickets' as const,
        reason: 'id: missing',
        json: '{"subject":"no \\"id\\""}',
      },
    ];
    expect(await destination.write(page(1, [ticket(1)], { rejected }))).toEqual({ unstorable: 0, swept: 0 });
    await destination.write(page(2, [], { rejected }));
    expect(await rows(QUARANTINE)).toEqual([
      { reason: 'id: missing', record: '{"subject":"no \\"id\\""}', position: `start_time ${NOON}` },
    ]);
    expect(await rows('SELECT page, quarantined FROM export_pages ORDER BY page')).toEqual([
      { page: 1, quarantined: 1 },
      { page: 2, quarantined: 1 },
    ]);
  });

  test.each(Object.entries(ODD))(
    'stores or quarantines a ticket with %s, and the page continues',
    async (_, json) => {
      const { destination, rows } = opened();
      const odd = read(json);
      expect(await destination.write(page(1, [ticket(50)]))).toEqual({ unstorable: 0, swept: 0 });
      const second = page(2, [ticket(1), odd, ticket(99)], {
        checkpoint: (written) => JSON.stringify(written),
      });
      const { unstorable } = await destination.write(second);
      expect(await destination.checkpoint('acme', second.key)).toBe(JSON.stringify({ unstorable, swept: 0 }));
      const stored = await rows(`SELECT id FROM tickets WHERE id IN (1, 99, ${odd.id}) ORDER BY id`);
      expect(stored).toHaveLength(3 - unstorable);
      expect(stored).toEqual(expect.arrayContaining([{ id: 1 }, { id: 99 }]));
      if (unstorable > 0) expect(await rows(QUARANTINE)).toMatchObject([{ record: json }]);
      expect(await rows('SELECT tickets, quarantined FROM export_pages WHERE page = 2')).toEqual([
        { tickets: 3 - unstorable, quarantined: unstorable },
      ]);
    },
  );

  test.each([
    ['the first half of a surrogate pair', String.raw`a\ud800b`, 'a\ufffdb'],
    ['the second half of a surrogate pair', String.raw`\\\udC00`, '\\\ufffd'],
    ['a pair and a half', String.raw`\ud83d\ude00\ud83d`, '😀\ufffd'],
  ])('stores a ticket with %s, and keeps its original', async (_, escaped, subject) => {
    const { destination, rows } = opened();
    const json = `{"id":12,"generated_timestamp":${NOON},"subject":"${escaped}"}`;
    // Nobody is needed: it is counted as written.
    expect(await destination.write(page(1, [ticket(1), read(json), ticket(99)]))).toEqual({
      unstorable: 0,
      swept: 0,
    });
    expect(await rows("SELECT id, ticket->>'subject' AS subject FROM tickets ORDER BY id")).toEqual([
      { id: 1, subject: 'Ticket 1' },
      { id: 12, subject },
      { id: 99, subject: 'Ticket 99' },
    ]);
    expect(await rows('SELECT tickets, quarantined FROM export_pages')).toEqual([
      { tickets: 3, quarantined: 0 },
    ]);
    expect(await rows(QUARANTINE)).toEqual([
      { reason: 'stored without half of a surrogate pair', record: json, position: `start_time ${NOON}` },
    ]);
  });

  test('takes a description of 5 MB', async () => {
    const { destination, rows } = opened();
    const description = 'Größe 5 MB – "quoted" \\ and\nwrapped. '.repeat(140_000);
    await destination.write(page(1, [ticket(1, NOON, { description }), ticket(2)]));
    expect(
      await rows("SELECT id, length(ticket->>'description') AS length FROM tickets ORDER BY id"),
    ).toEqual([
      { id: 1, length: description.length },
      { id: 2, length: null },
    ]);
  });

  test('keeps text that only looks like an escape, and every other character', async () => {
    const { destination, rows } = opened();
    const subject = 'C:\\u0000 \\\\u0000 tab\t "quotes" \\N \u0001 \u001e \u2028 emoji 🎫 ünï \\';
    await destination.write(page(1, [ticket(1, NOON, { subject })]));
    expect(await rows("SELECT ticket->>'subject' AS subject FROM tickets")).toEqual([{ subject }]);
    expect(await rows(QUARANTINE)).toEqual([]);
  });
}
