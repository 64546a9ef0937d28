import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { duration } from '../../workflows/details';
import { onOneLine } from '../foreignText';
import type { Glance, StreamGlance, Sight } from './sight';

const WIDEST_BAR = 30;
const NARROWEST_BAR = 10;
const INDENT = '  ';

/**
 * An export on a terminal: a line with a bar, and below it the figures that have no room in the line, what it waits for or
 * what is wrong, and a line for each stream where there are several. Where there is little room, the bar goes first.
 * @param nameWidth room for the workflow id, so that bars stand below each other
 * @param width of the terminal, in columns: Chinese characters and emoji take two each
 */
export function block(sight: Sight, nameWidth: number, width: number): string[] {
  const { workflowId, glance } = sight;
  // Workflows may be started under any id, and messages come from Zendesk and databases.
  const name = `${padded(onOneLine(workflowId), nameWidth)}  ${onOneLine(stateOf(sight)).padEnd(9)}`;
  const { line, rest } = lineOf(name, glance, figuresOf(glance, nounOf(glance)), width);
  const below = [...(rest.length === 0 ? [] : [rest.join(', ')]), ...remarksOf(sight)];
  return [
    cut(line, width),
    ...below.flatMap((text) => wrapped(text, width)),
    ...streamLines(glance, nameWidth, width),
  ];
}

/** Each on one line: what has no room there is in the status. */
function streamLines(glance: Glance | undefined, nameWidth: number, width: number): string[] {
  const streams = Object.entries(glance?.streams ?? {});
  if (streams.length < 2) return [];
  return streams.map(([name, stream]) => {
    const head = `${padded(`  ${onOneLine(name)}`, nameWidth)}  ${onOneLine(stream.state).padEnd(11)}`;
    const { lastError } = stream;
    const remark =
      lastError === null || lastError === undefined
        ? []
        : [onOneLine(`${lastError.type}: ${lastError.message}`)];
    const { line } = lineOf(
      head,
      stream,
      [...figuresOf(stream, 'versions'), ...remark],
      width - INDENT.length,
    );
    return cut(INDENT + line, width);
  });
}

function lineOf(
  name: string,
  reading: StreamGlance | undefined,
  figures: readonly string[],
  width: number,
): { readonly line: string; readonly rest: readonly string[] } {
  const percent = reading?.percent;
  const isKnown = percent !== null && percent !== undefined;
  return fitting(isKnown ? headWithBar(name, percent, figures, width) : name, figures, width);
}

/** The same in one line, for logs and pipes. */
export function sentence(sight: Sight): string {
  const { glance } = sight;
  const percent = glance?.percent;
  const parts = [
    stateOf(sight),
    ...(percent === null || percent === undefined ? [] : [`${percent} %`]),
    ...figuresOf(glance, nounOf(glance)),
    ...remarksOf(sight),
  ];
  return onOneLine(`${sight.workflowId}: ${parts.join(', ')}`);
}

/** Changes when there is something new to say: not because a second has passed. */
export function newsOf({ workflowId, glance, note, ended }: Sight): string {
  const { state, tickets, records, watermark, waitingFor, lastError, streams } = glance ?? {};
  const states = Object.values(streams ?? {}).map((stream) => stream.state);
  const news = [state, tickets, records, watermark, waitingFor, lastError, ...states];
  return JSON.stringify([workflowId, ...news, note, ended]);
}

function stateOf({ glance, ended }: Sight): string {
  return ended ?? glance?.state ?? 'unknown';
}

/** What is counted: of an export of tickets alone, their versions. */
function nounOf(glance: Glance | undefined): string {
  return Object.keys(glance?.streams ?? {}).length < 2 ? 'ticket versions' : 'versions of records';
}

