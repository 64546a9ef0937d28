import { log, setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import type { ResetTarget } from '../src/contract/position';
import type { Status } from '../src/contract/status';
import * as messages from './messages';
import { checkReset, DESCRIPTIONS, unreadable, type Checked, type Reset } from './messages';
import * as actions from './actions';
import type { ExportState } from './state';
import { couldNotBeDecrypted } from './undecryptable';

/** What the handlers need of the running export. */
export interface Operated {
  readonly state: () => ExportState;
  /** Takes on the new state, shows it, and interrupts what an operator's action makes pointless. */
  readonly act: (state: ExportState) => void;
  readonly status: () => Status;
}

/**
 * Registers what operators can say. A signal handler must not throw (it would fail or wedge the workflow): what a signal
 * brings is checked, and refusals are remembered and shown. All handlers are synchronous, so none is ever half done.
 */
export function listen({ state, act, status }: Operated): void {
  const now = Date.now;
  const check = (payload: unknown): Checked<Reset> =>
    state().progress === null
      ? { ok: false, problem: 'resetCursor comes too early: the export has not been prepared yet' }
      : checkReset(payload, Math.floor(now() / 1000));
  const refuse = (signal: string, problem: string): void => {
    log.warn('signal refused', { subdomain: state().progress?.request.subdomain, signal, problem });
    act(actions.rejectSignal(state(), signal, problem, now()));
  };
  const pause = (): void => {
    act(actions.pause(state(), now()));
  };
  const resume = (): void => {
    act(actions.resume(state(), now()));
  };
  const resetTo = (target: ResetTarget): void => {
    act(actions.reset(state(), target, now()));
  };

  let resets = 0;
  setHandler(messages.pauseSignal, pause, { description: DESCRIPTIONS.pause });
  setHandler(messages.resumeSignal, resume, { description: DESCRIPTIONS.resume });
  setHandler(
    messages.resetCursorSignal,
    (payload?: unknown) => {
      resets += 1;
      const checked = couldNotBeDecrypted(payload, `undecryptable resetCursor ${resets}`)
        ? unreadable(payload)
        : check(payload);
      if (!checked.ok) refuse('resetCursor', checked.problem);
      else if (checked.value.dryRun)
        refuse('resetCursor', 'a signal has no answer: send dryRun as an update');
      else resetTo(checked.value.target);
    },
    { description: DESCRIPTIONS.resetCursor },
  );
  // Without it, Temporal reports success for a misspelt name and keeps the signal for ever.
  setDefaultSignalHandler((name) => {
    refuse(name.slice(0, 50), 'there is no such signal: use pause, resume or resetCursor');
  });

  const answering = (action: () => void) => (): Status => {
    action();
    return status();
  };
  setHandler(messages.pauseUpdate, answering(pause), { description: DESCRIPTIONS.pause });
  setHandler(messages.resumeUpdate, answering(resume), { description: DESCRIPTIONS.resume });
  setHandler(
    messages.resetCursorUpdate,
    (payload?: unknown) => {
      const checked = check(payload);
      // The validator has let it pass: this worker lacks the key of the one that did.
      if (!checked.ok) throw new Error(checked.problem);
      const { target, dryRun } = checked.value;
      const reset = actions.resetMeans(state(), target, now());
      if (!dryRun) resetTo(target);
      return { ...status(), reset: { ...reset, dryRun } };
    },
    {
      description: DESCRIPTIONS.resetCursor,
      validator: (payload?: unknown) => {
        const checked = check(payload);
        if (!checked.ok) throw new Error(checked.problem);
      },
    },
  );
  setHandler(messages.statusQuery, status, { description: DESCRIPTIONS.status });
}
