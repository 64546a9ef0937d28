import { isGrpcServiceError } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import type { CodecKeys } from '../account/codecKeys';
import { connectClient } from '../temporal/client';
import type { Fact } from './fact';

const { TASK_QUEUE_TYPE_ACTIVITY } = temporal.api.enums.v1.TaskQueueType;

/** Whether the server that the `temporal` CLI would use is there, and who works on the task queue. */
export async function checkTemporal(taskQueue: string, keys: CodecKeys): Promise<Fact> {
  const about = 'temporal';
  try {
    const client = await connectClient(keys);
    const { connection, workflowService } = client;
    const { namespace } = client.options;
    try {
      await workflowService.describeNamespace({ namespace });
      const { pollers } = await workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: taskQueue },
        taskQueueType: TASK_QUEUE_TYPE_ACTIVITY,
      });
      const workers = pollers.length === 0 ? 'no worker yet' : `workers: ${pollers.length}`;
      return { kind: 'ok', about, text: `namespace ${namespace}, task queue ${taskQueue}, ${workers}` };
    } finally {
      await connection.close();
    }
  } catch (error) {
    const said = isGrpcServiceError(error)
      ? error.details
      : error instanceof Error
        ? error.message
        : String(error);
    return { kind: 'fail', about, text: said };
  }
}
