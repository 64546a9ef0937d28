import { duration } from '../../workflows/details';
import type { Glance, Sight } from './sight';

const WIDEST_BAR = 30;
const NARROWEST_BAR = 10;

/**
 * An export on a terminal: a line with a bar, and below it what it waits for or what is wrong.
 * @param nameWidth room for the workflow id, so that bars stand below each other
 * @param width of the terminal, in characters: a line that it breaks could not be redrawn
 */
export function block(sight: Sight, nameWidth: number, width: number): string[] {
  const { workflowId, glance } = sight;
  const head = `${workflowId.padEnd(nameWidth)}  ${stateOf(sight).padEnd(9)}`;
  const figures = glance === undefined ? [] : figuresOf(glance);
  const percent = glance?.percent;
  const shown =
    percent === null || percent === undefined
      ? fitting([head, ...figures], width)
      : withBar(head, percent, figures, width);
  return [cut(shown.trimEnd(), width), ...remarksOf(sight).flatMap((remark) => wrapped(remark, width))];
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
  return `${sight.workflowId}: ${parts.join(', ')}`.replace(/\s+/g, ' ');
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
    `${tickets} tickets`,
    typeof etaSeconds === 'number' && etaSeconds > 0 ? `${duration(etaSeconds)} left` : undefined,
    typeof ticketsPerSecond === 'number' && state !== 'completed'
      ? `${ticketsPerSecond.toFixed()}/s`
      : undefined,
    typeof watermark === 'string' ? `up to ${watermark}` : undefined,
    typeof lagSeconds === 'number' && state !== 'completed' ? `${duration(lagSeconds)} behind` : undefined,
  ].filter((part) => part !== undefined);
}

function remarksOf({ glance, note, ended }: Sight): string[] {
  const { state, waitingFor, lastError } = glance ?? {};
  const isProblem = lastError !== null && lastError !== undefined && state !== 'completed';
  return [
    // Of a page on its way there is nothing to wait for.
    ended === undefined && state !== 'running' ? waitingFor : undefined,
    isProblem && note === undefined ? `${lastError.type}: ${lastError.message}` : undefined,
    note,
  ].filter((remark) => typeof remark === 'string');
}

function withBar(head: string, percent: number, figures: readonly string[], width: number): string {
  const share = `${percent.toFixed(1)} %`.padStart(7);
  const line = (bar: number): string =>
    `${head}  ${'█'.repeat(Math.round((bar * percent) / 100)).padEnd(bar, '░')} ${share}`;
  const rest = fitting([line(NARROWEST_BAR), ...figures], width).length - line(NARROWEST_BAR).length;
  const bar = Math.max(NARROWEST_BAR, Math.min(WIDEST_BAR, width - rest - line(0).length));
  return fitting([line(bar), ...figures], width);
}

/** As many parts as there is room for, at least the first. */
function fitting([first = '', ...parts]: readonly string[], width: number): string {
  let line = first;
  for (const part of parts) {
    if (line.length + 2 + part.length > width) break;
    line += `  ${part}`;
  }
  return line;
}

function cut(line: string, width: number): string {
  return line.length > width ? `${line.slice(0, Math.max(0, width - 1))}…` : line;
}

const INDENT = '  ';

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = INDENT;
  for (const word of text.split(/\s+/)) {
    if (line.length > INDENT.length && line.length + 1 + word.length > width) {
      lines.push(line);
      line = INDENT;
    }
    line += line.length > INDENT.length ? ` ${word}` : word;
  }
  return [...lines, line].map((whole) => cut(whole, width));
}
