import type { Action, CustomFields, RangeStatus, Status, StreamStatus } from '../src/contract/status';
import { iso } from '../src/contract/time';

/**
 * The status as the Web UI shows it. Its Markdown knows headings, bold, lists, links and code, and no tables; it makes
 * quotes typographic outside of code.
 * @param asOf ISO 8601. Comes last because the UI (2.42) cuts off the last line.
 */
export function renderDetails(status: Status, asOf: string): string {
  const { state, subdomain, waitingFor, lastError, actions, rejectedSignals, customFields, newFields } =
    status;
  const streams = Object.entries(status.streams);
  return [
    `## ${subdomain ?? 'Export'}: ${state}`,
    '',
    ...(lastError === null ? [] : [failure(lastError)]),
    ...(waitingFor === null ? [] : [item('Waiting for', waitingFor)]),
    item('Progress', progressText(status)),
    item('Exported', `**${status.records}** ${noun(streams)} on ${status.pages} pages`),
    item(streams.length < 2 ? 'Watermark' : 'Watermark of what is furthest behind', watermark(status)),
    ...(streams.length < 2 ? [] : streams.map(([name, stream]) => item(name, streamText(stream)))),
    ...status.leftOut.map(leftOutItem),
    ...(status.ranges.length < 2 ? [] : status.ranges.map((range) => item('Range', rangeText(range)))),
    item('Deleted / quarantined', `${status.deleted} / ${status.quarantined}`),
    ...(customFields === null ? [] : customFieldsItems(customFields)),
    ...(newFields.length === 0
      ? []
      : [item('New fields, in the raw JSON only', unmarked(newFields.join(', ')))]),
    ...actions.map(actionItem),
    ...rejectedSignals.map(({ signal, problem, at }) => item(`Refused signal ${signal}, ${at}`, problem)),
    item('As of', asOf),
  ].join('\n');
}

function item(name: string, text: string): string {
  return `- ${name}: ${text}`;
}

function failure({ stream, type, message, at, since, attempts }: NonNullable<Status['lastError']>): string {
  const where = stream === undefined ? '' : ` in ${stream}`;
  const lasts = attempts > 1 ? `since ${since}, ${attempts} attempts by ${at}` : at;
  return `- **${type}**${where} (${lasts}): ${unmarked(message)}`;
}

function leftOutItem({ stream, from, to }: Status['leftOut'][number]): string {
  const [where, which] = stream === undefined ? ['', {}] : [` of ${stream}`, { stream }];
  return item(
    `Left out by resetCursor${where}`,
    `${from} to ${to}; read it with ${code({ ...which, startTime: from })}`,
  );
}

/** What Zendesk or a database says is no Markdown: it makes no picture, and no link behind other words. */
function unmarked(text: string): string {
  return text.replace(/[[\]<]/g, '\\$&');
}

function noun(streams: readonly (readonly [string, StreamStatus])[]): string {
  const [[name] = ['tickets'], ...others] = streams;
  if (others.length > 0) return 'versions of records';
  return name === 'tickets' ? 'ticket versions' : `versions of ${name}`;
}

/** One line, so that a list of twenty streams stays readable. */
function streamText(stream: StreamStatus): string {
  const { state, percent, records, quarantined, watermark, lagSeconds, sweptAt, lastError } = stream;
  const parts = [
    `**${state}**`,
    percent === null || percent === 100 ? undefined : `${percent} %`,
    `${records} read`,
    quarantined === 0 ? undefined : `${quarantined} quarantined`,
    lagSeconds === null ? undefined : `up to ${watermark ?? ''}, ${duration(lagSeconds)} behind`,
    sweptAt === null ? undefined : `swept at ${sweptAt}`,
    lastError === null ? undefined : `${lastError.type}: ${unmarked(shorten(lastError.message))}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

const LONGEST_MESSAGE = 160;

function shorten(message: string): string {
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
}

function rangeText({ watermark, until, records }: RangeStatus): string {
  return `${watermark} to ${until ?? 'now'} (${records} read)`;
}

function watermark({ watermark, lagSeconds }: Status): string {
  if (watermark === null) return 'none yet';
  return lagSeconds === null
    ? 'none yet, from the beginning'
    : `${watermark}, ${duration(lagSeconds)} behind`;
}

function progressText({ percent, recordsPerSecond, etaSeconds }: Status): string {
  const parts = [
    percent === null ? undefined : `${percent} %`,
    recordsPerSecond === null ? undefined : `${recordsPerSecond}/s`,
    etaSeconds === null || etaSeconds === 0 ? undefined : `done in about ${duration(etaSeconds)}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ') || 'none yet';
}

function customFieldsItems({ asText, problem }: CustomFields): string[] {
  return [
    ...(problem === null ? [] : [item('Custom fields not all read or stored', unmarked(problem))]),
    ...(asText === 0 ? [] : [item('Custom fields kept as text', `${asText}, see \`ticket_fields\``)]),
  ];
}

function actionItem({ action, stream, from, to, at }: Action): string {
  const what = stream === null || stream === 'tickets' ? action : `${action} of ${stream}`;
  return item(`Operator, ${at}`, `${what} from ${place(from)} to ${place(to)}`);
}

/** A state, or a position so that it can be pasted back, with a time that people can read. */
function place(text: string): string {
  const [, startTime] = /^\{"startTime":(\d+)\}$/.exec(text) ?? [];
  if (startTime !== undefined) return code({ startTime: iso(Number(startTime)) });
  return text.startsWith('{') ? `\`${text}\`` : text;
}

function code(value: object): string {
  return `\`${JSON.stringify(value)}\``;
}

/** `2 h 05 min`, `3 min`, `41 s`. */
export function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `${Math.ceil(seconds)} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(hours / 24)} days`;
}
