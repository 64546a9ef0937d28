import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { encodeCursor } from '../../src/simulator';
import { placeOfCursor } from '../../src/contract/position';
import type { Reflection } from '../support/mirror';

/** A time that cannot stand where it does. */
type Impossible = 'future' | 'milliseconds' | 'before';

/**
 * How an answer is bent. Only so that it is no other answer that might be true: nobody could tell an earlier end of the
 * stream, or a list that lacks a ticket.
 */
export type Bend =
  | { readonly kind: 'envelope'; readonly key: string; readonly json: string | undefined }
  | { readonly kind: 'end'; readonly time: Impossible }
  | { readonly kind: 'record'; readonly index: number; readonly json: string }
  | { readonly kind: 'field'; readonly index: number; readonly key: string; readonly json: string }
  | { readonly kind: 'time'; readonly index: number; readonly time: Impossible }
  | { readonly kind: 'reversed' }
  | { readonly kind: 'twice'; readonly key: string }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'around'; readonly before: string; readonly after: string }
  | { readonly kind: 'doubled' }
  | { readonly kind: 'encoded'; readonly by: Encoding };

type Encoding = keyof typeof ENCODERS;

const ENCODERS = {
  gzip: (body: Buffer): Reflection => ({ body: zlib.gzipSync(body), encoding: 'gzip' }),
  deflate: (body: Buffer): Reflection => ({ body: zlib.deflateSync(body), encoding: 'deflate' }),
  rawDeflate: (body: Buffer): Reflection => ({ body: zlib.deflateRawSync(body), encoding: 'deflate' }),
  br: (body: Buffer): Reflection => ({ body: zlib.brotliCompressSync(body), encoding: 'br' }),
  gzipTwice: (body: Buffer): Reflection => ({
    body: zlib.gzipSync(zlib.gzipSync(body)),
    encoding: 'gzip, x-gzip',
  }),
  brOfGzip: (body: Buffer): Reflection => ({
    body: zlib.brotliCompressSync(zlib.gzipSync(body)),
    encoding: 'GZIP,br',
  }),
  utf16: (body: Buffer): Reflection => ({ body: Buffer.from(`\uFEFF${body.toString()}`, 'utf16le') }),
  // From here on the header is not true, or the body not whole.
  unlabelled: (body: Buffer): Reflection => ({ body: zlib.gzipSync(body) }),
  onlyLabelled: (body: Buffer): Reflection => ({ body, encoding: 'gzip' }),
  brLabelled: (body: Buffer): Reflection => ({ body: zlib.gzipSync(body), encoding: 'br' }),
  onceOfTwice: (body: Buffer): Reflection => ({
    body: zlib.gzipSync(zlib.gzipSync(body)),
    encoding: 'gzip',
  }),
  unknown: (body: Buffer): Reflection => ({ body, encoding: 'compress' }),
  cutGzip: (body: Buffer): Reflection => ({ body: zlib.gzipSync(body).subarray(0, -9), encoding: 'gzip' }),
  brokenBr: (body: Buffer): Reflection => ({
    body: zlib.brotliCompressSync(body).fill(0xff, 8, 12),
    encoding: 'br',
  }),
};
const TRUE_ENCODINGS = ['gzip', 'deflate', 'rawDeflate', 'br', 'gzipTwice', 'brOfGzip', 'utf16'] as const;
const FALSE_ENCODINGS = [
  'unlabelled',
  'onlyLabelled',
  'brLabelled',
  'onceOfTwice',
  'unknown',
  'cutGzip',
  'brokenBr',
] as const;

/** As the value of a key beside the tickets; as text, a cursor may be anything that has no space in it. */
const ODD = ['"a b"', '"é"', '-7', '1.5', '1e400', '{}', '{"tickets":[]}', '[null]'];
const NO_TICKET = ['null', '7', '"x"', '[]', '{}', 'true', '{"id":1}'];
const NO_NUMBER = ['null', '"7"', '0', '-1', '1.5', '1e400', '1e20', '{}', '[]', 'false'];
const JUNK = ['x', '}', ']', ',', '\u0000', '{"tickets":[]}', '<html>', '--', '\uFFFD'];
const SPACE = ['\uFEFF', ' ', '\n', '\r\n\t'];

// The first one often: what is odd about others shows in their order.
const index = fc.oneof(fc.constant(0), fc.nat({ max: 100 }));
const time = fc.constantFrom<Impossible>('future', 'milliseconds', 'before');
const key = fc.constantFrom('end_time', 'end_of_stream', 'after_cursor', 'next_page', 'count');
const around = (before: readonly string[], after: readonly string[]): fc.Arbitrary<Bend> =>
  fc.record({
    kind: fc.constant('around'),
    before: fc.constantFrom(...before),
    after: fc.constantFrom(...after),
  });

/** After these the answer is as good as before. */
export const harmless: fc.Arbitrary<Bend> = fc.oneof(
  around(SPACE, ['', ' ', '\n\n']),
  fc.record({ kind: fc.constant('encoded'), by: fc.constantFrom(...TRUE_ENCODINGS) }),
);

