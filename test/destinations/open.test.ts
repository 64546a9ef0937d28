import { DuckDbDestination } from '../../src/destinations/duckdb/duckdb';
import { FilesDestination } from '../../src/destinations/files/filesDestination';
import { openDestination } from '../../src/destinations/open';
import { PostgresDestination } from '../../src/destinations/postgres/postgres';

test.each([
  ['duckdb:./export/tickets.duckdb', DuckDbDestination],
  ['duckdb:/var/lib/tickets.duckdb', DuckDbDestination],
  ['postgres://user:p%40ss@db.internal:5433/zendesk?sslmode=verify-full', PostgresDestination],
  ['postgresql://db/zendesk?schema=raw', PostgresDestination],
  ['POSTGRES://db/zendesk', PostgresDestination],
  ['file:./export', FilesDestination],
  ['file:///data/export?format=ndjson', FilesDestination],
])('opens %s', (url, kind) => {
  expect(openDestination(url)).toBeInstanceOf(kind);
});

test.each(['', 'duckdb:', 'tickets.duckdb', 'mysql://user:secret@db/zendesk', '://'])(
  'names every accepted form for "%s"',
  (url) => {
    expect(() => openDestination(url)).toThrow(/duckdb:.*postgres:.*file:/s);
    expect(() => openDestination(url)).not.toThrow(/secret/);
  },
);

test('wants a whole PostgreSQL URL', () => {
  expect(() => openDestination('postgres:zendesk')).toThrow(/must be a URL such as postgres:/);
});

test('says what is wrong with a URL without showing it', () => {
  const open = (): unknown => openDestination('postgres://user:sec/ret@db:port/zendesk');
  expect(open).toThrow(/%-encode/);
  expect(open).not.toThrow(/sec|zendesk$/);
});
