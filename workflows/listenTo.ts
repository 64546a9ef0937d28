import { setHandler } from '@temporalio/workflow';
import { ApplicationFailure, type SignalDefinition, type UpdateDefinition } from '@temporalio/common';
import { unreadable, type Checked } from './messages';
import { UnreadablePayload } from './payloadConverter';
import { couldNotBeDecrypted } from './undecryptable';

/** A signal and the update of the same name. */
export interface OperatorMessage<Wanted, Answer> {
  readonly name: string;
  /** For people, in the Web UI. */
  readonly description: string;
  readonly signal: SignalDefinition<[unknown?]>;
  readonly update: UpdateDefinition<Answer, [unknown?]>;
  readonly check: (payload: unknown) => Checked<Wanted>;
  /** Where a signal may less than the update. */
  readonly checkSignal?: (payload: unknown) => Checked<Wanted>;
  readonly act: (wanted: Wanted) => Answer;
  /** Shows that a signal was refused: it has no answer of its own. */
  readonly refuse: (signal: string, problem: string) => void;
}

/**
 * Registers what operators can say. A signal handler must not throw (it would fail or wedge the workflow): what a signal brings
 * is checked, and refusals are remembered and shown. All handlers are synchronous, so none is ever half done.
 */
export function listenTo<Wanted, Answer>({
  name,
  description,
  signal,
  update,
  check,
  checkSignal = check,
  act,
  refuse,
}: OperatorMessage<Wanted, Answer>): void {
  let signals = 0;
  const handleSignal = (payload?: unknown): void => {
    signals += 1;
    const checked = couldNotBeDecrypted(payload, `undecryptable ${name} ${signals}`)
      ? unreadable(payload)
      : checkSignal(payload);
    if (checked.ok) act(checked.value);
    else refuse(name, `${name} ${checked.problem}`);
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
