import type { Status } from '../src/contract/status';

/** The status as the Web UI shows it. Its Markdown knows headings, bold, lists and links, and no tables. */
export function renderDetails(status: Status): string {
  const { state, subdomain, waitingFor, lastError, actions, rejectedSignals } = status;
  return [
    `## ${subdomain ?? 'Export'}: ${state}${waitingFor === null ? '' : `, waiting for ${waitingFor}`}`,
    '',
    item('Exported', `**${status.tickets}** tickets on ${status.pages} pages`),
    item('Deleted / quarantined', `${status.deleted} / ${status.quarantined}`),
    item('Watermark', `${status.watermark ?? 'none yet'}${lag(status)}`),
    item('Progress', progress(status)),
    ...(lastError === null
      ? []
      : [item(`Last failure (${lastError.type}, ${lastError.at})`, lastError.message)]),
    ...actions.map(({ action, detail, at }) =>
      item(`Operator, ${at}`, `${action}${detail === null ? '' : ` ${detail}`}`),
    ),
    ...rejectedSignals.map(({ signal, problem, at }) => item(`Refused signal ${signal}, ${at}`, problem)),
  ].join('\n');
}

function item(name: string, text: string): string {
  return `- ${name}: ${text}`;
}

function lag({ lagSeconds }: Status): string {
  return lagSeconds === null ? '' : `, ${duration(lagSeconds)} behind`;
}

function progress({ percent, ticketsPerSecond, etaSeconds }: Status): string {
  const parts = [
    percent === null ? undefined : `${percent} %`,
    ticketsPerSecond === null ? undefined : `${ticketsPerSecond} tickets/s`,
    etaSeconds === null ? undefined : `done in about ${duration(etaSeconds)}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ') || 'none yet';
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
