import { MIXED, SHAPES, type Simulator } from '../../src/simulator';
import { closeAll, getJson, now, simulate, timePage, type ExportedTicket } from './reader';

afterEach(closeAll);

const ticket = (simulator: Simulator, id: number): ExportedTicket =>
  JSON.parse(simulator.newestVersion(id).json()) as ExportedTicket;

const all = (simulator: Simulator): ExportedTicket[] =>
  [...simulator.truth().values()].map((truth) => JSON.parse(truth.json()) as ExportedTicket);

const meanBytes = (simulator: Simulator): number =>
  [...simulator.newestVersions()].reduce((sum, one) => sum + Buffer.byteLength(one.json()), 0) /
  simulator.size;

/** How many custom fields tickets have; those of scrubbed ones are gone. */
const fieldCounts = (simulator: Simulator): Set<number> =>
  new Set(
    all(simulator).flatMap(({ custom_fields: fields }) =>
      Array.isArray(fields) && fields.length > 0 ? [fields.length] : [],
    ),
  );

const epoch = (iso: string): number => Date.parse(iso) / 1000;

describe('tickets', () => {
  test('are the same for the same seed and others for another', async () => {
    const [a, b, c] = [await simulate({ seed: 3 }), await simulate({ seed: 3 }), await simulate({ seed: 4 })];
    expect(all(a)).toEqual(all(b));
    expect(all(a)).not.toEqual(all(c));
  });

  test('are in the export exactly as truth() tells them', async () => {
    const simulator = await simulate();
    simulator.update(9, { set: { subject: 'changed' } });
    simulator.advance(60);
    const page = await timePage(simulator, 'start_time=0');
    expect(page.tickets.toSorted((x, y) => x.id - y.id)).toEqual(all(simulator));
    expect(ticket(simulator, 9).subject).toBe('changed');
  });

  test('have created_at <= updated_at <= generated_timestamp, ids ascending with created_at', async () => {
    const tickets = all(await simulate({ tickets: 1000 }));
    for (const one of tickets) {
      expect(epoch(one.created_at)).toBeLessThanOrEqual(epoch(one.updated_at));
      expect(epoch(one.updated_at)).toBeLessThanOrEqual(one.generated_timestamp);
    }
    expect(tickets.map(({ id }) => id)).toEqual(tickets.map((_, index) => index + 1));
  });

  test('lag 0, 1 or 2 s behind updated_at mostly, and a month where the system wrote last', async () => {
    const tickets = all(await simulate({ tickets: 2000, from: now - 60_000_000 }));
    const lags = tickets.map((one) => one.generated_timestamp - epoch(one.updated_at));
    const share = (test: (lag: number) => boolean): number => lags.filter(test).length / lags.length;
    expect(share((lag) => lag === 0)).toBeGreaterThan(0.4);
    expect(share((lag) => lag <= 2)).toBeGreaterThan(0.9);
    expect(share((lag) => lag > 1000)).toBeGreaterThan(0.01);
  });

  test('are about as long as ticketBytes says', async () => {
    for (const ticketBytes of [1500, 2900, 6000]) {
      const simulator = await simulate({ tickets: 500, ticketBytes });
      expect(meanBytes(simulator) / ticketBytes).toBeGreaterThan(0.85);
      expect(meanBytes(simulator) / ticketBytes).toBeLessThan(1.15);
    }
  });

  test.each(Object.entries(SHAPES))('are as large as their shape says: %s', async (_, shape) => {
    const simulator = await simulate({ tickets: 300, shapes: [shape] });
    expect(meanBytes(simulator) / shape.bytes).toBeGreaterThan(0.85);
    expect(meanBytes(simulator) / shape.bytes).toBeLessThan(1.15);
    expect(fieldCounts(simulator)).toEqual(new Set([shape.customFields]));
  });

  test('of a mixed account are of all shapes, each of the same one whenever it is asked for', async () => {
    const [a, b] = [
      await simulate({ tickets: 300, shapes: MIXED }),
      await simulate({ tickets: 300, shapes: MIXED }),
    ];
    expect(fieldCounts(a)).toEqual(new Set(MIXED.map(({ customFields }) => customFields)));
    expect(all(a)).toEqual(all(b));
    a.update(5);
    expect(ticket(a, 5).custom_fields).toHaveLength((ticket(b, 5).custom_fields as unknown[]).length);
    const { ticket_fields: known } = (await getJson(a, '/api/v2/ticket_fields')) as {
      ticket_fields: unknown[];
    };
    expect(known).toHaveLength(60);
  });

  test('have fields equal to custom_fields, of the types ticket_fields lists, and some bodies lack later keys', async () => {
    const simulator = await simulate({ tickets: 500, ticketBytes: 4000 });
    const { ticket_fields: known } = (await getJson(simulator, '/api/v2/ticket_fields')) as {
      ticket_fields: { id: number }[];
    };
    const tickets = all(simulator);
    const withFields = tickets.filter((one) => 'fields' in one);
    expect(withFields.length).toBeLessThan(tickets.length);
    for (const one of withFields) expect(one.fields).toEqual(one.custom_fields);
    const used = tickets.flatMap((one) => (one.custom_fields as { id: number }[]).map(({ id }) => id));
    expect(new Set(used)).toEqual(new Set(known.map(({ id }) => id)));
    const values = tickets.flatMap((one) =>
      (one.custom_fields as { value: unknown }[]).map(({ value }) => value),
    );
    const types = new Set(
      values.map((value) => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value)),
    );
    expect(types).toEqual(new Set(['null', 'string', 'number', 'boolean', 'array']));
    for (const key of ['via', 'encoded_id', 'custom_status_id', 'support_type'])
      expect(tickets.some((one) => !(key in one))).toBe(true);
  });

  test('have emoji, other alphabets, quotes and newlines in their text, and every recorded channel', async () => {
    const tickets = all(await simulate({ tickets: 500 }));
    const text = tickets.map((one) => `${one.subject}${String(one.description)}`).join('');
    for (const part of ['🌙', 'パスワード', 'Не', '"', '\n', '<script>']) expect(text).toContain(part);
    const channels = tickets.map((one) => (one.via as { channel: unknown } | undefined)?.channel);
    for (const channel of ['web', 'email', 'api', 'voice', 'native_messaging', 4])
      expect(channels).toContain(channel);
  });
});

