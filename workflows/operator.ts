import { log, setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import type { ResetAnswer, Status } from '../src/contract/status';
import type { StreamName } from '../src/streams';
import * as actions from './actions';
import { listenTo, type OperatorMessage } from './listenTo';
import * as messages from './messages';
import {
  checkChange,
  checkReset,
  checkWhich,
  DESCRIPTIONS,
  TOO_EARLY,
  type Checked,
  type Reset,
} from './messages';
import type { ExportState } from './state';

/** What the handlers need of the running export. */
export interface Operated {
  readonly state: ExportState;
  /** Takes on the new state, shows it, and interrupts what an operator's action makes pointless. */
  act(state: ExportState): void;
  status(): Status;
}

/** Registers what operators can say to an export. */
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
  listenTo({
    ...about(running, name),
    signal,
    update,
    check: (payload) => checkWhich(payload, streamsRead(running)),
    act: (stream) => {
      running.act(actions[name](running.state, Date.now(), stream));
      return running.status();
    },
  });
}

function listenToChange(
  running: Operated,
  name: 'addStream' | 'removeStream',
  signal: typeof messages.addStreamSignal,
  update: typeof messages.addStreamUpdate,
): void {
  listenTo({
    ...about(running, name),
    signal,
    update,
    check: (payload) => prepared(running, () => checkChange(name, payload, streamsRead(running))),
    act: (stream) => {
      running.act(actions[name](running.state, stream, Date.now()));
      return running.status();
    },
  });
}

function listenToReset(running: Operated): void {
  const check = (payload: unknown): Checked<Reset> =>
    prepared(running, () => checkReset(payload, streamsRead(running), Math.floor(Date.now() / 1000)));
  const act = ({ stream, target, dryRun }: Reset): ResetAnswer => {
    const meaning = actions.resetMeans(running.state, stream, target, Date.now());
    if (!dryRun) running.act(actions.reset(running.state, stream, target, Date.now()));
    return { ...running.status(), reset: { ...meaning, dryRun } };
  };
  const checkSignal = (payload: unknown): Checked<Reset> => {
    const checked = check(payload);
    return checked.ok && checked.value.dryRun
      ? { ok: false, problem: 'with dryRun has no answer as a signal: send it as an update' }
      : checked;
  };
  const { resetCursorSignal: signal, resetCursorUpdate: update } = messages;
  listenTo({ ...about(running, 'resetCursor'), signal, update, check, checkSignal, act });
}

function about(
  running: Operated,
  name: keyof typeof DESCRIPTIONS,
): Pick<OperatorMessage<unknown, unknown>, 'name' | 'description' | 'refuse'> {
  return {
    name,
    description: DESCRIPTIONS[name],
    refuse: (signal, problem) => {
      refuse(running, signal, problem);
    },
  };
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
