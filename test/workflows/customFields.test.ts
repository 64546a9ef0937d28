import { parseInput } from '../../src/contract/input';
import { begin, type Progress } from '../../workflows/progress';
import { fieldsAreDue, withFieldsFailed, withFieldsRead, type Reading } from '../../workflows/customFields';
import { firstSeen } from '../../workflows/newFields';
import * as actions from '../../workflows/actions';
import * as transitions from '../../workflows/state';
import type { ExportState } from '../../workflows/state';
import { statusOf } from '../../workflows/status';
import { nextStep } from '../../workflows/step';

const NOW = 1_750_000_000_000;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

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

function stateWith(progress: Progress): ExportState {
  return { ...transitions.initialState(NOW), progress };
}

function reading(asText: number): Reading {
  return { asText, problem: null };
}

/** The result of an export in this state, as a schedule's next run gets it. */
function resultOf(state: ExportState): unknown {
  return JSON.parse(JSON.stringify(statusOf(state, NOW)));
}

describe('custom fields', () => {
  it('are read at the beginning, after the first catching up, and then daily', () => {
    const first = begun();
    expect(fieldsAreDue(first, NOW)).toBe(true);
    const read = withFieldsRead(first, reading(2), true, NOW);
    expect(fieldsAreDue(read, NOW + DAY - 1)).toBe(false);
    expect(fieldsAreDue(read, NOW + DAY)).toBe(true);
    expect(fieldsAreDue(caughtUp(read), NOW + 1)).toBe(true);
    const again = withFieldsRead(caughtUp(read), reading(3), false, NOW + 1);
    expect(again.fields).toEqual({ at: NOW + 1, readAt: NOW + 1, early: false, asText: 3, problem: null });
    expect(fieldsAreDue(again, NOW + DAY)).toBe(false);
    expect(fieldsAreDue(again, NOW + 1 + DAY)).toBe(true);
  });

  it('that cannot be read are tried again a day later, and what was known of them stands', () => {
    const failed = withFieldsFailed(
      withFieldsRead(caughtUp(begun()), reading(2), false, NOW),
      'no',
      NOW + DAY,
    );
    expect(failed.fields).toEqual({ at: NOW + DAY, readAt: NOW, early: false, asText: 2, problem: 'no' });
    expect(fieldsAreDue(failed, NOW + 2 * DAY - 1)).toBe(false);
    expect(fieldsAreDue(failed, NOW + 2 * DAY)).toBe(true);
  });

  it('that could not be read during a long backfill are tried again at its end, and not after a short one', () => {
    const failed = caughtUp(withFieldsFailed(begun(), 'no', NOW));
    expect(fieldsAreDue(failed, NOW + MINUTE)).toBe(false);
    expect(fieldsAreDue(failed, NOW + 10 * MINUTE)).toBe(true);
  });

  it('are read beside the pages: the next page is asked for at once', () => {
    const state = transitions.startReadingFields(stateWith(begun()));
    expect(nextStep(stateWith(begun()), NOW).kind).toBe('describeFields');
    expect(nextStep(state, NOW).kind).toBe('exportPage');
    const waiting = transitions.landFields(
      stateWith(caughtUp(begun({ follow: { everySeconds: 60 } }))),
      reading(0),
      NOW,
    );
    expect(nextStep(transitions.startReadingFields(waiting), NOW)).toMatchObject({
      kind: 'wait',
      reason: 'poll',
    });
  });

  it('are waited for at the end only', () => {
    const state = transitions.startReadingFields(stateWith(caughtUp(begun())));
    expect(nextStep(state, NOW).kind).toBe('underway');
    expect(statusOf(state, NOW)).toMatchObject({
      state: 'running',
      waitingFor: "the account's custom fields",
    });
    expect(nextStep(transitions.endReadingFields(transitions.failFields(state, 'no', NOW)), NOW).kind).toBe(
      'end',
    );
  });

  it('wait for a pause, and for what blocks the pages', () => {
    expect(nextStep(actions.pause(stateWith(begun()), NOW), NOW).kind).toBe('paused');
    const at = transitions.moment(NOW);
    const problem = { type: 'Forbidden', message: 'no', at, since: at, attempts: 1 };
    const blocked = transitions.block(stateWith(begun()), null, problem, NOW);
    expect(nextStep(blocked, NOW).kind).toBe('blocked');
    expect(nextStep(transitions.lookAgain(blocked), NOW).kind).toBe('exportPage');
  });

  it('of which the end was read before the last pages are read again', () => {
    const early = transitions.startReadingFields(stateWith(begun()));
    const after = { ...early, progress: caughtUp(begun()) };
    const { progress } = transitions.landFields(after, reading(0), NOW);
    expect(progress?.fields).toMatchObject({ early: true });
  });

  it('that failed are shown with the reason, also to the next run of a schedule', () => {
    const state = transitions.failFields(stateWith(caughtUp(begun())), 'DestinationRefused: too many', NOW);
    const { customFields, lastError } = statusOf(state, NOW);
    expect(customFields).toEqual({
      readAt: null,
      triedAt: '2025-06-15T15:06:40Z',
      asText: 0,
      problem: 'DestinationRefused: too many',
    });
    expect(lastError).toBeNull();
    const next = begun({}, resultOf(state));
    expect(fieldsAreDue(next, NOW)).toBe(false);
    expect(fieldsAreDue(next, NOW + DAY)).toBe(true);
  });

  it('are not read by every run of a schedule', () => {
    const state = transitions.landFields(
      stateWith({ ...caughtUp(begun()), newFields: ['x'] }),
      reading(4),
      NOW - 60_000,
    );
    const next = begun({}, resultOf(state));
    expect(fieldsAreDue(next, NOW)).toBe(false);
    expect(next).toMatchObject({ fields: { asText: 4 }, newFields: ['x'] });
    expect(fieldsAreDue(next, NOW + DAY)).toBe(true);
  });

  it('of a result of an earlier release are not read again either', () => {
    const last = {
      ...(resultOf(stateWith(begun())) as object),
      customFields: { readAt: '2025-06-15T15:00:00Z', asText: 3 },
    };
    expect(begun({}, last).fields).toMatchObject({ asText: 3, problem: null });
    expect(fieldsAreDue(begun({}, last), NOW)).toBe(false);
  });

  it('of a last result without them are read', () => {
    const { customFields, newFields, ...old } = statusOf(stateWith(begun()), NOW);
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
