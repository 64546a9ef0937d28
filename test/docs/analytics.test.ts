import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readQuestions } from '../../src/demo/questions';
import { openDatabase } from '../../src/development/database';
import { startPostgres } from '../../src/development/postgres';
import type { Destination } from '../../src/destinations/destination';
import { DuckDbDestination } from '../../src/destinations/duckdb/duckdb';
import { PostgresDestination } from '../../src/destinations/postgres/postgres';
import type { RecordVersion } from '../../src/streams/record';
import { page, recordOf, ticket } from '../destinations/pages';
import { ROOT } from './markdown';

const [AGENT, END_USER] = [1, 2];
const SUPPORT = 10;
const TAGGER = { id: 7, title: 'Custom field 1 (tagger)', type: 'tagger', active: true, options: [] };

/** Unix seconds of a time in January 2025. */
function at(day: number, hour = 0): number {
  return Date.UTC(2025, 0, day, hour) / 1000;
}

function time(day: number, hour = 0): string {
  return new Date(at(day, hour) * 1000).toISOString();
}

const TICKETS = [
  ticket(1, at(8), {
    status: 'closed',
    created_at: time(1),
    custom_fields: [{ id: TAGGER.id, value: 'gold' }],
  }),
  ticket(2, at(2, 13), { status: 'open', created_at: time(2, 12) }),
  ticket(3, at(5), { status: 'deleted', created_at: time(3) }),
];

let events = 0;
function event(
  ticketId: number,
  when: readonly [number, number?],
  by: number,
  children: object[],
): RecordVersion {
  events += 1;
  const [second, created_at] = [at(...when), time(...when)];
  return recordOf('ticket_events', events, second, {
    ticket_id: ticketId,
    created_at,
    updater_id: by,
    child_events: children.map((child, index) => ({
      id: events * 100 + index,
      author_id: by,
      created_at,
      ...child,
    })),
  });
}

const comment = (isPublic = true): object => ({
  event_type: 'Comment',
  type: 'Comment',
  public: isPublic,
  body: 'x',
});
const created = { event_type: 'Create', status: 'new' };
const status = (status: string, previous_value: string): object => ({
  event_type: 'Change',
  status,
  previous_value,
});

const EVENTS = [
  event(1, [1], END_USER, [created, comment()]),
  event(1, [1, 2], AGENT, [comment(), status('open', 'new')]),
  event(1, [2], AGENT, [status('solved', 'open')]),
  event(2, [2, 12], END_USER, [created, comment()]),
  event(2, [2, 13], AGENT, [comment(false), status('open', 'new')]),
  event(1, [3], END_USER, [status('open', 'solved')]),
  event(3, [3], END_USER, [created, comment()]),
  event(1, [4], AGENT, [status('solved', 'open')]),
  event(3, [5], -1, [status('deleted', 'new')]),
  event(1, [8], -1, [status('closed', 'solved')]),
];

const METRIC_EVENTS = [
  { type: 'apply_sla' },
  { type: 'breach' },
  { type: 'breach', deleted: true },
  { type: 'breach', time: '2999-01-01T00:00:00Z' },
].map((fields, index) =>
  recordOf('ticket_metric_events', index + 1, at(1), { metric: 'reply_time', ticket_id: 1, ...fields }),
);

const RATINGS = [
  { score: 'good', group_id: SUPPORT },
  { score: 'bad', group_id: SUPPORT },
  { score: 'offered', group_id: SUPPORT },
  { score: 'good', group_id: null },
].map((fields, index) => recordOf('satisfaction_ratings', index + 1, at(4), fields));

async function fill(destination: Destination): Promise<void> {
  await destination.prepare();
  await destination.write(page(1, TICKETS));
  const others = {
    users: [
      recordOf('users', AGENT, at(1), { name: 'Ann', role: 'agent' }),
      recordOf('users', END_USER, at(1), { name: 'Eve', role: 'end-user' }),
    ],
    groups: [recordOf('groups', SUPPORT, at(1), { name: 'Support' })],
    ticket_events: EVENTS,
    ticket_metric_events: METRIC_EVENTS,
    satisfaction_ratings: RATINGS,
  } as const;
  for (const stream of Object.keys(others) as (keyof typeof others)[])
    await destination.write(page(1, others[stream], { stream }));
  await destination.describeFields('acme', [TAGGER]);
  await destination.close();
}

const JANUARY = '2025-01-01';
/** By the question; numbers as numbers. */
const ANSWERS: Record<string, unknown> = {
  'First reply time': [[JANUARY, 2, 2]],
  'Full resolution time': [[JANUARY, 72, 72]],
  'Backlog per day': [
    ['2025-01-01', 1],
    ['2025-01-02', 1],
    ['2025-01-03', 3],
    ['2025-01-04', 2],
    ['2025-01-05', 1],
  ],
  'Reopened tickets': [[JANUARY, 2, 1]],
  'CSAT by group': [
    ['no group', 100],
    ['Support', 50],
  ],
  'SLA breaches': [['reply_time', 1, 1]],
  'Busiest hours': [
    [0, 1, 0],
    [12, 1, 0],
  ],
  'Comments per ticket': [[2, 2]],
  'Agent touches': [['Ann', 2, 4]],
  'Tickets by a custom field': [
    ['gold', 1],
    ['none', 1],
  ],
};

async function answersOf(url: string): Promise<Record<string, unknown>> {
  const database = await openDatabase(url);
  if (database === undefined) throw new Error(`${url} is no database`);
  const answers: Record<string, unknown> = {};
  try {
    for (const { title, sql } of readQuestions(join(ROOT, 'docs', 'analytics.md'))) {
      const { rows } = await database.table(sql);
      answers[title] = rows.map((row) =>
        row.map((value) => (Number.isNaN(Number(value)) ? value : Number(value))),
      );
    }
  } finally {
    await database.close();
  }
  return answers;
}

test('the questions have their answers in DuckDB', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'docs-'));
  const file = join(folder, 'tickets.duckdb');
  await fill(new DuckDbDestination(file));
  const answers = await answersOf(`duckdb:${file}`);
  rmSync(folder, { recursive: true });
  expect(answers).toEqual(ANSWERS);
});

test('the questions have their answers in PostgreSQL', async () => {
  const server = await startPostgres();
  try {
    await fill(new PostgresDestination(server.url()));
    expect(await answersOf(server.url())).toEqual(ANSWERS);
  } finally {
    await server.stop();
  }
});