export const bend: fc.Arbitrary<Bend> = fc.oneof(
  harmless,
  fc.record({ kind: fc.constant('envelope'), key, json: fc.constantFrom(undefined, 'null', ...ODD) }),
  fc.record({
    kind: fc.constant('envelope'),
    key: fc.constant('tickets'),
    json: fc.constantFrom('null', '{}', '7'),
  }),
  fc.record({ kind: fc.constant('end'), time }),
  fc.record({ kind: fc.constant('record'), index, json: fc.constantFrom(...NO_TICKET) }),
  fc.record({
    kind: fc.constant('field'),
    index,
    key: fc.constantFrom('id', 'generated_timestamp'),
    json: fc.constantFrom(...NO_NUMBER),
  }),
  fc.record({ kind: fc.constant('time'), index, time }),
  fc.constant<Bend>({ kind: 'reversed' }),
  fc.record({ kind: fc.constant('twice'), key: fc.oneof(key, fc.constant('tickets')) }),
  fc.record({ kind: fc.constant('cut'), at: fc.integer({ min: 0, max: 99 }) }),
  fc.constant<Bend>({ kind: 'doubled' }),
  around(JUNK, ['']),
  around([''], JUNK),
  fc.record({ kind: fc.constant('encoded'), by: fc.constantFrom(...FALSE_ENCODINGS) }),
);

/** A record that was sent in place of a ticket. */
export interface Spoiled {
  readonly id: number;
  readonly json: string;
}

/** @param spoil gets every record that is no ticket any more */
export function bent(how: Bend, body: string, url: URL, spoil: (record: Spoiled) => void): Reflection {
  if (how.kind === 'cut') return { body: body.slice(0, Math.floor((body.length * how.at) / 100)) };
  if (how.kind === 'around') return { body: how.before + body + how.after };
  if (how.kind === 'doubled') return { body: body + body };
  if (how.kind === 'encoded') return ENCODERS[how.by](Buffer.from(body));
  const members = membersOf(body);
  change(how, members, url, spoil);
  return { body: `{${members.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}` };
}

type Members = [name: string, json: string][];

function membersOf(json: string): Members {
  return Object.entries(JSON.parse(json) as object).map(([name, value]) => [name, JSON.stringify(value)]);
}

function change(
  how: Exclude<Bend, { kind: 'cut' | 'around' | 'doubled' | 'encoded' }>,
  members: Members,
  url: URL,
  spoil: (record: Spoiled) => void,
): void {
  const set = (name: string, json: string | undefined): void => {
    const at = members.findIndex(([other]) => other === name);
    if (at === -1) return;
    members.splice(at, 1, ...(json === undefined ? [] : [[name, json] as [string, string]]));
  };
  const tickets = JSON.parse(members.find(([name]) => name === 'tickets')?.[1] ?? '[]') as { id: number }[];
  const setTicket = (index: number, json: (ticket: { id: number }) => string): void => {
    const at = index % Math.max(1, tickets.length);
    const ticket = tickets[at];
    if (ticket === undefined) return;
    const record = json(ticket);
    spoil({ id: ticket.id, json: record });
    set(
      'tickets',
      `[${tickets.map((other, place) => (place === at ? record : JSON.stringify(other))).join(',')}]`,
    );
  };
  switch (how.kind) {
    case 'envelope':
      set(how.key, how.json);
      break;
    case 'end': {
      const second = impossible(how.time, url);
      set('end_time', String(second));
      if (url.pathname.endsWith('/cursor'))
        set('after_cursor', JSON.stringify(encodeCursor({ second, id: 1 })));
      break;
    }
    case 'record':
      setTicket(how.index, () => how.json);
      break;
    case 'field':
      setTicket(how.index, (ticket) => withField(ticket, how.key, how.json));
      break;
    case 'time':
      setTicket(how.index, (ticket) =>
        withField(ticket, 'generated_timestamp', String(impossible(how.time, url))),
      );
      break;
    case 'reversed':
      set('tickets', JSON.stringify(tickets.reverse()));
      break;
    case 'twice': {
      const member = members.find(([name]) => name === how.key);
      if (member !== undefined) members.push(member);
      break;
    }
  }
}

function withField(ticket: object, key: string, json: string): string {
  const fields = membersOf(JSON.stringify(ticket));
  return `{${fields.map(([name, value]) => `"${name}":${name === key ? json : value}`).join(',')}}`;
}

/** Ten years ahead; or before where the page was asked from. */
function impossible(time: Impossible, { searchParams }: URL): number {
  const from =
    placeOfCursor(searchParams.get('cursor') ?? '')?.second ?? Number(searchParams.get('start_time'));
  switch (time) {
    case 'future':
      return 2_065_000_000;
    case 'milliseconds':
      return 1_750_000_000_000;
    case 'before':
      return Math.max(0, from - 1000);
  }
}
