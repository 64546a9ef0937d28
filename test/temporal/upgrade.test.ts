import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { eventually, expectWholeAccount, setStage, untilStatus, type Stage } from './stage';

/** The build with a workflow that differs as a release's may. */
let nextRelease: string;
beforeAll(async () => {
  nextRelease = mkdtempSync(join(tmpdir(), 'release-'));
  cpSync('lib', join(nextRelease, 'lib'), { recursive: true });
  symlinkSync(resolve('node_modules'), join(nextRelease, 'node_modules'));
  const { code } = await bundleWorkflowCode({
    workflowsPath: resolve('lib/workflows/index.js'),
    payloadConverterPath: resolve('lib/workflows/payloadConverter.js'),
    failureConverterPath: resolve('lib/workflows/failureConverter.js'),
    workflowInterceptorModules: [resolve('test/temporal/nextRelease.ts')],
    logger: new DefaultLogger('WARN'),
  });
  writeFileSync(join(nextRelease, 'lib', 'workflow-bundle.js'), code);
});
afterAll(() => {
  rmSync(nextRelease, { recursive: true });
});

let stage: Stage;
afterEach(async () => stage.close());

test.each([
  ['version 1', '1'],
  ['a worker without versions', undefined],
])('an export that runs on %s continues, on version 2, once that is current', async (_, firstBuild) => {
  stage = await setStage({ tickets: 1500, latencyMs: 50 });
  const deployment = `export-${stage.taskQueue}`;
  const version = (build: string): Record<string, string> => ({
    TEMPORAL_DEPLOYMENT_NAME: deployment,
    TEMPORAL_WORKER_BUILD_ID: build,
  });
  const makeCurrent = async (build: string): Promise<void> => {
    await eventually(
      async () =>
        stage
          .cli(
            ...['worker', 'deployment', 'set-current-version', '--yes'],
            ...['--deployment-name', deployment, '--build-id', build],
          )
          .catch(() => undefined),
      `version ${build} to be known`,
    );
  };
  const first = stage.startWorker(firstBuild === undefined ? {} : version(firstBuild));
  if (firstBuild !== undefined) await makeCurrent(firstBuild);
  const handle = await stage.startExport({ perPage: 100 });
  await untilStatus(handle, 'some pages', ({ pages }) => pages >= 2);
  await handle.executeUpdate('pause');

  stage.startWorker(version('2'), join(nextRelease, 'lib'));
  await makeCurrent('2');
  expect(await first.kill('SIGTERM')).toBe(0);
  await handle.signal('resume');
  expect(await handle.result()).toMatchObject({ state: 'completed', tickets: 1500 });
  await expectWholeAccount(stage);

  const { events } = await handle.fetchHistory();
  const summaries = (events ?? []).map(({ userMetadata }) => String(userMetadata?.summary?.data ?? ''));
  expect(summaries.join()).toMatch(/page 1:.*sheet \d+:/);
  const { raw } = await handle.describe();
  expect(raw.workflowExecutionInfo?.versioningInfo).toMatchObject({ deploymentVersion: { buildId: '2' } });
});
