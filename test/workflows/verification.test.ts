import type { Compared, Confirmed, VerificationRequest } from '../../src/contract/verification';
import type { Failure } from '../../workflows/failure';
import * as verification from '../../workflows/verification';
import * as state from '../../workflows/verificationState';
import type { Verification } from '../../workflows/verificationState';
import { carriedVerification } from '../../workflows/verificationShape';
import { renderVerification, verificationStatus } from '../../workflows/verificationStatus';

const NOW = 1_750_000_000_000;
const REQUEST: VerificationRequest = {
  subdomain: 'acme',
  from: 0,
  to: 1_700_000_000,
  bound: 1_700_000_000,
  deep: false,
  repair: true,
  supportTypeScope: 'all',
  requestsPerMinute: 3,
  tickets: 1000,
  oldest: 1_600_000_000,
};
const COMPARED: Compared = { verdict: 'listed', compared: 500, candidates: [], requests: 1, quota: null };
const CONFIRMED: Confirmed = {
  differences: { missing: [], stale: [], extra: [] },
  repaired: 0,
  requests: 1,
  quota: null,
};

const begun = verification.landPreparation(state.initialVerification(NOW), REQUEST);

function failed(type: string, rest: Partial<Failure> = {}): Failure {
  const at = '2025-06-15T15:06:40Z';
  const problem = { type, message: 'no', at, since: at, attempts: 3 };
  return { problem, passes: false, retryAfterMs: undefined, ...rest };
}

/** The state after the next step, which compares a window. */
function compare(state: Verification, result: Partial<Compared> = {}, now = NOW): Verification {
  const step = verification.nextVerificationStep(state, now);
  if (step.kind !== 'compare') throw new Error(`no window: ${step.kind}`);
  return verification.landCompared(state, step.window, { ...COMPARED, ...result }, now, now);
}

const kindOf = (state: Verification, now = NOW): string => verification.nextVerificationStep(state, now).kind;

test('begins with the time before the oldest ticket, continues with the rest, and ends with its row', () => {
  expect(verification.nextVerificationStep(begun, NOW)).toMatchObject({
    kind: 'compare',
    window: { from: 0, to: REQUEST.oldest },
  });
  const first = compare(begun, { compared: 0 });
  expect(verification.nextVerificationStep(first, NOW)).toMatchObject({
    window: { from: REQUEST.oldest, to: REQUEST.to },
  });
  const all = compare(first, { compared: 1000 });
  expect(kindOf(all)).toBe('record');
  const ended = verification.landRecorded(all, NOW);
  expect(kindOf(ended)).toBe('end');
  expect(verificationStatus(ended, NOW, null)).toMatchObject({
    state: 'completed',
    clean: true,
    windows: 2,
    compared: 1000,
    percent: 100,
  });
});

test('splits a window into halves, the earlier one first, and one that is too heavy, too', () => {
  const split = compare(begun, { verdict: 'split', requests: 0 });
  expect(verification.nextVerificationStep(split, NOW)).toMatchObject({
    window: { from: 0, to: REQUEST.oldest / 2 },
  });
  const step = verification.nextVerificationStep(begun, NOW);
  expect(verification.failStep(begun, step, failed('PageTooHeavy'), NOW).windows).toEqual(split.windows);
});

test('confirms a hundred tickets at a time before it continues, and counts what was not confirmed', () => {
  const candidates = Array.from({ length: 130 }, (_, index) => index + 1);
  let state = compare(begun, { candidates });
  for (const size of [100, 30]) {
    const step = verification.nextVerificationStep(state, NOW);
    if (step.kind !== 'confirm') throw new Error(step.kind);
    expect(step.ids).toHaveLength(size);
    const missing = step.ids.slice(0, size - 10);
    const result = { ...CONFIRMED, differences: { ...CONFIRMED.differences, missing }, repaired: size - 10 };
    state = verification.landConfirmed(state, step.ids, result, NOW, NOW);
  }
  expect(state).toMatchObject({ candidates: [], unconfirmed: 20, repaired: 110, step: 3 });
  expect(state.found.missing.count).toBe(110);
  expect(state.found.missing.ids).toHaveLength(100);
});

