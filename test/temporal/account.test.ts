import type { WorkflowHandle } from '@temporalio/client';
import { STREAM_NAMES, type StreamName } from '../../src/streams';
import { setStage, untilStatus, type Stage } from './stage';

/** Fails unless a table holds the newest version of every record of its stream, byte for byte. */
async function expectWholeStream({ simulator, query }: Stage, stream: StreamName): Promise<void> {
  const [version, raw] = stream === 'tickets' ? ['generated_timestamp', 'ticket'] : ['version', 'object'];
  const rows = await query(
    `SELECT id, ${version} AS version, deleted, ${raw}::VARCHAR AS json FROM ${stream} ORDER BY id`,
  );
  const stored = rows.map((row) => [Number(row['id']), Number(row['version']), row['deleted'], row['json']]);
  const truth = [...simulator.truthOf(stream).values()]
    .map((record) => [record.id, record.version, record.deleted, record.json()])
    .sort(([one], [other]) => Number(one) - Number(other));
  expect(stored.length).toBe(truth.length);
  expect(stored).toEqual(truth);
}

async function startAccount(stage: Stage, input: Record<string, unknown> = {}): Promise<WorkflowHandle> {
  return stage.client.workflow.start('exportAccount', {
    taskQueue: stage.taskQueue,
    workflowId: stage.workflowId.replace('tickets', 'account'),
    args: [{ subdomain: 'acme', startTime: 0, requestsPerMinute: 100_000, ...input }],
  });
}

describe('an export of the whole account', () => {
  let stage: Stage;
  afterEach(async () => stage.close());

  test('brings every record of every stream, and ends', async () => {
    stage = await setStage({ tickets: 3000 });
    stage.startWorker();
    const handle = await startAccount(stage);
    const result: unknown = await handle.result();
    expect(result).toMatchObject({ state: 'completed', tickets: 3000, percent: 100 });
    for (const stream of STREAM_NAMES) await expectWholeStream(stage, stream);
  });
});
