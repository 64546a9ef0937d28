/** Names people type; changing one breaks their scripts. */
export const WORKFLOW_TYPE = 'exportTickets';
/** The same, of all streams where the input names none. */
export const ACCOUNT_WORKFLOW_TYPE = 'exportAccount';

/** Compares what an export has brought with the account. */
export const VERIFY_WORKFLOW_TYPE = 'verifyTickets';

/** Whether a workflow of that type is an export. */
export function isExport(workflowType: string): boolean {
  return workflowType === WORKFLOW_TYPE || workflowType === ACCOUNT_WORKFLOW_TYPE;
}

export const DEFAULT_TASK_QUEUE = 'zendesk-export';

/** By convention; Temporal then refuses a second export of the same account. */
export function accountWorkflowIdOf(subdomain: string): string {
  return `zendesk-account-${subdomain}`;
}

/** The name of an export: its workflow id, without the time that a schedule appends to those of its runs. */
export function exportName(workflowId: string): string {
  return workflowId.replace(/-\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/, '');
}

/** By convention; Temporal then refuses a second verification of the same. */
export function verificationWorkflowIdOf(subdomain: string, stream = 'tickets'): string {
  return `zendesk-verify-${subdomain}${stream === 'tickets' ? '' : `-${stream}`}`;
}