test('asks no more often than it may, and waits for what is left of the minute', () => {
  let state = compare(begun, { verdict: 'split', requests: 1 });
  state = compare(state, { verdict: 'split', requests: 2 });
  const step = verification.nextVerificationStep(state, NOW);
  expect(step).toMatchObject({ kind: 'wait', reason: 'quota' });
  const until = step.kind === 'wait' ? step.until : 0;
  expect(until).toBeGreaterThan(NOW + 60_000);
  expect(kindOf(state, until)).toBe('compare');
  // What costs nothing does not count.
  expect(compare(begun, { verdict: 'split', requests: 0 }).pace).toEqual(begun.pace);
});

test('leaves a fifth of the account’s limit to others', () => {
  const quota = { total: 100, remaining: 20, resetsInSeconds: 30, askedMsAgo: 0, answeredMsAgo: 0 };
  expect(kindOf(compare(begun, { verdict: 'split', quota }))).toBe('wait');
});

test('a refusal holds its place until resume or some minutes later, an outage continues trying', () => {
  const step = verification.nextVerificationStep(begun, NOW);
  const blocked = verification.failStep(begun, step, failed('Forbidden'), NOW);
  expect(verificationStatus(blocked, NOW, null)).toMatchObject({
    state: 'blocked',
    lastError: { type: 'Forbidden' },
  });
  expect(kindOf(blocked)).toBe('wait');
  expect(kindOf(blocked, NOW + 5 * 60_000)).toBe('compare');
  expect(kindOf(state.resumeVerification(blocked))).toBe('compare');
  const outage = verification.failStep(begun, step, failed('ZendeskUnavailable', { passes: true }), NOW);
  expect(kindOf(outage)).toBe('compare');
  expect(outage.failedBefore).toBe(3);
  expect(compare(outage)).toMatchObject({ failedBefore: 0, lastError: null });
  const throttled = verification.failStep(
    begun,
    step,
    failed('Throttled', { passes: true, retryAfterMs: 150_000 }),
    NOW,
  );
  expect(verification.nextVerificationStep(throttled, NOW)).toMatchObject({
    reason: 'zendesk',
    until: NOW + 150_000,
  });
});

test('paused, nothing is asked', () => {
  const paused = state.pauseVerification(begun);
  expect(kindOf(paused)).toBe('paused');
  expect(kindOf(state.resumeVerification(paused))).toBe('compare');
});

describe('the state of an earlier run', () => {
  const step = verification.nextVerificationStep(begun, NOW);
  const states = [
    state.initialVerification(NOW),
    begun,
    compare(begun, { candidates: [1, 2] }),
    compare(begun, { verdict: 'split' }),
    verification.failStep(begun, step, failed('Forbidden'), NOW),
    state.rejectSignalOf(begun, { signal: 'x', problem: 'y', at: 'z' }),
    verification.landRecorded(begun, NOW),
  ];

  test('is taken over as it is, and shown', () => {
    for (const state of states) {
      expect(carriedVerification(JSON.parse(JSON.stringify(state)), NOW)).toEqual(state);
      expect(renderVerification(verificationStatus(state, NOW, 'acme'), 'now')).toContain('acme');
    }
  });

  test.each([
    ['version', 2],
    ['windows', [{ from: 5, to: 5 }]],
    ['windows', Array.from({ length: 99 }, () => ({ from: 0, to: 1 }))],
    ['candidates', ['1']],
    ['request', { ...REQUEST, subdomain: '../acme' }],
    ['request', { ...REQUEST, requestsPerMinute: 0 }],
    ['step', -1],
    ['pace', null],
    ['found', {}],
    ['notBefore', 1e300],
    ['ended', { as: 'over', at: NOW }],
  ])('is refused where %s is %j', (key, value) => {
    expect(() => carriedVerification({ ...JSON.parse(JSON.stringify(begun)), [key]: value }, NOW)).toThrow(
      `not valid: ${key}`,
    );
  });
});
