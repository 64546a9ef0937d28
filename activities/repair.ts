import { z } from 'zod';
import type { PageKey } from '../src/contract/page';
import type { ConfirmRequest } from '../src/contract/verification';
import type { Batch, Destination, Written } from '../src/destinations/destination';
import { firstSecond, lastSecond } from '../src/export/boundary';
import type { Attempt } from '../src/export/checkpoint';
import { jsonOrUndefined } from '../src/json';

/** A step of a verification that may repair. */
export type Step = Pick<ConfirmRequest, 'subdomain' | 'stream' | 'verificationId' | 'step'>;

/** What it writes. */
export type Repair = Pick<Batch, 'records' | 'gone'>;

/** The key of a step in the page log. */
export function keyOfStep({ verificationId, step }: Pick<Step, 'verificationId' | 'step'>): PageKey {
  return { exportId: `verify-${verificationId}`, epoch: 0, page: step };
}

/**
 * Writes what differs as any page is written: a later attempt finds its result.
 * @param resultOf makes the result of the step from how many records were repaired
 */
export async function writeRepair<T>(
  destination: Destination,
  step: Step,
  { of }: Attempt,
  { records, gone = [] }: Repair,
  resultOf: (repaired: number) => T,
): Promise<T> {
  const done = ({ swept, unstorable }: Written): T => resultOf(records.length - unstorable + swept);
  const written = await destination.write({
    subdomain: step.subdomain,
    stream: step.stream ?? 'tickets',
    key: keyOfStep(step),
    records,
    gone,
    rejected: [],
    sideloads: new Map(),
    sweep: null,
    position: 'verification',
    first: firstSecond(records),
    last: lastSecond(records),
    checkpoint: (stored) => JSON.stringify({ of, result: done(stored) }),
  });
  return done(written);
}

/** The result of an earlier attempt that has repaired, and whose answer was lost; undefined where there is none. */
export async function repairedBefore<T>(
  destination: Destination,
  step: Step,
  { of }: Attempt,
  result: z.ZodType<T>,
): Promise<T | undefined> {
  const text = await destination.checkpoint(step.subdomain, keyOfStep(step));
  const { data } = z.object({ of: z.literal(of), result }).safeParse(jsonOrUndefined(text ?? ''));
  return data?.result;
}
