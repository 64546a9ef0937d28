import fc from 'fast-check';
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
    ticketsPerSecond: 6188.7,
    etaSeconds: 130,
    lagSeconds: 7200,
    waitingFor: 'page 11, asked for at 2026-11-24T22:05:03Z',
    lastError: null,
  },
};
const glance = running.glance ?? { state: '', tickets: 0 };

test('an export is a line with a bar and all its figures', () => {
  expect(block(running, 24, 140)).toEqual([
    'zendesk-tickets-acme      running    ██████░░░░░░░░  41.9 %  9991 tickets  2 min left  6189/s  up to 2025-09-26T10:16:40Z  2 h 00 min behind',
  ]);
});

test('a narrow terminal loses the least important figures first, then the bar shrinks no further', () => {
  expect(block(running, 20, 80)).toEqual([
    'zendesk-tickets-acme  running    █████░░░░░░░░  41.9 %  9991 tickets  2 min left',
  ]);
  expect(block(running, 20, 51)).toEqual(['zendesk-tickets-acme  running    ████░░░░░░  41.9 %']);
  expect(block(running, 20, 30)).toEqual(['zendesk-tickets-acme  running…']);
});

test('what an export waits for, and what blocks it with the remedy, stand below it', () => {
  const blocked: Sight = {
    ...running,
    glance: {
      ...glance,
      state: 'blocked',
      waitingFor: 'resume, once this is mended: Forbidden',
      lastError: {
        type: 'Forbidden',
        message: 'The export needs an admin and the read scope: grant them, then resume.',
      },
    },
  };
  expect(block(blocked, 20, 60).slice(1)).toEqual([
    '  resume, once this is mended: Forbidden',
    '  Forbidden: The export needs an admin and the read scope:',
    '  grant them, then resume.',
  ]);
  expect(sentence(blocked)).toContain('blocked, 41.9 %, 9991 tickets');
  expect(sentence(blocked)).toContain('grant them, then resume.');
});

test('a failure that has passed is not told of an export that completed', () => {
  const lastError = { type: 'PageTooHeavy', message: 'Zendesk did not answer within 75 s' };
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

test('no line is ever wider than the terminal, whatever an export says', () => {
  const sights = fc.record({
    workflowId: fc.string({ maxLength: 60 }),
    note: fc.option(fc.string({ maxLength: 400 }), { nil: undefined }),
    ended: fc.constantFrom(undefined, 'failed' as const),
    glance: fc.record({
      state: fc.constantFrom('running', 'waiting', 'blocked'),
      tickets: fc.nat(),
      watermark: fc.option(fc.constant('2025-09-26T10:16:40Z')),
      percent: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
      ticketsPerSecond: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
      etaSeconds: fc.option(fc.nat()),
      lagSeconds: fc.option(fc.nat()),
      waitingFor: fc.option(fc.string({ maxLength: 200 })),
      lastError: fc.option(fc.record({ type: fc.string(), message: fc.string({ maxLength: 400 }) })),
    }),
  });
  fc.assert(
    fc.property(sights, fc.integer({ min: 10, max: 200 }), (sight, width) => {
      for (const line of block(sight, 20, width)) {
        expect(line.length).toBeLessThanOrEqual(width);
        expect(line).not.toContain('\n');
      }
      expect(sentence(sight)).not.toContain('\n');
    }),
  );
});

test('time passing is no news, tickets are', () => {
  const later = {
    ...running,
    glance: { ...glance, lagSeconds: 7201, etaSeconds: 129, ticketsPerSecond: 6000 },
  };
  expect(newsOf(later)).toBe(newsOf(running));
  expect(newsOf({ ...running, glance: { ...glance, tickets: 9992 } })).not.toBe(newsOf(running));
});