/** The most important ones first. */
function figuresOf(
  reading: (StreamGlance & { readonly tickets?: number }) | undefined,
  noun: string,
): string[] {
  if (reading === undefined) return [];
  const { state, records, tickets = 0, recordsPerSecond, etaSeconds, watermark, lagSeconds } = reading;
  return [
    `${records ?? tickets} ${noun}`,
    typeof etaSeconds === 'number' && etaSeconds > 0 ? `${duration(etaSeconds)} left` : undefined,
    typeof recordsPerSecond === 'number' && state !== 'completed'
      ? `${recordsPerSecond.toFixed()}/s`
      : undefined,
    typeof watermark === 'string' && Date.parse(watermark) > 0 ? `up to ${onOneLine(watermark)}` : undefined,
    typeof lagSeconds === 'number' && state !== 'completed' ? `${duration(lagSeconds)} behind` : undefined,
  ].filter((part) => part !== undefined);
}

function remarksOf({ glance, note, ended }: Sight): string[] {
  const { state, waitingFor, lastError, streams = {} } = glance ?? {};
  const isProblem = lastError !== null && lastError !== undefined && state !== 'completed';
  return [
    // Of a page on its way there is nothing to wait for.
    ended === undefined && state !== 'running' ? waitingFor : undefined,
    ...['blocked', 'unavailable'].map((held) => namesOf(streams, held)),
    isProblem ? problemOf(lastError, note) : undefined,
    note,
  ].filter((remark) => typeof remark === 'string');
}

/** The streams in that state, of several: in a pipe they have no lines of their own, and on a small terminal not all. */
function namesOf(streams: Readonly<Record<string, StreamGlance>>, state: string): string | undefined {
  const all = Object.entries(streams);
  const names = all.filter(([, stream]) => stream.state === state).map(([name]) => name);
  return names.length === 0 || all.length < 2 ? undefined : `streams ${state} (${names.join(', ')})`;
}

/** @param note of the last attempt, which has its words */
function problemOf(
  { stream, type, message, since, attempts }: NonNullable<Glance['lastError']>,
  note: string | undefined,
): string | undefined {
  const what = stream === undefined ? type : `${type} in ${stream}`;
  const lasts = since === undefined || attempts < 2 ? '' : ` since ${since}`;
  if (note === undefined) return `${what}${lasts}: ${message}`;
  return lasts === '' ? undefined : `${what}${lasts}`;
}

/** Shows a bar only where there is room for the percentage and the first figure next to it. */
function headWithBar(name: string, percent: number, figures: readonly string[], width: number): string {
  const share = `${percent.toFixed(1)} %`.padStart(7);
  const withBar = (bar: number): string =>
    `${name}  ${'█'.repeat(Math.round((bar * percent) / 100)).padEnd(bar, '░')} ${share}`;
  const [first = ''] = figures;
  if (stringWidth(`${withBar(NARROWEST_BAR)}  ${first}`) > width) return `${name}  ${share}`;
  const { line } = fitting(withBar(NARROWEST_BAR), figures, width);
  return withBar(Math.min(WIDEST_BAR, NARROWEST_BAR + width - stringWidth(line)));
}

/** A line with as many parts as there is room for, and the others. */
function fitting(
  head: string,
  parts: readonly string[],
  width: number,
): { readonly line: string; readonly rest: readonly string[] } {
  let line = head;
  for (const [index, part] of parts.entries()) {
    if (stringWidth(`${line}  ${part}`) > width) return { line, rest: parts.slice(index) };
    line += `  ${part}`;
  }
  return { line, rest: [] };
}

/** A character of two columns may stand where the line ends. */
function cut(line: string, width: number): string {
  const shown = cliTruncate(line.trimEnd(), width);
  return stringWidth(shown) > width ? cliTruncate(line.trimEnd(), width - 1) : shown;
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

function wrapped(text: string, width: number): string[] {
  return wrapAnsi(onOneLine(text), width - INDENT.length, { hard: true })
    .split('\n')
    .map((line) => INDENT + line);
}
