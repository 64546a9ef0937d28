import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { json, type Answer } from './answer';
import type { TicketChange, TrueTicket } from './account';
import { faultSchema, type FaultSpec } from './faults';
import { summarize, type RequestRecord } from './requestLog';

const updateSchema = z.strictObject({
  ids: z.array(z.int().positive()),
  at: z.int().optional(),
  system: z.boolean().optional(),
});

/** What of a simulator can be controlled from another process. */
export interface Controlled {
  readonly requests: readonly RequestRecord[];
  newestVersions(): Iterable<TrueTicket>;
  fault(spec: FaultSpec): void;
  clearFaults(): void;
  updateMany(ids: Iterable<number>, change: TicketChange): void;
}

/**
 * The control interface, for scripts in other processes; it is no part of Zendesk. Anybody may read; only this
 * machine may change the account, and others get 404.
 *
 *     GET    /simulator/truth      NDJSON of {id, generated_timestamp, status, support_type}, the newest version of each ticket
 *     GET    /simulator/requests   {total, exports, byStatus, throttled}
 *     POST   /simulator/faults     a fault as JSON (see faults.ts)
 *     DELETE /simulator/faults     no more faults
 *     POST   /simulator/update     {"ids": [1, 2], "at"?: Unix seconds, "system"?: true}
 */
export function controlAnswer(
  simulator: Controlled,
  method: string,
  path: string,
  body: string,
): Answer | 'truth' {
  try {
    switch (`${method} ${path}`) {
      case 'GET /simulator/truth':
        return 'truth';
      case 'GET /simulator/requests':
        return json(200, summarize(simulator.requests));
      case 'POST /simulator/faults':
        simulator.fault(faultSchema.parse(JSON.parse(body)));
        return json(200, { ok: true });
      case 'DELETE /simulator/faults':
        simulator.clearFaults();
        return json(200, { ok: true });
      case 'POST /simulator/update': {
        const { ids, ...change } = updateSchema.parse(JSON.parse(body));
        simulator.updateMany(ids, change);
        return json(200, { ok: true, updated: ids.length });
      }
      default:
        return json(404, { error: 'no such control path' });
    }
  } catch (error) {
    if (error instanceof z.ZodError) return json(400, { error: z.prettifyError(error) });
    return json(400, { error: error instanceof Error ? error.message : String(error) });
  }
}

/** Writes the truth piece by piece, without ever holding all of it. */
export async function sendTruth(simulator: Controlled, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  await pipeline(Readable.from(truthLines(simulator)), response);
}

function* truthLines(simulator: Controlled): Generator<string> {
  let lines = '';
  for (const { id, generatedTimestamp, status, supportType } of simulator.newestVersions()) {
    lines += `${JSON.stringify({ id, generated_timestamp: generatedTimestamp, status, support_type: supportType })}\n`;
    if (lines.length < 1 << 18) continue;
    yield lines;
    lines = '';
  }
  yield lines;
}
