import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { duration } from '../../workflows/details';
import type { Glance, Sight } from './sight';

const WIDEST_BAR = 30;
const NARROWEST_BAR = 10;

/**
 * An export on a terminal: a line with a bar, and below it the figures that have no room in the line, what it waits for or
 * what is wrong. Where there is little room, the bar goes first.
 * @param nameWidth room for the workflow id, so that bars stand below each other
 * @param width of the terminal, in columns: Chinese characters and emoji take two each
 */
export function block(sight: Sight, nameWidth: number, width: number): string[] {
  const { workflowId, glance } = sight;
  const name = `${padded(workflowId, nameWidth)}  ${stateOf(sight).padEnd(9)}`;
  const figures = glance === undefined ? [] : figuresOf(glance);
  const percent = glance?.percent;
  const isKnown = percent !== null && percent !== undefined;
  const head = isKnown ? headWithBar(name, percent, figures, width) : name;
  const { line, rest } = fitting(head, figures, width);
  const below = [...(rest.length === 0 ? [] : [rest.join(', ')]), ...remarksOf(sight)];
  return [cliTruncate(line.trimEnd(), width), ...below.flatMap((text) => wrapped(text, width))];
}

/** The same in one line, for logs and pipes. */
export function sentence(sight: Sight): string {
  const { glance } = sight;
  const percent = glance?.percent;
  const parts = [
    stateOf(sight),
    ...(percent === null || percent === undefined ? [] : [`${percent} %`]),
    ...(glance === undefined ? [] : figuresOf(glance)),
    ...remarksOf(sight),
  ];
  return onOneLine(`${sight.workflowId}: ${parts.join(', ')}`);
}

/** Changes when there is something new to say: not because a second has passed. */
export function newsOf({ workflowId, glance, note, ended }: Sight): string {
  const { state, tickets, watermark, waitingFor, lastError } = glance ?? {};
  return JSON.stringify([workflowId, state, tickets, watermark, waitingFor, lastError, note, ended]);
}

function stateOf({ glance, ended }: Sight): string {
  return ended ?? glance?.state ?? 'unknown';
}

/** The most important ones first. */
function figuresOf(glance: Glance): string[] {
  const { state, tickets, ticketsPerSecond, etaSeconds, watermark, lagSeconds } = glance;
  return [
    `${tickets} ticket versions`,
    typeof etaSeconds === 'number' && etaSeconds > 0 ? `${duration(etaSeconds)} left` : undefined,
    typeof ticketsPerSecond === 'number' && state !== 'completed'
      ? `${ticketsPerSecond.toFixed()}/s`
      : undefined,
    typeof watermark === 'string' && Date.parse(watermark) > 0 ? `up to ${watermark}` : undefined,
    typeof lagSeconds === 'number' && state !== 'completed' ? `${duration(lagSeconds)} behind` : undefined,
  ].filter((part) => part !== undefined);
}

function remarksOf({ glance, note, ended }: Sight): string[] {
  const { state, waitingFor, lastError } = glance ?? {};
  const isProblem = lastError !== null && lastError !== undefined && state !== 'completed';
  return [
    // Of a page on its way there is nothing to wait for.
    ended === undefined && state !== 'running' ? waitingFor : undefined,
    isProblem ? problemOf(lastError, note) : undefined,
    note,
  ].filter((remark) => typeof remark === 'string');
}

/** @param note of the last attempt, which has its words */
function problemOf(
  { type, message, since, attempts }: NonNullable<Glance['lastError']>,
  note: string | undefined,
): string | undefined {
  const lasts = since === undefined || attempts < 2 ? '' : ` since ${since}`;
  if (note === undefined) return `${type}${lasts}: ${message}`;
  return lasts === '' ? undefined : `${type}${lasts}`;
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

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

/** Messages come from Zendesk and from databases: no control character of theirs may reach the terminal. */
function onOneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ');
}

const INDENT = '  ';

function wrapped(text: string, width: number): string[] {
  return wrapAnsi(onOneLine(text), width - INDENT.length, { hard: true })
    .split('\n')
    .map((line) => INDENT + line);
}
