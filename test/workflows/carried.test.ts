import { parseInput } from '../../src/contract/input';
import { readState } from '../../workflows/carried';
import { pause, rejectSignal, reset } from '../../workflows/actions';
import { type ExportState, initialState } from '../../workflows/state';
import { block } from '../../workflows/blocked';
import { prepare } from '../../workflows/preparation';

const NOW = 1_750_000_000_000;
const at = '2025-06-15T15:06:40Z';
const problem = { type: 'Forbidden', message: 'no', at, since: at, attempts: 1 };
const previous = { exportId: '01a21051-95fb-7cdc-876b-6d69dd271a66', epoch: 0, page: 31 };

function stateOf(input: Record<string, unknown> = {}, lastResult?: unknown): ExportState {
  const request = parseInput(
    { subdomain: 'demo', startTime: 0, ...input },
    { now: NOW / 1000, accounts: ['demo'], lastResult },
  );
  return prepare(initialState(NOW), { request, searchAttributes: true }, NOW);
}

/** A copy with another value at a path. */
function withOdd(state: ExportState, path: string, odd: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(state)) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const holder = keys.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], copy);
  (holder as Record<string, unknown>)[last] = odd;
  return copy;
}

describe('the state of an earlier run', () => {
  const whole = stateOf(
    {
      endTime: 1_700_000_000,
      follow: { everySeconds: 90.5 },
      include: ['users', 'metric_sets'],
      ranges: 4,
      requestsPerMinute: 1.5,
    },
    {
      subdomain: 'demo',
      position: { cursor: 'MTc5MDIwMTU1NS4wfHw0N3w=' },
      checkpoint: previous,
      watermark: '2024-01-01T00:00:00Z',
      customFields: { readAt: '2024-01-01T00:00:00Z', asText: 1 },
      newFields: ['mood'],
    },
  );

  test.each([
    ['before it is prepared', initialState(NOW)],
    ['of the least input', stateOf()],
    ['of every option, after an earlier run', whole],
    [
      'that an operator has acted on',
      reset(
        pause(rejectSignal(block(stateOf(), null, problem, NOW), 'puase', 'no', NOW), NOW),
        'tickets',
        { cursor: 'opaque' },
        NOW,
      ),
    ],
  ])('is used: %s', (_, state) => {
    expect(readState(JSON.parse(JSON.stringify(state)))).toEqual({ state });
  });

  test.each<[string, unknown]>([
    ['version', undefined],
    ['version', 0],
    ['version', 4],
    ['version', '1'],
    ['startedAt', 'x'],
    ['startedAt', 1e300],
    ['ended', ['failed']],
    ['ended', { toString: 1 }],
    ['notBefore', -1],
    ['progress.request.follow', { everySeconds: 0 }],
    ['progress.request.follow', { everySeconds: 1e300 }],
    ['progress.request.requestsPerMinute', 0],
    ['progress.streams.tickets.seenUpTo', 1e300],
    ['paused', 1],
    ['blocked', {}],
    ['actions', {}],
    ['underway', [{ epoch: 0, range: 0, page: 1, askedAt: 0 }]],
    ['progress', undefined],
    ['progress.streams.tickets.epoch', '/../../etc'],
    ['progress.streams.tickets.epoch', -1],
    ['progress.streams.tickets.epoch', 1.5],
    ['progress.streams.tickets.epoch', 2 ** 31],
    ['progress.request.subdomain', '../demo'],
    ['progress.request.subdomain', 'demo.evil.example'],
    ['progress.request.include', ['users', '../x']],
    ['progress.request.perPage', 0],
    ['progress.request.continued', { tickets: { position: { endpoint: 'time', startTime: 1e15 } } }],
    ['progress.request.continued', { '../x': {} }],
    ['progress.streams', { tickets: null, '../x': null }],
    ['progress.streams.tickets.ranges', []],
    ['progress.streams.tickets.ranges.0', null],
    ['progress.streams.tickets.ranges.0.page', '1/../..'],
    ['progress.streams.tickets.ranges.0.position', { endpoint: 'time', cursor: 'c' }],
    ['progress.streams.tickets.ranges.0.position', { endpoint: 'cursor', cursor: 'x'.repeat(1025) }],
    ['progress.streams.tickets.ranges.0.position', { endpoint: 'tickets/../users', startTime: 0 }],
    ['progress.streams.tickets.ranges.0.watermark', 1_750_000_000_000],
    ['progress.streams.tickets.ranges.0.previous', { ...previous, exportId: '../..' }],
    ['progress.streams.tickets.ranges.0.previous', { ...previous, page: '1' }],
    ['progress.nextPage', null],
    ['progress.streams.tickets.totals.records', null],
  ])('is refused by the name of the part that is wrong: %s = %j', (path, odd) => {
    expect(readState(withOdd(stateOf(), path, odd)).problem).toMatch(
      new RegExp(`^${path.replaceAll('.', '\\.')}`),
    );
  });

  test.each([undefined, null, 5, 'text', [], true])('is refused where it is none: %j', (odd) => {
    expect(readState(odd).problem).toBe('it is not an object');
  });

  test('of an older version is taken over by what leads from version to version, or refused by name', () => {
    const rest = stateOf();
    const old = { ...rest, pausedSince: 5, version: -1 };
    const migrations = {
      [-1]: (state: Readonly<Record<string, unknown>>) => ({ ...state, version: 0 }),
      0: ({ pausedSince, ...state }: Readonly<Record<string, unknown>>) => ({
        ...state,
        startedAt: pausedSince,
        version: 1,
      }),
      1: (state: Readonly<Record<string, unknown>>) => ({ ...state, version: 2 }),
      2: (state: Readonly<Record<string, unknown>>) => ({ ...state, version: 3 }),
    };
    expect(readState(old, migrations)).toEqual({ state: { ...stateOf(), startedAt: 5 } });
    expect(readState(old, { 0: migrations[0] }).problem).toBe(
      'version -1 was written by a release that this worker no longer knows',
    );
    expect(readState({ ...rest, version: 7 }).problem).toMatch(/^version 7 was written by a newer release/);
  });

  test('of the streams that are named is refused where it knows others', () => {
    const { progress, ...rest } = stateOf({ streams: ['tickets', 'users'] });
    if (progress === null) throw new Error('not prepared');
    const { tickets, users } = progress.streams;
    const withStreams = (streams: object): unknown => ({ ...rest, progress: { ...progress, streams } });
    expect(readState(withStreams({ tickets, users })).problem).toBeUndefined();
    expect(readState(withStreams({ tickets })).problem).toBe('progress');
    expect(readState(withStreams({ tickets, organizations: users })).problem).toBe('progress');
  });
});
