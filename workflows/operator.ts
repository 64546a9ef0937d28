import { log, setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import { ApplicationFailure, type SignalDefinition, type UpdateDefinition } from '@temporalio/common';
import type { ResetAnswer, Status } from '../src/contract/status';
import type { StreamName } from '../src/streams';
import * as actions from './actions';
import * as messages from './messages';
import {
  checkChange,
  checkReset,
  checkWhich,
  DESCRIPTIONS,
  TOO_EARLY,
  unreadable,
  type Checked,
  type Reset,
} from './messages';
import type { ExportState } from './state';
import { UnreadablePayload } from './payloadConverter';
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
  listenToChange(running, 'addStream', messages.addStreamSignal, messages.addStreamUpdate);
  listenToChange(running, 'removeStream', messages.removeStreamSignal, messages.removeStreamUpdate);
  listenToReset(running);
  // Without it, Temporal reports success for a misspelt name and keeps the signal for ever.
  setDefaultSignalHandler((name) => {
    refuse(
      running,
      name.slice(0, 50),
      'there is no such signal: use pause, resume, resetCursor, addStream or removeStream',
    );
  });
  setHandler(messages.statusQuery, () => running.status(), { description: DESCRIPTIONS.status });
}

function listenToSwitch(
  running: Operated,
  name: 'pause' | 'resume',
  signal: typeof messages.pauseSignal,
  update: typeof messages.pauseUpdate,
): void {
  listenTo(
    running,
    name,
    { signal, update },
    (payload) => checkWhich(payload, streamsRead(running)),
    (stream) => {
      running.act(actions[name](running.state, Date.now(), stream));
      return running.status();
    },
  );
}

function listenToChange(
  running: Operated,
  name: 'addStream' | 'removeStream',
  signal: typeof messages.addStreamSignal,
  update: typeof messages.addStreamUpdate,
): void {
  listenTo(
    running,
    name,
    { signal, update },
    (payload) => prepared(running, () => checkChange(name, payload, streamsRead(running))),
    (stream) => {
      running.act(actions[name](running.state, stream, Date.now()));
      return running.status();
    },
  );
}

function listenToReset(running: Operated): void {
  const check = (payload: unknown): Checked<Reset> =>
    prepared(running, () => checkReset(payload, streamsRead(running), Math.floor(Date.now() / 1000)));
  const act = ({ stream, target, dryRun }: Reset): ResetAnswer => {
    const meaning = actions.resetMeans(running.state, stream, target, Date.now());
    if (!dryRun) running.act(actions.reset(running.state, stream, target, Date.now()));
    return { ...running.status(), reset: { ...meaning, dryRun } };
  };
  const forSignal = (payload: unknown): Checked<Reset> => {
    const checked = check(payload);
    return checked.ok && checked.value.dryRun
      ? { ok: false, problem: 'with dryRun has no answer as a signal: send it as an update' }
      : checked;
  };
  const { resetCursorSignal: signal, resetCursorUpdate: update } = messages;
  listenTo(running, 'resetCursor', { signal, update }, check, act, forSignal);
}

/**
 * Registers a signal and the update of the same name.
 * @param checkSignal where a signal may less than the update
 */
function listenTo<Wanted, Answer>(
  running: Operated,
  name: keyof typeof DESCRIPTIONS,
  {
    signal,
    update,
  }: { readonly signal: SignalDefinition<[unknown?]>; readonly update: UpdateDefinition<Answer, [unknown?]> },
  check: (payload: unknown) => Checked<Wanted>,
  act: (wanted: Wanted) => Answer,
  checkSignal = check,
): void {
  const description = DESCRIPTIONS[name];
  let signals = 0;
  const handleSignal = (payload?: unknown): void => {
    signals += 1;
    const checked = couldNotBeDecrypted(payload, `undecryptable ${name} ${signals}`)
      ? unreadable(payload)
      : checkSignal(payload);
    if (checked.ok) act(checked.value);
    else refuse(running, name, `${name} ${checked.problem}`);
  };
  const parse = (payload: unknown): Wanted => {
    const checked = check(payload);
    if (checked.ok) return checked.value;
    const problem = `${name} ${checked.problem}`;
    // Where this worker lacks the key that the validator's had, the task fails until it is back; any other fails the update alone.
    if (payload instanceof UnreadablePayload) throw new Error(problem);
    throw ApplicationFailure.nonRetryable(problem, 'Refused');
  };
  setHandler(signal, handleSignal, { description });
  setHandler(update, (payload?: unknown): Answer => act(parse(payload)), {
    description,
    validator: (payload?: unknown) => void parse(payload),
  });
}

function streamsRead({ state }: Operated): readonly StreamName[] {
  return state.progress?.request.streams ?? [];
}

function prepared<T>({ state }: Operated, check: () => Checked<T>): Checked<T> {
  return state.progress === null ? { ok: false, problem: TOO_EARLY } : check();
}

function refuse(running: Operated, signal: string, problem: string): void {
  const { state } = running;
  log.warn('signal refused', { subdomain: state.progress?.request.subdomain, signal, problem });
  running.act(actions.rejectSignal(state, signal, problem, Date.now()));
}
