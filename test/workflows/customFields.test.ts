import { parseInput } from '../../src/contract/input';
import { begin, type Progress } from '../../workflows/progress';
import { fieldsAreDue, withFieldsRead } from '../../workflows/customFields';
import { firstSeen } from '../../workflows/newFields';
import * as transitions from '../../workflows/state';
import { statusOf } from '../../workflows/status';
import { nextStep } from '../../workflows/step';

const NOW = 1_750_000_000_000;
const DAY = 24 * 60 * 60_000;

function begun(input: Record<string, unknown> = {}, lastResult?: unknown): Progress {
  const request = parseInput(
    { subdomain: 'demo', startTime: 1_700_000_000, ...input },
    { now: NOW / 1000, accounts: ['demo'], lastResult },
  );
  return begin({ request, searchAttributes: false }, NOW);
}

function caughtUp(progress: Progress): Progress {
  return { ...progress, poll: { ...progress.poll, reachedEnd: true } };
}

describe('custom fields', () => {
  it('are read before the first page, after the first catching up, and then daily', () => {
    const first = begun();
    expect(fieldsAreDue(first, NOW)).toBe(true);
    const read = withFieldsRead(first, 2, NOW);
    expect(fieldsAreDue(read, NOW + DAY - 1)).toBe(false);
    expect(fieldsAreDue(read, NOW + DAY)).toBe(true);
    expect(fieldsAreDue(caughtUp(read), NOW + 1)).toBe(true);
    const again = withFieldsRead(caughtUp(read), 3, NOW + 1);
    expect(again.fields).toEqual({ at: NOW + 1, early: false, asText: 3 });
    expect(fieldsAreDue(again, NOW + DAY)).toBe(false);
    expect(fieldsAreDue(again, NOW + 1 + DAY)).toBe(true);
  });

  it('that cannot be read are left for a day, and what was known of them stands', () => {
    const failed = withFieldsRead(withFieldsRead(caughtUp(begun()), 2, NOW), null, NOW + DAY);
    expect(failed.fields).toEqual({ at: NOW + DAY, early: false, asText: 2 });
    expect(fieldsAreDue(failed, NOW + DAY + 1)).toBe(false);
  });

  it('wait for a pause and for the quota like a page', () => {
    const state = { ...transitions.initialState(NOW), progress: begun() };
    expect(nextStep(state, NOW).kind).toBe('describeFields');
    expect(nextStep(transitions.paused(state, NOW), NOW).kind).toBe('paused');
    const used = { began: NOW - 5, endsBy: NOW + 5, used: 10, quota: null };
    const spent = { ...state, progress: { ...begun(), pace: used } };
    expect(nextStep(spent, NOW).kind).toBe('wait');
    expect(statusOf(state, NOW)).toMatchObject({
      state: 'running',
      waitingFor: "the account's custom fields",
    });
  });

  it('are not read by every run of a schedule', () => {
    const state = transitions.described(
      { ...transitions.initialState(NOW), progress: { ...caughtUp(begun()), newFields: ['x'] } },
      4,
      NOW - 60_000,
    );
    const next = begun({}, JSON.parse(JSON.stringify(statusOf(state, NOW))));
    expect(fieldsAreDue(next, NOW)).toBe(false);
    expect(next).toMatchObject({ fields: { asText: 4 }, newFields: ['x'] });
    expect(fieldsAreDue(next, NOW + DAY)).toBe(true);
  });

  it('of a last result without them are read', () => {
    const { customFields, newFields, ...old } = statusOf(
      { ...transitions.initialState(NOW), progress: begun() },
      NOW,
    );
    expect([customFields, newFields]).toEqual([null, []]);
    expect(fieldsAreDue(begun({}, old), NOW)).toBe(true);
  });
});

describe('fields that are new', () => {
  it('are told once', () => {
    expect(firstSeen(begun(), ['a', 'b'])).toEqual(['a', 'b']);
    expect(firstSeen({ ...begun(), newFields: ['a'] }, ['a', 'b'])).toEqual(['b']);
  });

  it('are remembered up to a number', () => {
    const newFields = Array.from({ length: 45 }, (_, index) => `old ${index}`);
    const many = Array.from({ length: 10 }, (_, index) => `new ${index}`);
    expect(firstSeen({ ...begun(), newFields }, many)).toHaveLength(5);
  });
});
