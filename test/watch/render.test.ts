import fc from 'fast-check';
import stringWidth from 'string-width';
import { block, newsOf, sentence } from '../../src/watch/render';
import type { Sight } from '../../src/watch/sight';

const running: Sight = {
  workflowId: 'zendesk-tickets-acme',
  note: undefined,
  ended: undefined,
  glance: {
    state: 'running',
    tickets: 9991,
    watermark: '2025-09-26T10:16:40Z',
    percent: 41.9,
    recordsPerSecond: 6188.7,
    etaSeconds: 130,
    lagSeconds: 7200,
    waitingFor: 'page 11, requested at 2026-11-24T22:05:03Z',
    lastError: null,
  },
};
const glance = running.glance ?? { state: '', tickets: 0 };

test('an export is a line with a bar and all its figures', () => {
  expect(block(running, 24, 148)).toEqual([
    'zendesk-tickets-acme      running    ██████░░░░░░░░  41.9 %  9991 ticket versions  2 min left  6189/s  up to 2025-09-26T10:16:40Z  2 h 00 min behind',
  ]);
});

test('an export of several streams has a line for each of them, with what is wrong there', () => {
  const users = {
    state: 'waiting',
    records: 600,
    percent: 100,
    lagSeconds: 90,
    watermark: '2025-09-26T10:16:40Z',
  };
  const problem = { type: 'Forbidden', message: 'no\nright', attempts: 1 };
  const streams = {
    tickets: { ...glance, records: 9991 },
    users,
    brands: { state: 'unavailable', records: 0, lastError: problem },
  };
  const sight = { ...running, glance: { ...glance, records: 10_591, streams } };
  expect(block(sight, 24, 120).slice(1)).toEqual([
    expect.stringMatching(/^ {2}.*up to 2025-09-26T10:16:40Z, 2 h 00 min behind$/),
    '  streams unavailable (brands)',
    expect.stringMatching(/^ {4}tickets +running +█+░+ +41\.9 % +9991 versions +2 min left/),
    expect.stringMatching(/^ {4}users +waiting +█+ +100\.0 % +600 versions +up to 2025-09-26T10:16:40Z/),
    expect.stringMatching(/^ {4}brands +unavailable +0 versions +Forbidden: no right$/),
  ]);
  expect(sentence(sight)).toContain('10591 versions of records');
});

test('an export that ended names the streams that were unavailable, and no others', () => {
  const problem = { type: 'Forbidden', message: 'no right', attempts: 1 };
  const unavailable = { state: 'unavailable', records: 0, lastError: problem };
  const streams = {
    tickets: { ...glance, state: 'completed' },
    brands: unavailable,
    users: { state: 'completed' },
    macros: unavailable,
  };
  const ended = {
    ...running,
    ended: 'completed' as const,
    glance: { ...glance, state: 'completed', percent: 100, streams },
  };
  expect(sentence(ended)).toMatch(/completed, 100 %, .*, streams unavailable \(brands, macros\)$/);
  expect(block(ended, 24, 148)).toContain('  streams unavailable (brands, macros)');
  const all = { tickets: streams.tickets, users: streams.users };
  expect(sentence({ ...ended, glance: { ...ended.glance, streams: all } })).not.toContain('unavailable');
});

test('what is wrong names its stream, and all streams that are blocked', () => {
  const problem = { type: 'Forbidden', message: 'no right', since: '2026-11-24T22:05:03Z', attempts: 2 };
  const lastError = { ...problem, stream: 'users' };
  const blocked = { state: 'blocked', lastError: problem };
  const streams = { tickets: glance, users: blocked, brands: blocked };
  const sight = { ...running, glance: { ...glance, lastError, streams } };
  expect(sentence(sight)).toContain(
    'streams blocked (users, brands), Forbidden in users since 2026-11-24T22:05:03Z: no right',
  );
});

test('in a narrow terminal the bar shrinks and goes, and no figure is lost', () => {
  expect(block(running, 20, 80)).toEqual([
    'zendesk-tickets-acme  running    ███████░░░░░░░░░░  41.9 %  9991 ticket versions',
    '  2 min left, 6189/s, up to 2025-09-26T10:16:40Z, 2 h 00 min behind',
  ]);
  expect(block(running, 20, 50)).toEqual([
    'zendesk-tickets-acme  running     41.9 %',
    '  9991 ticket versions, 2 min left, 6189/s, up to',
    '  2025-09-26T10:16:40Z, 2 h 00 min behind',
  ]);
  expect(block(running, 20, 30)[0]).toBe('zendesk-tickets-acme  running…');
});

