/** Names people type; changing one breaks their scripts. */
export const WORKFLOW_TYPE = 'exportTickets';
export const DEFAULT_TASK_QUEUE = 'zendesk-export';

/** By convention; Temporal then refuses a second export of the same account. */
export function workflowIdOf(subdomain: string): string {
  return `zendesk-tickets-${subdomain}`;
}

/** The subdomain of a workflow id that keeps to the convention; another id as it is. */
export function subdomainOf(workflowId: string): string {
  return workflowId.replace(new RegExp(`^${workflowIdOf('')}`), '');
}
