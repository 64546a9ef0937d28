import fc from 'fast-check';
import { iso, parseTime } from '../../src/contract/time';

describe('parseTime', () => {
  test.each([
    [0, 0],
    ['0', 0],
    [1_704_067_200, 1_704_067_200],
    [' 1704067200 ', 1_704_067_200],
    ['2024-01-01', 1_704_067_200],
    ['2024-01-01T00:00Z', 1_704_067_200],
    ['2024-01-01T00:00:00Z', 1_704_067_200],
    ['2024-01-01T00:00:00.999Z', 1_704_067_200],
    ['2024-01-01T01:00:00+01:00', 1_704_067_200],
    ['2024-01-01T01:00:00+0100', 1_704_067_200],
    ['2023-12-31T19:00:00-05:00', 1_704_067_200],
    ['2024-02-29', 1_709_164_800],
    ['9999-12-31T23:59:59Z', 253_402_300_799],
  ])('reads %j', (value, seconds) => {
    expect(parseTime(value)).toBe(seconds);
  });

  test('takes a time without a zone for UTC, wherever the worker is', () => {
    expect(parseTime('2024-07-01T12:00:00')).toBe(parseTime('2024-07-01T12:00:00Z'));
    expect(parseTime('2024-07-01T12:00')).toBe(parseTime('2024-07-01T12:00Z'));
  });

  test.each([
    '2023-02-29',
    '2024-02-30',
    '2023-02-31T00:00:00Z',
    '2023-04-31',
    '2024-13-01',
    '2024-00-10',
    '2024-01-00',
  ])('refuses %s, a day that no calendar has, rather than start later', (value) => {
    expect(parseTime(value)).toBeUndefined();
  });

  test.each([
    undefined,
    null,
    true,
    {},
    [],
    '',
    ' ',
    'yesterday',
    -1,
    '-1',
    1.5,
    '1.5',
    '1e9',
    NaN,
    Infinity,
    1_704_067_200_000,
    '1704067200000',
    '9'.repeat(400),
    '1969-12-31',
    '2024-01',
    '2024-1-1',
    '01/02/2024',
    '2024-01-01 00:00:00',
    '2024-01-01T25:00:00Z',
    '2024-01-01T00:60:00Z',
    '2024-01-01T00:00:00+99:99',
    '2024-01-01T00:00:00 PST',
    '2024-01-01T00:00:00Z; drop',
  ])('refuses %j', (value) => {
    expect(parseTime(value)).toBeUndefined();
  });

  test('reads what iso writes', () => {
    fc.assert(
      fc.property(fc.nat({ max: 253_402_300_799 }), (seconds) => {
        expect(parseTime(iso(seconds))).toBe(seconds);
      }),
    );
  });
});

test('iso has a text for every number', () => {
  fc.assert(
    fc.property(fc.double(), (seconds) => {
      expect(iso(seconds)).not.toBe('');
    }),
  );
  expect(iso(9_500_000_000_000)).toBe('Unix time 9500000000000');
});

test('iso writes whole seconds', () => {
  expect(iso(1_709_378_400)).toBe('2024-03-02T11:20:00Z');
});
