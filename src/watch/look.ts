import {
  ApplicationFailure,
  isGrpcServiceError,
  ServiceError,
  WorkflowFailedError,
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowExecutionStatusName,
} from '@temporalio/client';
import type { ProtoFailure } from '@temporalio/common';
import { iso } from '../contract/time';
import { isExport } from '../contract/names';
import { glance, type Glance, type Sight } from './sight';

/** Without a worker nobody answers a query: the server would wait for one. */
const ANSWER_MS = 3000;

/** There is no such export. */
export class NoSuchExport extends Error {
  override readonly name = 'NoSuchExport';
}

/**
 * One look at an export. Costs no history.
 * @throws NoSuchExport; what the client throws when the server does not answer
 */
export async function look(client: Client, workflowId: string): Promise<Sight> {
  const described = await client.workflow.getHandle(workflowId).describe();
  if (!isExport(described.type)) {
    throw new NoSuchExport(`${workflowId} is a workflow of the type ${described.type}, not an export.`);
  }
  const ended = ENDS[described.status.name];
  return ended === undefined ? lookAtRunning(client, described) : lookAtEnded(client, described, ended);
}

const ENDS: Partial<Record<WorkflowExecutionStatusName, NonNullable<Sight['ended']>>> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'was cancelled',
  TERMINATED: 'was terminated',
  TIMED_OUT: 'timed out',
};

async function lookAtRunning(client: Client, described: WorkflowExecutionDescription): Promise<Sight> {
  const { workflowId } = described;
  const sight = { workflowId, ended: undefined };
  try {
    const status = await client.withDeadline(Date.now() + ANSWER_MS, async () =>
      client.workflow.getHandle(workflowId).query<unknown>('status'),
    );
    return { ...sight, glance: glance.parse(status), note: await failingAttempt(client, described) };
  } catch (error) {
    const noted = remembered(described);
    const since = noted === undefined ? '' : '; this is what the last one noted';
    return { ...sight, glance: noted, note: `${silenceOf(error)}${since}` };
  }
}

async function lookAtEnded(
  client: Client,
  described: WorkflowExecutionDescription,
  ended: NonNullable<Sight['ended']>,
): Promise<Sight> {
  const { workflowId, runId } = described;
  const sight = { workflowId, ended };
  try {
    const result: unknown = await client.workflow.getHandle(workflowId, runId).result();
    return { ...sight, glance: glance.parse(result), note: undefined };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    const type = cause instanceof ApplicationFailure ? `${cause.type ?? cause.name}: ` : '';
    return { ...sight, glance: remembered(described), note: `${type}${cause?.message ?? error.message}` };
  }
}

/** What the export left in the memo, where it can be read without a worker. */
function remembered({ memo }: WorkflowExecutionDescription): Glance | undefined {
  return glance.safeParse(memo).data;
}

/** Between attempts the status names the page, and the server knows why the last attempt failed. */
async function failingAttempt(
  client: Client,
  { raw }: WorkflowExecutionDescription,
): Promise<string | undefined> {
  const pending = raw.pendingActivities?.find(({ lastFailure }) => lastFailure);
  if (!pending?.lastFailure) return undefined;
  const { attempt, lastFailure, nextAttemptScheduleTime } = pending;
  const message = await messageIn(lastFailure, client);
  const next = nextAttemptScheduleTime?.seconds;
  const when = next === undefined || next === null ? '' : `; next attempt at ${iso(Number(next))}`;
  return `attempt ${(attempt ?? 1) - 1} failed: ${message.replace(/\.$/, '')}${when}`;
}

/** Where payloads are encrypted, so is the message. */
async function messageIn({ message, encodedAttributes }: ProtoFailure, client: Client): Promise<string> {
  const { payloadCodecs, payloadConverter, failureConverter } = client.options.loadedDataConverter;
  let encoded = encodedAttributes ? [encodedAttributes] : [];
  for (const codec of payloadCodecs.toReversed()) encoded = await codec.decode(encoded);
  const failure = { message: message ?? '', encodedAttributes: encoded[0] ?? null };
  return failureConverter.failureToError(failure, payloadConverter).message;
}

const CANCELLED = 1;
const DEADLINE_EXCEEDED = 4;
const UNAVAILABLE = 14;

/** Whether it is the server that does not answer. */
export function isServerAway(error: unknown): boolean {
  const code = codeOf(error);
  return code === UNAVAILABLE || code === DEADLINE_EXCEEDED;
}

/** @throws the error, when it is the server that does not answer */
function silenceOf(error: unknown): string {
  const { cause } = error instanceof ServiceError ? error : { cause: error };
  const said = cause instanceof Error ? cause.message : String(cause);
  // The server waits for a worker, or says that it has not heard of one for long.
  const code = codeOf(error);
  if (code === DEADLINE_EXCEEDED || code === CANCELLED || /no poller/i.test(said)) return 'no worker answers';
  if (isServerAway(error)) throw error;
  return `no status: ${said}`;
}

function codeOf(error: unknown): number | undefined {
  const { cause } = error instanceof ServiceError ? error : { cause: error };
  return isGrpcServiceError(cause) ? cause.code : undefined;
}
