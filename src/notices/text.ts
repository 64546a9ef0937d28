import type { Notice } from '../contract/notice';
import { foreignText } from '../foreignText';

/** What is sent: the notice, or a test of the way there. */
export type Message = Notice | (Omit<Notice, 'event'> & { readonly event: 'test' });

const LONGEST_REASON = 1500;

/** What has happened and what to do, as a chat tool shows it. */
export function textOf({ event, subdomain, stream, workflowId, reason }: Message): string {
  const of = stream === undefined ? subdomain : `${subdomain} (${stream})`;
  const why = plain(reason);
  const named = `--workflow-id ${plain(workflowId)}`;
  switch (event) {
    case 'blocked':
      return `Zendesk export of ${of} is blocked. ${why} To resume: temporal workflow signal ${named} --name resume`;
    case 'unblocked':
      return `Zendesk export of ${of} continues. ${why}`;
    case 'failed':
      return `Zendesk export of ${of} has failed. ${why} To see more: temporal workflow show ${named}`;
    case 'verification_differs':
      return `Verification of ${of} has found differences. ${why} Their ids: temporal workflow result ${named}`;
    case 'test':
      return `Notices about ${of} arrive here. ${why}`;
  }
}

/**
 * On one line, and nothing that a chat tool takes for a command: a reason may quote what Zendesk or a database has answered, and
 * `<!channel>` or `@all` would call everybody.
 */
function plain(text: string): string {
  return foreignText(text, LONGEST_REASON)
    .replaceAll('](', '] (')
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replaceAll('@', '@\u200b');
}
