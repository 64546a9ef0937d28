import fc from 'fast-check';
import { checkReset } from '../../workflows/messages';

const NOW = 1_800_000_000;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('checkReset', () => {
  test.each([
    [{ startTime: '2024-01-01T00:00:00Z' }, { startTime: 1_704_067_200 }],
    [{ startTime: 1_704_067_200 }, { startTime: 1_704_067_200 }],
    [{ startTime: 0 }, { startTime: 0 }],
    [{ startTime: NOW }, { startTime: NOW - 61 }],
    [{ startTime: NOW - 60 }, { startTime: NOW - 61 }],
    [{ cursor: 'MTc5MDIwMTU1NS4wfHw0N3w=' }, { cursor: 'MTc5MDIwMTU1NS4wfHw0N3w=' }],
    [{ cursor: 'a+/=' }, { cursor: 'a+/=' }],
    // Zendesk's clock may be ahead of ours.
    [{ cursor: base64(`${NOW + 60}.0||1|`) }, { cursor: base64(`${NOW + 60}.0||1|`) }],
  ])('takes %j', (payload, value) => {
    expect(checkReset(payload, ['tickets'], NOW)).toEqual({
      ok: true,
      value: { stream: 'tickets', target: value, dryRun: false },
    });
    expect(checkReset({ ...payload, dryRun: true }, ['tickets'], NOW)).toEqual({
      ok: true,
      value: { stream: 'tickets', target: value, dryRun: true },
    });
  });

  test.each([
    [undefined, /takes \{"startTime": …\} or \{"cursor": "…"\}/],
    [null, /takes \{"startTime"/],
    ['2024-01-01', /takes \{"startTime": .*, not "2024-01-01"/],
    [5, /takes \{"startTime"/],
    [[{ startTime: 0 }], /takes \{"startTime"/],
    [{}, /takes one of startTime and cursor, not neither/],
    [{ startTime: 0, cursor: 'c' }, /takes one of startTime and cursor/],
    [{ startTime: null, cursor: 'c' }, /takes one of startTime and cursor/],
    [{ starttime: 0 }, /does not know starttime/],
    [{ startTime: 0, endTime: 5 }, /does not know endTime/],
    [{ startTime: 'yesterday' }, /startTime "yesterday" is not a valid time: ISO 8601/],
    [{ startTime: null }, /startTime null is not a valid time/],
    [{ startTime: { at: 5 } }, /startTime \{"at":5\} is not a valid time/],
    [
      { startTime: { toString: 1, valueOf: 1 } },
      /startTime \{"toString":1,"valueOf":1\} is not a valid time/,
    ],
    [{ startTime: '2023-02-30' }, /startTime "2023-02-30" is not a valid time/],
    [
      { startTime: 1_704_067_200_000 },
      /startTime 1704067200000 looks like milliseconds: did you mean 1704067200 \(2024-01-01T00:00:00Z\)\?/,
    ],
    [{ startTime: '1704067200000' }, /did you mean 1704067200 /],
    [{ startTime: NOW + 1 }, /startTime 2027-01-15T08:00:01Z is in the future \(now 2027-01-15T08:00:00Z\)/],
    [{ startTime: 0, dryRun: 'yes' }, /dryRun must be true or false, not "yes"/],
    [{ cursor: '' }, /cursor must be a Zendesk cursor/],
    [{ cursor: 5 }, /cursor must be a Zendesk cursor/],
    [{ cursor: null }, /cursor must be a Zendesk cursor/],
    [{ cursor: 'a b' }, /cursor must be a Zendesk cursor/],
    [{ cursor: 'a\n' }, /cursor must be a Zendesk cursor/],
    [{ cursor: 'a\u0000b' }, /cursor must be a Zendesk cursor/],
    [{ cursor: 'größe' }, /cursor must be a Zendesk cursor/],
    [{ cursor: 'x'.repeat(1025) }, /at most 1024 characters/],
    [
      { cursor: base64(`${NOW + 3600}.0||1|`) },
      /cursor stands for 2027-01-15T09:00:00Z, which is in the future \(now 2027-01-15T08:00:00Z\)/,
    ],
    [{ cursor: base64('99999999999999.0||1|') }, /cursor stands for Unix time 99999999999999, which/],
    [{ cursor: base64(`${'9'.repeat(700)}||1|`) }, /cursor stands for Unix time Infinity/],
  ])('refuses %j in a sentence', (payload, problem) => {
    const checked = checkReset(payload, ['tickets'], NOW);
    if (checked.ok) throw new Error('accepted');
    expect(checked.problem).toMatch(problem);
  });

  test('takes nothing but the name of a list, which is read whole', () => {
    const streams = ['tickets', 'groups'] as const;
    expect(checkReset({ stream: 'groups' }, streams, NOW)).toEqual({
      ok: true,
      value: { stream: 'groups', target: null, dryRun: false },
    });
    for (const place of [{ startTime: 0 }, { cursor: 'abc' }])
      expect(checkReset({ stream: 'groups', ...place }, streams, NOW)).toMatchObject({
        problem: 'takes no startTime and no cursor for groups: the list is read whole',
      });
  });

  test('never throws, and never answers at length, whatever a signal brings', () => {
    const payload = fc.oneof(
      fc.anything(),
      fc.record({ startTime: fc.anything(), cursor: fc.anything() }, { requiredKeys: [] }),
      fc.constant(JSON.parse(`{"__proto__":{"startTime":0},"${'x'.repeat(5000)}":1}`)),
    );
    fc.assert(
      fc.property(payload, (value) => {
        const checked = checkReset(value, ['tickets'], NOW);
        if (!checked.ok) expect(checked.problem.length).toBeLessThan(200);
        else expect(Object.keys(checked.value.target ?? {})).toHaveLength(1);
      }),
    );
  });
});
