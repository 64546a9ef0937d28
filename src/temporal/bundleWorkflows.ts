import { writeFile } from 'node:fs/promises';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import {
  ACTIVATION_CLOCK_PATH,
  BUNDLE_PATH,
  FAILURE_CONVERTER_PATH,
  PAYLOAD_CONVERTER_PATH,
  SHARED_PATH,
  TRACED_BUNDLE_PATH,
  WORKFLOWS_PATH,
} from './bundle';

/** Part of `npm run build`: bundles the workflows once, so that workers need no compiler at run time. */
async function main(): Promise<void> {
  await bundle(BUNDLE_PATH, []);
  await bundle(TRACED_BUNDLE_PATH, ['@temporalio/interceptors-opentelemetry/lib/workflow-interceptors']);
}

async function bundle(path: string, interceptors: readonly string[]): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: WORKFLOWS_PATH,
    payloadConverterPath: PAYLOAD_CONVERTER_PATH,
    failureConverterPath: FAILURE_CONVERTER_PATH,
    workflowInterceptorModules: [ACTIVATION_CLOCK_PATH, ...interceptors.map((name) => require.resolve(name))],
    preloadModules: [SHARED_PATH],
    logger: new DefaultLogger('WARN'),
  });
  await writeFile(path, code);
}

void main();