describe('changes', () => {
  test('make a new version, generated now, with other content', async () => {
    const simulator = await simulate();
    const before = ticket(simulator, 20);
    simulator.update(20);
    const after = ticket(simulator, 20);
    expect(after.generated_timestamp).toBe(now);
    expect(epoch(after.updated_at)).toBe(now);
    expect(after.subject).not.toBe(before.subject);
    expect(after.created_at).toBe(before.created_at);
  });

  test('can be made by the system, which leaves updated_at alone', async () => {
    const simulator = await simulate();
    const before = ticket(simulator, 20);
    simulator.update(20, { system: true, at: now - 300 });
    expect(ticket(simulator, 20)).toMatchObject({
      updated_at: before.updated_at,
      generated_timestamp: now - 300,
    });
  });

  test('soft-delete with the content kept, scrub it later, and restore a deleted one', async () => {
    const simulator = await simulate();
    simulator.delete(30);
    const deleted = ticket(simulator, 30);
    expect(deleted.status).toBe('deleted');
    expect(deleted.subject).not.toBe('SCRUBBED');
    simulator.restore(30);
    expect(ticket(simulator, 30).status).not.toBe('deleted');
    simulator.delete(30);
    simulator.advance(2_592_000);
    simulator.scrub(30);
    expect(ticket(simulator, 30)).toMatchObject({
      status: 'deleted',
      subject: 'SCRUBBED',
      raw_subject: 'SCRUBBED',
      description: 'X',
      tags: [],
      custom_fields: [],
      updated_at: deleted.updated_at,
      generated_timestamp: now + 2_592_000,
    });
  });

  test('create tickets with the next ids', async () => {
    const simulator = await simulate();
    expect(simulator.create(3)).toEqual([101, 102, 103]);
    expect(ticket(simulator, 103)).toMatchObject({ id: 103, generated_timestamp: now });
    expect(simulator.truth().size).toBe(103);
  });

  test('refuse a ticket that does not exist', async () => {
    const simulator = await simulate();
    for (const id of [0, 101, 1.5])
      expect(() => {
        simulator.update(id);
      }).toThrow(`there is no ticket ${id}`);
  });
});
