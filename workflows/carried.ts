import { ApplicationFailure } from '@temporalio/common';
import { carriedShape } from './carriedShape';
import { isRecord } from './checks';
import { fromVersion1 } from './fromVersion1';
import { fromVersion2 } from './fromVersion2';
import { UnreadablePayload } from './payloadConverter';
import { initialState, STATE_VERSION, type ExportState } from './state';

/**
 * What makes the state of a release into that of the next one, by the version it has before. A running export is taken over
 * by a worker of a newer release with it.
 */
type Migrations = Readonly<Record<number, (state: Readonly<Record<string, unknown>>) => unknown>>;

const MIGRATIONS: Migrations = { 1: fromVersion1, 2: fromVersion2 };

/**
 * The state that a run begins with: the one of the run before, or a new one. Anybody who may start a workflow can make one
 * up, and parts of it become names of files and arguments of activities: nothing of it is trusted unchecked.
 * @throws ApplicationFailure, which fails the workflow, where it cannot be used
 */
export function carriedState(carried: unknown, now: number): ExportState {
  if (carried === undefined) return initialState(now);
  if (carried instanceof UnreadablePayload)
    throw new Error(`the state of this export is ${carried.unreadable}`);
  const { state, problem } = readState(carried);
  if (state !== undefined) return state;
  throw ApplicationFailure.nonRetryable(
    `The state that this run was started with is not valid: ${problem}. Start the export with its input alone.`,
    'InvalidState',
  );
}

type Read =
  | { readonly state: ExportState; readonly problem?: never }
  | { readonly state?: never; readonly problem: string };

/** @param migrations those of this release; others in tests */
export function readState(carried: unknown, migrations = MIGRATIONS): Read {
  if (!isRecord(carried)) return { problem: 'it is not an object' };
  const { version } = carried;
  if (!Number.isSafeInteger(version)) return { problem: 'version must be a whole number' };
  if (Number(version) > STATE_VERSION)
    return {
      problem: `version ${Number(version)} was written by a newer release; this worker supports up to ${STATE_VERSION}`,
    };
  let migrated: unknown = carried;
  for (let from = Number(version); from < STATE_VERSION; from += 1) {
    const migrate = migrations[from];
    if (migrate === undefined || !isRecord(migrated))
      return { problem: `version ${from} was written by a release that this worker no longer knows` };
    migrated = migrate(migrated);
  }
  const path = carriedShape(migrated);
  if (path === undefined) return { state: migrated as ExportState };
  return { problem: path === '' ? 'it is not an object' : path };
}
