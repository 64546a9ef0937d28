import type { Status } from '../../src/contract/status';
import { expectWholeAccount, setStage, type Stage } from './stage';

describe('an export started, watched and read with the stock CLI', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage({ tickets: 5000 });
    stage.startWorker();
  });
  afterAll(async () => stage.close());

  test('brings every ticket into the database, and its result has the shape of the status', async () => {
    const { cli, workflowId, taskQueue } = stage;
    const of = ['--workflow-id', workflowId];
    const input = {
      subdomain: 'https://acme.zendesk.com/agent',
      startTime: '2000-01-01',
      perPage: 100,
      requestsPerMinute: 9999,
    };
    await cli(
      'workflow',
      'start',
      ...of,
      '--type',
      'exportTickets',
      '--task-queue',
      taskQueue,
      '--input',
      JSON.stringify(input),
    );
    await expect(cli('workflow', 'result', ...of)).resolves.toContain('completed');
    await expectWholeAccount(stage);

    const status = await stage.client.workflow.getHandle(workflowId).query<Status>('status');
    expect(status).toMatchObject({
      state: 'completed',
      subdomain: 'acme',
      tickets: 5000,
      percent: 100,
      lastError: null,
    });
    expect(await stage.client.workflow.getHandle(workflowId).result()).toEqual(status);
    const asked = await cli('workflow', 'query', ...of, '--name', 'status');
    expect(asked).toContain('"completed"');
  });

  test('continued as new on its way, and carried its memo along', async () => {
    const description = await stage.client.workflow.getHandle(stage.workflowId).describe();
    const first = stage.client.workflow.getHandle(
      stage.workflowId,
      description.raw.workflowExecutionInfo?.firstRunId ?? '',
    );
    expect((await first.describe()).status.name).toBe('CONTINUED_AS_NEW');
    expect(description.memo).toMatchObject({ state: 'completed', tickets: 5000 });
  });

  test('is a row in the workflow list', async () => {
    const listed = await stage.cli(
      'workflow',
      'list',
      '--query',
      `WorkflowId = '${stage.workflowId}' AND ExportState = 'completed' AND TicketsExported = 5000`,
    );
    expect(listed).toContain(stage.workflowId);
  });
});
