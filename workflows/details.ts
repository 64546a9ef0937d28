import type { RangeStatus, Status } from '../src/contract/status';

/**
 * The status as the Web UI shows it. Its Markdown knows headings, bold, lists and links, and no tables.
 * @param asOf ISO 8601. Comes last because the UI (2.42) cuts off the last line.
 */
export function renderDetails(status: Status, asOf: string): string {
  const { state, subdomain, waitingFor, lastError, actions, rejectedSignals, customFields, newFields } =
    status;
  return [
    `## ${subdomain ?? 'Export'}: ${state}`,
    '',
    ...(waitingFor === null ? [] : [item('Waiting for', waitingFor)]),
    item('Progress', progress(status)),
    item('Exported', `**${status.tickets}** tickets on ${status.pages} pages`),
    item('Watermark', `${status.watermark ?? 'none yet'}${lag(status)}`),
    ...(status.ranges.length < 2 ? [] : status.ranges.map((range) => item('Range', rangeText(range)))),
    item('Deleted / quarantined', `${status.deleted} / ${status.quarantined}`),
    ...(customFields === null || customFields.asText === 0
      ? []
      : [item('Custom fields kept as text', `${customFields.asText}, see \`ticket_fields\``)]),
    ...(newFields.length === 0 ? [] : [item('New fields, in the raw JSON only', newFields.join(', '))]),
    ...(lastError === null
      ? []
      : [item(`Last failure (${lastError.type}, ${lastError.at})`, lastError.message)]),
    ...actions.map(({ action, from, to, at }) => item(`Operator, ${at}`, `${action}: ${from} → ${to}`)),
    ...rejectedSignals.map(({ signal, problem, at }) => item(`Refused signal ${signal}, ${at}`, problem)),
    item('As of', asOf),
  ].join('\n');
}

function item(name: string, text: string): string {
  return `- ${name}: ${text}`;
}

function rangeText({ watermark, until, tickets }: RangeStatus): string {
  return `${watermark} to ${until ?? 'now'} (${tickets} tickets read)`;
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
