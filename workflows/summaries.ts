import { pageSizeOf, type ExportRequest } from '../src/contract/request';
import { iso } from '../src/contract/time';
import type { StreamName } from '../src/streams';
import { duration } from './details';
import type { Range } from './ranges';
import type { Step } from './step';

/** A page as the timeline names it. */
export function pageSummary(
  request: Pick<ExportRequest, 'perPage'>,
  stream: StreamName,
  { page, position, perPage, trouble }: Range,
): string {
  const name = stream === 'tickets' ? `page ${page}` : `${stream}, page ${page}`;
  const size = perPage < pageSizeOf(request, stream) ? `, ${perPage} records` : '';
  const again = trouble === null ? '' : `, after ${trouble.attempts} failed attempts`;
  if (position.endpoint === 'list')
    return `${name}: ${position.after === null ? 'sweep' : 'sweep, next page'}${size}${again}`;
  if ('cursor' in position) return `${name}: by cursor${size}${again}`;
  return `${name}: from ${position.startTime === 0 ? 'the beginning' : iso(position.startTime)}${size}${again}`;
}

/** A wait as the timeline names it. */
export function waitSummary(step: Extract<Step, { kind: 'wait' | 'blocked' }>, now: number): string {
  const left = duration((step.until - now) / 1000);
  if (step.kind === 'blocked') return `blocked, looks again in ${left}`;
  switch (step.reason) {
    case 'quota':
      return `quota used up, ${left}`;
    case 'poll':
      return `next poll in ${left}`;
    case 'sweep':
      return `next sweep in ${left}`;
    case 'unavailable':
      return `retries unavailable streams in ${left}`;
    case 'zendesk':
      return `Zendesk asks to wait ${left}`;
  }
}