test('of one that reads from the beginning nobody says how many years it is behind', () => {
  const fromZero = { ...glance, watermark: '1970-01-01T00:00:00Z', lagSeconds: null };
  expect(sentence({ ...running, glance: fromZero })).not.toMatch(/behind|1970/);
});

test('what an export waits for, and what blocks it with the remedy, stand below it', () => {
  const blocked: Sight = {
    ...running,
    glance: {
      ...glance,
      state: 'blocked',
      waitingFor: 'resume, once this is fixed: Forbidden',
      lastError: {
        type: 'Forbidden',
        message: 'The export needs an admin and the read scope: grant them, then resume.',
        attempts: 1,
      },
    },
  };
  expect(block(blocked, 20, 60).slice(3)).toEqual([
    '  resume, once this is fixed: Forbidden',
    '  Forbidden: The export needs an admin and the read scope:',
    '  grant them, then resume.',
  ]);
  expect(sentence(blocked)).toContain('blocked, 41.9 %, 9991 ticket versions');
  expect(sentence(blocked)).toContain('grant them, then resume.');
});

test('an outage is shown with what fails, since when, and the last attempt', () => {
  const since = '2026-11-24T22:05:03Z';
  const lastError = { type: 'ZendeskUnavailable', message: 'down', since, attempts: 6 };
  const failing: Sight = { ...running, glance: { ...glance, lastError } };
  expect(sentence(failing)).toContain(`ZendeskUnavailable since ${since}: down`);
  const note = 'attempt 2 failed: down; next attempt at 2026-11-24T22:10:03Z';
  expect(sentence({ ...failing, note })).toContain(`ZendeskUnavailable since ${since}, ${note}`);
});

test('a failure that has passed is not shown of an export that completed', () => {
  const lastError = { type: 'PageTooHeavy', message: 'Zendesk did not answer within 75 s', attempts: 1 };
  const completed: Sight = {
    ...running,
    ended: 'completed',
    glance: { ...glance, state: 'completed', lastError },
  };
  expect(sentence(completed)).not.toContain('PageTooHeavy');
});

test('of an export that no worker has touched only its name and the reason are known', () => {
  const silent: Sight = { ...running, glance: undefined, note: 'no worker answers' };
  expect(block(silent, 20, 80)).toEqual(['zendesk-tickets-acme  unknown', '  no worker answers']);
  expect(sentence(silent)).toBe('zendesk-tickets-acme: unknown, no worker answers');
});

test('no line is wider than the terminal, whatever an export says, and nothing in it moves the cursor', () => {
  const text = (maxLength: number): fc.Arbitrary<string> =>
    fc.string({
      maxLength,
      unit: fc.oneof(
        fc.constantFrom('\n', '\x1b[2J', '\r', '界', '👩‍💻'),
        fc.string({ minLength: 1, maxLength: 1 }),
      ),
    });
  const sights = fc.record({
    workflowId: text(60),
    note: fc.option(text(400), { nil: undefined }),
    ended: fc.constantFrom(undefined, 'failed' as const),
    glance: fc.record({
      state: fc.oneof(fc.constantFrom('running', 'waiting', 'blocked'), text(20)),
      tickets: fc.nat(),
      watermark: fc.constantFrom(null, '2025-09-26T10:16:40Z', '2025-09-26 (\x1b[2J)'),
      percent: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
      recordsPerSecond: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
      etaSeconds: fc.option(fc.nat()),
      lagSeconds: fc.option(fc.nat()),
      waitingFor: fc.option(text(200)),
      lastError: fc.option(fc.record({ type: fc.string(), message: text(400), attempts: fc.nat() })),
    }),
  });
  fc.assert(
    fc.property(sights, fc.integer({ min: 10, max: 200 }), (sight, width) => {
      for (const line of block(sight, 20, width)) {
        expect(stringWidth(line)).toBeLessThanOrEqual(width);
        expect(line).not.toMatch(/\p{Cc}/u);
      }
      expect(sentence(sight)).not.toMatch(/\p{Cc}/u);
    }),
  );
});

test('time passing is no news, tickets are', () => {
  const later = {
    ...running,
    glance: { ...glance, lagSeconds: 7201, etaSeconds: 129, recordsPerSecond: 6000 },
  };
  expect(newsOf(later)).toBe(newsOf(running));
  expect(newsOf({ ...running, glance: { ...glance, tickets: 9992 } })).not.toBe(newsOf(running));
});
