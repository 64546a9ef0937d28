import { writeFile } from 'node:fs/promises';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import {
  BUNDLE_PATH,
  FAILURE_CONVERTER_PATH,
  PAYLOAD_CONVERTER_PATH,
  WORKFLOWS_PATH,
} from './temporal/bundle';

/** Part of `npm run build`: bundles the workflows once, so that workers need no compiler at run time. */
async function main(): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: WORKFLOWS_PATH,
    payloadConverterPath: PAYLOAD_CONVERTER_PATH,
    failureConverterPath: FAILURE_CONVERTER_PATH,
    logger: new DefaultLogger('WARN'),
  });
  await writeFile(BUNDLE_PATH, code);
}

void main();
