import { defineQuery, defineUpdate, log, setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import type { VerificationStatus } from '../src/contract/verification';
import { echo } from '../src/contract/time';
import { listenTo } from './listenTo';
import { pauseSignal, resumeSignal, unreadable, type Checked } from './messages';
import { UnreadablePayload } from './payloadConverter';
import { isoOf } from './state';
import {
  pauseVerification,
  rejectSignalOf,
  resumeVerification,
  type Verification,
} from './verificationState';

const pauseUpdate = defineUpdate<VerificationStatus, [unknown?]>('pause');
const resumeUpdate = defineUpdate<VerificationStatus, [unknown?]>('resume');
const statusQuery = defineQuery<VerificationStatus>('status');

const DESCRIPTIONS = {
  pause: 'Stop asking Zendesk; takes effect at once, the place is kept',
  resume: 'Go on after a pause, or try again after a block',
  status: 'How far it is, and what differs',
} as const;

/** What the handlers need of the running verification. */
interface Operated {
  readonly state: Verification;
  act(state: Verification): void;
  status(): VerificationStatus;
}

/** Registers what operators can say to a verification. */
export function listenToVerification(running: Operated): void {
  listenToSwitch(running, 'pause', pauseSignal, pauseUpdate, pauseVerification);
  listenToSwitch(running, 'resume', resumeSignal, resumeUpdate, resumeVerification);
  setDefaultSignalHandler((name) => {
    refuse(running, name.slice(0, 50), 'there is no such signal: use pause or resume');
  });
  setHandler(statusQuery, () => running.status(), { description: DESCRIPTIONS.status });
}

function listenToSwitch(
  running: Operated,
  name: 'pause' | 'resume',
  signal: typeof pauseSignal,
  update: typeof pauseUpdate,
  change: (state: Verification) => Verification,
): void {
  listenTo({
    name,
    description: DESCRIPTIONS[name],
    signal,
    update,
    check: checkNothing,
    act: () => {
      running.act(change(running.state));
      return running.status();
    },
    refuse: (refused, problem) => {
      refuse(running, refused, problem);
    },
  });
}

function checkNothing(payload: unknown): Checked<null> {
  if (payload === undefined || payload === null) return { ok: true, value: null };
  if (payload instanceof UnreadablePayload) return unreadable(payload);
  return { ok: false, problem: `takes nothing, not ${echo(payload)}` };
}

function refuse(running: Operated, signal: string, problem: string): void {
  log.warn('signal refused', { subdomain: running.state.request?.subdomain, signal, problem });
  running.act(rejectSignalOf(running.state, { signal, problem, at: isoOf(Date.now()) }));
}
