import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { SERVED, type ServedStream } from './account';
import { json, type Answer } from './answer';
import type { TrueRecord } from './dataSet';
import { faultSchema, type FaultSpec } from './faults';
import { LISTS } from './listSpecs';
import { summarize, type RequestRecord } from './requestLog';
import type { TicketChange, TrueTicket } from './ticketSet';
import { unavailableSchema, type Unavailable } from './unavailable';

const stream = z.enum([...SERVED, ...LISTS]);
const at = z.int().optional();

const updateSchema = z.strictObject({
  ids: z.array(z.int().positive()),
  at,
  system: z.boolean().optional(),
});
const changeSchema = z.strictObject({
  stream,
  how: z.enum(['change', 'remove', 'restore']),
  ids: z.array(z.int().positive()),
  at,
  quietly: z.boolean().optional(),
});
const addSchema = z.strictObject({ stream, count: z.int().positive(), at });
const refuseSchema = z.strictObject({ stream, status: unavailableSchema.nullable() });

/** What of a simulator can be controlled from another process. */
export interface Controlled {
  readonly requests: readonly RequestRecord[];
  newestVersions(): Iterable<TrueTicket>;
  newestOf(stream: ServedStream): Iterable<TrueRecord>;
  fault(spec: FaultSpec): void;
  clearFaults(): void;
  updateMany(ids: Iterable<number>, change: TicketChange): void;
  change(stream: ServedStream, id: number, change: Change): void;
  remove(stream: ServedStream, id: number, when: When): void;
  restore(stream: ServedStream, id: number, when: When): void;
  add(stream: ServedStream, count: number, when: When): number[];
  setUnavailable(stream: ServedStream, how: Unavailable | null): void;
}

/** `at` is in Unix seconds; the simulator's clock by default. */
export interface When {
  readonly at?: number | undefined;
}

export interface Change extends When {
  /** A change that does not move the record's time, as of a field that is counted or copied. */
  readonly quietly?: boolean | undefined;
}

/**
 * The control interface, for scripts in other processes; it is no part of Zendesk. Anybody may read; only this
 * machine may change the account, and others get 404.
 *
 *     GET    /simulator/truth           NDJSON of {id, generated_timestamp, status, support_type}, the newest version of each ticket
 *     GET    /simulator/truth?stream=…  NDJSON of {id, version, deleted}, the newest version of each record; of lists also what else it is
 *                                     known by: {name} of a tag, {schedule_id} of a holiday
 *     GET    /simulator/requests        {total, exports, byStream, byStatus, throttled}
 *     POST   /simulator/faults          a fault as JSON (see faults.ts)
 *     DELETE /simulator/faults          no more faults
 *     POST   /simulator/update          {"ids": [1, 2], "at"?: Unix seconds, "system"?: true}, of tickets
 *     POST   /simulator/change          {"stream", "how": "change" | "remove" | "restore", "ids": [1, 2], "at"?: Unix seconds, "quietly"?: true}
 *     POST   /simulator/add             {"stream", "count": 5, "at"?: Unix seconds}
 *     POST   /simulator/unavailable     {"stream", "status": 403 | 404 | {"status": 403, "body": "html"} | null}
 */
export function controlAnswer(
  simulator: Controlled,
  method: string,
  { pathname, searchParams }: URL,
  body: string,
): Answer | { readonly lines: Iterable<object> } {
  try {
    switch (`${method} ${pathname}`) {
      case 'GET /simulator/truth':
        return { lines: truthLines(simulator, searchParams.get('stream')) };
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
      case 'POST /simulator/change': {
        const { stream: name, how, ids, ...when } = changeSchema.parse(JSON.parse(body));
        for (const id of ids) simulator[how](name, id, when);
        return json(200, { ok: true, updated: ids.length });
      }
      case 'POST /simulator/add': {
        const { stream: name, count, ...when } = addSchema.parse(JSON.parse(body));
        return json(200, { ok: true, ids: simulator.add(name, count, when) });
      }
      case 'POST /simulator/unavailable': {
        const { stream: name, status } = refuseSchema.parse(JSON.parse(body));
        simulator.setUnavailable(name, status);
        return json(200, { ok: true });
      }
      default:
        return json(404, { error: 'no such control path' });
    }
  } catch (error) {
    if (error instanceof z.ZodError) return json(400, { error: z.prettifyError(error) });
    return json(400, { error: error instanceof Error ? error.message : String(error) });
  }
}

/** @param name of a stream; null: tickets, with what is special about them */
function truthLines(simulator: Controlled, name: string | null): Iterable<object> {
  return name === null ? ticketLines(simulator) : recordLines(simulator, stream.parse(name));
}

function* ticketLines(simulator: Controlled): Generator<object> {
  for (const { id, generatedTimestamp, status, supportType } of simulator.newestVersions())
    yield { id, generated_timestamp: generatedTimestamp, status, support_type: supportType };
}

function* recordLines(simulator: Controlled, name: ServedStream): Generator<object> {
  for (const { id, version, deleted, keys } of simulator.newestOf(name))
    yield { id, version, deleted, ...keys };
}

/** Writes objects as NDJSON piece by piece, without ever holding all of it. */
export async function sendLines(lines: Iterable<object>, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  await pipeline(Readable.from(pieces(lines)), response);
}

function* pieces(lines: Iterable<object>): Generator<string> {
  let text = '';
  for (const line of lines) {
    text += `${JSON.stringify(line)}\n`;
    if (text.length < 1 << 18) continue;
    yield text;
    text = '';
  }
  yield text;
}
