import { log, setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import type { ResetTarget } from '../src/contract/position';
import type { ResetAnswer, Status } from '../src/contract/status';
import * as actions from './actions';
import * as messages from './messages';
import { checkReset, DESCRIPTIONS, unreadable, type Checked, type Reset } from './messages';
import type { ExportState } from './state';
import { couldNotBeDecrypted } from './undecryptable';

/** What the handlers need of the running export. */
export interface Operated {
  readonly state: ExportState;
  /** Takes on the new state, shows it, and interrupts what an operator's action makes pointless. */
  act(state: ExportState): void;
  status(): Status;
}

/**
 * Registers what operators can say. A signal handler must not throw (it would fail or wedge the workflow): what a signal
 * brings is checked, and refusals are remembered and shown. All handlers are synchronous, so none is ever half done.
 */
export function listen(running: Operated): void {
  listenToSwitch(running, 'pause', messages.pauseSignal, messages.pauseUpdate);
  listenToSwitch(running, 'resume', messages.resumeSignal, messages.resumeUpdate);
  listenToResetSignals(running);
  listenToResetUpdates(running);
  // Without it, Temporal reports success for a misspelt name and keeps the signal for ever.
  setDefaultSignalHandler((name) => {
    refuse(running, name.slice(0, 50), 'there is no such signal: use pause, resume or resetCursor');
  });
  setHandler(messages.statusQuery, () => running.status(), { description: DESCRIPTIONS.status });
}

function listenToSwitch(
  running: Operated,
  name: 'pause' | 'resume',
  signal: typeof messages.pauseSignal,
  update: typeof messages.pauseUpdate,
): void {
  const description = DESCRIPTIONS[name];
  const act = (): Status => {
    running.act(actions[name](running.state, Date.now()));
    return running.status();
  };
  setHandler(signal, () => void act(), { description });
  setHandler(update, act, { description });
}

function listenToResetSignals(running: Operated): void {
  let resets = 0;
  const handle = (payload?: unknown): void => {
    resets += 1;
    const checked = couldNotBeDecrypted(payload, `undecryptable resetCursor ${resets}`)
      ? unreadable(payload)
      : check(running, payload);
    if (!checked.ok) refuse(running, 'resetCursor', checked.problem);
    else if (checked.value.dryRun)
      refuse(running, 'resetCursor', 'a signal has no answer: send dryRun as an update');
    else reset(running, checked.value.target);
  };
  setHandler(messages.resetCursorSignal, handle, { description: DESCRIPTIONS.resetCursor });
}

function listenToResetUpdates(running: Operated): void {
  const parse = (payload: unknown): Reset => {
    const checked = check(running, payload);
    if (!checked.ok) throw new Error(checked.problem);
    return checked.value;
  };
  const handle = (payload?: unknown): ResetAnswer => {
    // The validator has let it pass; this throws where this worker lacks the key that the validator's had.
    const { target, dryRun } = parse(payload);
    const meaning = actions.resetMeans(running.state, 'tickets', target, Date.now());
    if (!dryRun) reset(running, target);
    return { ...running.status(), reset: { ...meaning, dryRun } };
  };
  setHandler(messages.resetCursorUpdate, handle, {
    description: DESCRIPTIONS.resetCursor,
    validator: (payload?: unknown) => void parse(payload),
  });
}

function check({ state }: Operated, payload: unknown): Checked<Reset> {
  return state.progress === null
    ? { ok: false, problem: 'resetCursor comes too early: the export has not been prepared yet' }
    : checkReset(payload, Math.floor(Date.now() / 1000));
}

function reset(running: Operated, target: ResetTarget): void {
  running.act(actions.reset(running.state, 'tickets', target, Date.now()));
}

function refuse(running: Operated, signal: string, problem: string): void {
  const { state } = running;
  log.warn('signal refused', { subdomain: state.progress?.request.subdomain, signal, problem });
  running.act(actions.rejectSignal(state, signal, problem, Date.now()));
}
