import type { Status } from '../src/contract/status';
import { readTypedInput } from '../src/contract/typedInput';
import { carriedState } from './carried';
import { Export } from './exportStreams';
import { listen } from './operator';
import { temporalHost } from './temporalHost';

/**
 * The workflow: exports an account's tickets, or the streams that the input names.
 * @param input what the operator typed
 * @param carried the state of the run before, after continue-as-new; anybody can make one up
 * @returns the final status, from which a schedule's next run continues
 */
export async function exportTickets(input: unknown, carried?: unknown): Promise<Status> {
  const running = new Export(temporalHost(input), readTypedInput(input), carriedState(carried, Date.now()));
  listen(running);
  return running.run();
}

/** The same, with all streams where the input names none: `prepareExport` tells them apart by their type. */
export const exportAccount = exportTickets;

export { sendNotice } from './sendNotice';
export { verifyTickets } from './verifyTickets';
