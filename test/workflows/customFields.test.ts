import type { PageRequest } from '../../src/contract/page';
import { parseInput } from '../../src/contract/input';
import * as actions from '../../workflows/actions';
import { block, lookAgain } from '../../workflows/blocked';
import {
  endReadingFields,
  failFields,
  fieldsAreDue,
  landFields,
  startReadingFields,
} from '../../workflows/customFields';
import { firstSeen } from '../../workflows/newFields';
import { prepare } from '../../workflows/preparation';
import { initialState, isoOf, withStream, type ExportState } from '../../workflows/state';
import { statusOf } from '../../workflows/status';
import { nextStep } from '../../workflows/step';
import { progressOf } from './states';

/** The first page. */
const ASKED = { stream: 'tickets', range: 0 } as PageRequest;
const NOW = 1_750_000_000_000;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function begun(input: Record<string, unknown> = {}, lastResult?: unknown): ExportState {
  const request = parseInput(
    { subdomain: 'demo', startTime: 1_700_000_000, ...input },
    { now: NOW / 1000, accounts: ['demo'], lastResult },
  );
  return prepare(initialState(NOW), { request, searchAttributes: false }, NOW);
}

function caughtUp(state: ExportState): ExportState {
  const progress = withStream(progressOf(state), 'tickets', (stream) => ({
    ...stream,
    poll: { ...stream.poll, reachedEnd: true },
  }));
  return { ...state, progress };
}

function areDue(state: ExportState, now: number): boolean {
  return fieldsAreDue(progressOf(state), now);
}

function fieldsOf(state: ExportState): unknown {
  return progressOf(state).fields;
}

function reading(asText: number): Parameters<typeof landFields>[1] {
  return { asText, problem: null };
}

/** The result of an export in this state, as a schedule's next run gets it. */
function resultOf(state: ExportState): unknown {
  return JSON.parse(JSON.stringify(statusOf(state, NOW)));
}

