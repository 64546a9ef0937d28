import type { WorkflowClient } from '@temporalio/client';
import { ACCOUNT_WORKFLOW_TYPE, WORKFLOW_TYPE } from '../contract/names';

/** The workflow ids of the exports that run in the client's namespace, or on one task queue of it. */
export async function runningExports(
  client: Pick<WorkflowClient, 'list'>,
  taskQueue?: string,
): Promise<string[]> {
  const onQueue = taskQueue === undefined ? '' : ` AND TaskQueue = '${taskQueue}'`;
  const query = `WorkflowType IN ('${WORKFLOW_TYPE}', '${ACCOUNT_WORKFLOW_TYPE}') AND ExecutionStatus = 'Running'${onQueue}`;
  const ids: string[] = [];
  for await (const { workflowId } of client.list({ query })) ids.push(workflowId);
  return ids;
}
