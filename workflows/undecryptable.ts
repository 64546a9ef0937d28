import { patched, workflowInfo } from '@temporalio/workflow';
import { UnreadablePayload } from './payloadConverter';

/**
 * Whether a signal's payload could not be decrypted when it came. Keys change, but a replay must take the branch that the first
 * execution took: every payload that could not be decrypted leaves a marker in the history.
 * @param marker names the signal among those of this run
 * @throws Error where it was decrypted then, and the key is missing now: the workflow task fails until it is back
 */
export function couldNotBeDecrypted(payload: unknown, marker: string): boolean {
  const now = payload instanceof UnreadablePayload && payload.encrypted;
  // While replaying, `patched` only looks whether the marker is there; else it writes it.
  if (!now && !workflowInfo().unsafe.isReplaying) return false;
  const then = patched(marker);
  if (now && !then) throw new Error(`the payload of a signal is ${payload.unreadable}`);
  return then;
}
