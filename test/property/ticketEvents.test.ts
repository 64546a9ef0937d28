import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Client } from 'pg';
import type { Batch, Destination, Written } from '../../src/destinations/destination';
import { DuckDbDestination } from '../../src/destinations/duckdb/duckdb';
import { PostgresDestination } from '../../src/destinations/postgres/postgres';
import { startPostgres, type PostgresServer } from '../../src/development/postgres';
import { startSimulator, type Simulator } from '../../src/simulator';
import { queryDuckDb } from '../destinations/queryDuckDb';
import { Clock } from '../../src/simulation/clock';
import { Drive } from '../../src/simulation/drive';
import { PassingDestination } from '../../src/simulation/passing';
import { holds, PATIENCE_MS } from './property';

type Row = Record<string, unknown>;

/** Writes every page to a second destination, too. */
class Both extends PassingDestination {
  constructor(
    destination: Destination,
    private readonly other: Destination,
  ) {
    super(destination);
  }

  override async prepare(): Promise<readonly string[]> {
    return [...(await this.other.prepare()), ...(await super.prepare())];
  }

  override async write(page: Batch): Promise<Written> {
    // One of the stores overwrites the bytes of a record with what stands between them.
    const copy = page.records.map((record) => ({ ...record, json: Buffer.from(record.json) }));
    await this.other.write({ ...page, records: copy });
    return super.write(page);
  }

  override async close(): Promise<void> {
    await this.other.close();
    await super.close();
  }
}

const COMMENTS = `
SELECT id, ticket_id, author_id, public, body, html_body, plain_body, type, extract(epoch FROM created_at)::bigint AS created_at, via, attachments
FROM ticket_comments ORDER BY id`;

const HISTORY = `
SELECT ticket_id, field_name, extract(epoch FROM updated)::bigint AS updated, value, user_id
FROM ticket_field_history ORDER BY ticket_id, updated, event_id, field_name COLLATE "C"`;

/** The text of JSON differs between stores in its spaces and the order of its keys. */
function valueOf(value: unknown): unknown {
  return typeof value === 'string' && /^[[{]/.test(value) ? (JSON.parse(value) as unknown) : value;
}

const PROPERTIES = [
  ...(['status', 'priority', 'type', 'subject', 'requester_id', 'assignee_id', 'group_id'] as const),
  ...(['organization_id', 'ticket_form_id', 'brand_id', 'tags'] as const),
];

function textOf(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

/** What the history must end at, by ticket and field. What is scrubbed has lost what its events still tell. */
function truthOfTickets(simulator: Simulator): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const record of simulator.truthOf('tickets').values()) {
    const ticket = JSON.parse(record.json()) as Row;
    if (ticket.subject === 'SCRUBBED') continue;
    for (const name of PROPERTIES) values.set(`${record.id} ${name}`, textOf(ticket[name]));
    for (const { id, value } of ticket.custom_fields as { id: number; value: unknown }[])
      values.set(`${record.id} ${id}`, textOf(value));
  }
  return values;
}

function truthOfComments(simulator: Simulator): Row[] {
  const events = [...simulator.truthOf('ticket_events').values()].map(
    (record) => JSON.parse(record.json()) as Row,
  );
  return events.flatMap((event) =>
    (event.child_events as Row[])
      .filter(({ author_id: author }) => author !== undefined)
      .map((child) => ({
        ...{ id: child.id, ticket_id: event.ticket_id, author_id: child.author_id, public: child.public },
        ...{ body: child.body, html_body: child.html_body, plain_body: child.plain_body ?? null },
        ...{ type: child.type, created_at: event.timestamp, via: child.via, attachments: child.attachments },
      })),
  );
}

const byId = (one: Row, other: Row): number => Number(one.id) - Number(other.id);

const busy = fc.record({
  seed: fc.nat({ max: 1_000_000 }),
  perPage: fc.integer({ min: 5, max: 60 }),
  changes: fc.array(
    fc.record({
      ticket: fc.integer({ min: 1, max: 40 }),
      kind: fc.constantFrom('update', 'update', 'update', 'delete', 'restore', 'create', 'comment'),
      turns: fc.nat({ max: 3 }),
    }),
    { maxLength: 40 },
  ),
});

describe('the views of ticket events', () => {
  let folder: string;
  let server: PostgresServer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'property-'));
    server = await startPostgres();
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  test(
    'end at every ticket as it is and have every comment, in both stores, whatever changes meanwhile',
    async () => {
      let example = 0;
      await holds(busy, 4, async ({ seed, perPage, changes }) => {
        example += 1;
        const clock = new Clock();
        const simulator = await startSimulator({ seed, tickets: 40, clock: () => clock.seconds });
        const file = join(folder, `${example}.duckdb`);
        const destination = new Both(
          new DuckDbDestination(file),
          new PostgresDestination(`${server.url()}?schema=example_${example}`),
        );
        const drive = new Drive({
          url: simulator.url,
          destination,
          clock,
          input: {
            ...{ startTime: 0, streams: ['tickets', 'ticket_events'], supportTypeScope: 'all', perPage },
            ...{ follow: { everySeconds: 60 }, requestsPerMinute: 600 },
          },
        });
        const client = new Client(server.url());
        await client.connect();
        try {
          expect(await destination.prepare()).toEqual([]);
          for (const { ticket, kind, turns } of changes) {
            for (let turn = 0; turn < turns; turn += 1) await drive.turn();
            if (kind === 'create') simulator.create();
            else if (kind === 'update') simulator.update(ticket);
            else if (kind === 'delete') simulator.delete(ticket);
            else if (kind === 'restore') simulator.restore('tickets', ticket);
            else simulator.add('ticket_events', 1);
          }
          clock.advance(120);
          const before = drive.polls;
          expect(await drive.run(() => drive.polls >= before + 4)).toBe('poll');
          await destination.close();

          await client.query(`SET search_path = example_${example}`);
          const pg = async (sql: string): Promise<Row[]> =>
            (
              await client.query<{ row: Row }>(`SELECT to_json(found) AS row FROM (${sql}) AS found`)
            ).rows.map(({ row }) => row);
          const history = (await queryDuckDb(file, HISTORY.replace('COLLATE "C"', ''))).map((row) => ({
            ...row,
            value: valueOf(row['value']),
          })) as Row[];
          expect((await pg(HISTORY)).map((row) => ({ ...row, value: valueOf(row.value) }))).toEqual(history);
          const last = new Map(
            history.map((row) => [`${String(row.ticket_id)} ${String(row.field_name)}`, row.value]),
          );
          for (const [field, value] of truthOfTickets(simulator))
            expect([field, last.get(field)]).toEqual([field, value]);
          const comments = truthOfComments(simulator).sort(byId);
          expect(await queryDuckDb(file, COMMENTS)).toEqual(comments);
          expect(await pg(COMMENTS)).toEqual(comments);
        } finally {
          await client.end();
          await destination.close();
          await simulator.close();
        }
      });
    },
    PATIENCE_MS,
  );
});