describe('custom fields', () => {
  test('are read at the beginning, after the first catching up, and then daily', () => {
    const first = begun();
    expect(areDue(first, NOW)).toBe(true);
    const read = landFields(first, reading(2), NOW);
    expect(areDue(read, NOW + DAY - 1)).toBe(false);
    expect(areDue(read, NOW + DAY)).toBe(true);
    expect(areDue(caughtUp(read), NOW + 1)).toBe(true);
    const again = landFields(caughtUp(read), reading(3), NOW + 1);
    expect(fieldsOf(again)).toEqual({
      at: NOW + 1,
      readAt: NOW + 1,
      early: false,
      asText: 3,
      problem: null,
    });
    expect(areDue(again, NOW + DAY)).toBe(false);
    expect(areDue(again, NOW + 1 + DAY)).toBe(true);
  });

  test('that cannot be read are tried again a day later, and what was known of them stands', () => {
    const failed = failFields(landFields(caughtUp(begun()), reading(2), NOW), 'no', NOW + DAY);
    expect(fieldsOf(failed)).toEqual({ at: NOW + DAY, readAt: NOW, early: false, asText: 2, problem: 'no' });
    expect(areDue(failed, NOW + 2 * DAY - 1)).toBe(false);
    expect(areDue(failed, NOW + 2 * DAY)).toBe(true);
  });

  test('that could not be read during a long backfill are tried again at its end, and not after a short one', () => {
    const failed = caughtUp(failFields(begun(), 'no', NOW));
    expect(areDue(failed, NOW + MINUTE)).toBe(false);
    expect(areDue(failed, NOW + 10 * MINUTE)).toBe(true);
  });

  test('are read beside the pages: the next page is asked for at once', () => {
    const state = startReadingFields(begun());
    expect(nextStep(begun(), NOW).kind).toBe('describeFields');
    expect(nextStep(state, NOW).kind).toBe('exportPage');
    const waiting = landFields(caughtUp(begun({ follow: { everySeconds: 60 } })), reading(0), NOW);
    expect(nextStep(startReadingFields(waiting), NOW)).toMatchObject({
      kind: 'wait',
      reason: 'poll',
    });
  });

  test('are waited for at the end only', () => {
    const state = startReadingFields(caughtUp(begun()));
    expect(nextStep(state, NOW).kind).toBe('underway');
    expect(statusOf(state, NOW)).toMatchObject({
      state: 'running',
      waitingFor: "the account's custom fields",
    });
    expect(nextStep(endReadingFields(failFields(state, 'no', NOW)), NOW).kind).toBe('end');
  });

  test('wait for a pause, and for what blocks the pages', () => {
    expect(nextStep(actions.pause(begun(), NOW), NOW).kind).toBe('paused');
    const at = isoOf(NOW);
    const problem = { type: 'Forbidden', message: 'no', at, since: at, attempts: 1 };
    const blocked = block(begun(), ASKED, problem, NOW);
    expect(nextStep(blocked, NOW).kind).toBe('blocked');
    expect(nextStep(lookAgain(blocked, 'tickets'), NOW).kind).toBe('exportPage');
  });

  test('of which the end was read before the last pages are read again', () => {
    const early = startReadingFields(begun());
    const after = caughtUp(early);
    expect(fieldsOf(landFields(after, reading(0), NOW))).toMatchObject({ early: true });
  });

  test('that failed are shown with the reason, also to the next run of a schedule', () => {
    const state = failFields(caughtUp(begun()), 'DestinationRefused: too many', NOW);
    const { customFields, lastError } = statusOf(state, NOW);
    expect(customFields).toEqual({
      readAt: null,
      triedAt: '2025-06-15T15:06:40Z',
      asText: 0,
      problem: 'DestinationRefused: too many',
    });
    expect(lastError).toBeNull();
    const next = begun({}, resultOf(state));
    expect(areDue(next, NOW)).toBe(false);
    expect(areDue(next, NOW + DAY)).toBe(true);
  });

  test('are not read by every run of a schedule', () => {
    const state = landFields(withNewFields(caughtUp(begun()), ['x']), reading(4), NOW - 60_000);
    const next = begun({}, resultOf(state));
    expect(areDue(next, NOW)).toBe(false);
    expect(progressOf(next)).toMatchObject({
      fields: { asText: 4 },
      streams: { tickets: { newFields: ['x'] } },
    });
    expect(areDue(next, NOW + DAY)).toBe(true);
  });

  test('of a result of an earlier release are not read again either', () => {
    const last = {
      ...(resultOf(begun()) as object),
      customFields: { readAt: '2025-06-15T15:00:00Z', asText: 3 },
    };
    expect(fieldsOf(begun({}, last))).toMatchObject({ asText: 3, problem: null });
    expect(areDue(begun({}, last), NOW)).toBe(false);
  });

  test('of a last result without them are read', () => {
    const { customFields, newFields, ...old } = statusOf(begun(), NOW);
    expect([customFields, newFields]).toEqual([null, []]);
    expect(areDue(begun({}, old), NOW)).toBe(true);
  });
});

describe('fields that are new', () => {
  test('are reported once', () => {
    expect(firstSeen([], ['a', 'b'])).toEqual(['a', 'b']);
    expect(firstSeen(['a'], ['a', 'b'])).toEqual(['b']);
  });

  test('are remembered up to a number', () => {
    const known = Array.from({ length: 45 }, (_, index) => `old ${index}`);
    const many = Array.from({ length: 10 }, (_, index) => `new ${index}`);
    expect(firstSeen(known, many)).toHaveLength(5);
  });
});

function withNewFields(state: ExportState, newFields: readonly string[]): ExportState {
  const progress = withStream(progressOf(state), 'tickets', (stream) => ({ ...stream, newFields }));
  return { ...state, progress };
}
