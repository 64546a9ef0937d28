import { DIFFERENCES, type VerificationStatus } from '../src/contract/verification';
import type { State } from '../src/contract/status';
import { iso } from '../src/contract/time';
import { duration } from './details';
import { isoOf } from './state';
import { nextVerificationStep, type VerificationStep } from './verification';
import type { Verification } from './verificationState';

/**
 * The answer of the query `status`.
 * @param subdomain as it was typed, for as long as nothing was accepted
 */
export function verificationStatus(
  state: Verification,
  now: number,
  subdomain: string | null,
): VerificationStatus {
  const { request, found, ended, startedAt } = state;
  const step = nextVerificationStep(state, now);
  const percent = percentOf(state);
  const took = Math.max(0, Math.round(((ended?.at ?? now) - startedAt) / 1000));
  const isGoing = ended === null && !state.paused && state.blockedUntil === null;
  return {
    state: stateOf(state, step),
    subdomain: request?.subdomain ?? subdomain,
    stream: request?.stream ?? 'tickets',
    clean: ended?.as === 'completed' ? DIFFERENCES.every((kind) => found[kind].count === 0) : null,
    from: request === null ? null : iso(request.from),
    to: request === null ? null : iso(request.to),
    bound: request === null ? null : iso(request.bound),
    method: request?.reread === undefined ? 'search' : 'reread',
    deep: request?.deep ?? false,
    repair: request?.repair ?? false,
    windows: state.windowsCompared,
    compared: state.compared,
    ...found,
    unconfirmed: state.unconfirmed,
    repaired: state.repaired,
    requests: state.requests,
    percent,
    etaSeconds:
      isGoing && percent !== null && percent > 0 ? Math.round((took / percent) * (100 - percent)) : null,
    waitingFor: ended === null ? waitingFor(step) : null,
    lastError: state.lastError,
    rejectedSignals: state.rejectedSignals,
    startedAt: isoOf(startedAt),
    took,
  };
}

/** By the records that the destination has; missing ones make it more than was foreseen. */
function percentOf({ request, compared, windows, reading, candidates }: Verification): number | null {
  if (request === null) return null;
  if (windows.length + candidates.length === 0 && !reading) return 100;
  return Math.min(99, Math.round((compared / Math.max(1, request.tickets)) * 1000) / 10);
}

function stateOf({ ended, paused, blockedUntil, request }: Verification, step: VerificationStep): State {
  if (ended !== null) return ended.as;
  if (paused) return 'paused';
  if (blockedUntil !== null) return 'blocked';
  if (request === null) return 'starting';
  return step.kind === 'wait' ? 'waiting' : 'running';
}

function waitingFor(step: VerificationStep): string | null {
  if (step.kind === 'paused') return 'resume';
  if (step.kind !== 'wait') return null;
  const until = isoOf(step.until);
  switch (step.reason) {
    case 'blocked':
      return `resume, once this is fixed; tries again by itself at ${until}`;
    case 'zendesk':
      return `Zendesk, which takes no request before ${until}`;
    case 'quota':
      return `its share of requests, used up until ${until}`;
  }
}

/** The status as the Web UI shows it. @param asOf ISO 8601; comes last because the UI cuts off the last line */
export function renderVerification(status: VerificationStatus, asOf: string): string {
  const { state, waitingFor: waits, lastError, percent, etaSeconds, clean } = status;
  const item = (name: string, text: string): string => `- ${name}: ${text}`;
  const eta = etaSeconds === null || etaSeconds === 0 ? '' : `, done in about ${duration(etaSeconds)}`;
  return [
    `## Verification of ${nameOf(status)}: ${state}`,
    '',
    ...(clean === null ? [] : [item('Result', clean ? '**clean**' : '**there are differences**')]),
    ...(lastError === null
      ? []
      : [
          `- **${lastError.type}** (since ${lastError.since}, ${lastError.attempts} attempts): ${lastError.message}`,
        ]),
    ...(waits === null ? [] : [item('Waiting for', waits)]),
    item('Progress', percent === null ? 'none yet' : `${percent} %${eta}`),
    item(
      'Compared',
      `**${status.compared}** ${status.stream} in ${status.windows} ${status.method === 'reread' ? 'pages' : 'windows'}, ${status.requests} requests`,
    ),
    ...DIFFERENCES.map((kind) => item(NAMES[kind], idsOf(status[kind]))),
    item('Seemed to differ, not confirmed', String(status.unconfirmed)),
    ...(status.repair ? [item('Repaired', String(status.repaired))] : []),
    ...(status.from === null
      ? []
      : [
          item(
            'Range',
            status.method === 'reread'
              ? `changed from ${status.from} to ${status.to ?? ''}`
              : `created from ${status.from} to ${status.to ?? ''}, not changed since ${status.bound ?? ''}`,
          ),
        ]),
    ...status.rejectedSignals.map(({ signal, problem, at }) =>
      item(`Refused signal ${signal}, ${at}`, problem),
    ),
    item('As of', asOf),
  ].join('\n');
}

function nameOf({ subdomain, stream }: VerificationStatus): string {
  const account = subdomain ?? 'an account';
  return stream === 'tickets' ? account : `the ${stream} of ${account}`;
}

const NAMES = {
  missing: 'Missing here',
  stale: 'Stale here',
  extra: 'Extra: here, but gone in Zendesk',
} as const;

/** Of many the first. */
const SHOWN_IDS = 10;

function idsOf({ count, ids }: VerificationStatus['missing']): string {
  if (count === 0) return '0';
  const more = count > SHOWN_IDS ? ', …' : '';
  return `**${count}** (${ids.slice(0, SHOWN_IDS).join(', ')}${more})`;
}
