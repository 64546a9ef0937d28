import { join } from 'node:path';

const BUILT = join(__dirname, '..', '..');

export const WORKFLOWS_PATH = join(BUILT, 'workflows', 'index.js');
export const PAYLOAD_CONVERTER_PATH = join(BUILT, 'workflows', 'payloadConverter.js');
export const FAILURE_CONVERTER_PATH = join(BUILT, 'workflows', 'failureConverter.js');
export const ACTIVATION_CLOCK_PATH = join(BUILT, 'workflows', 'activationClock.js');
/** Loaded once for all workflows of a worker. */
export const SHARED_PATH = join(BUILT, 'workflows', 'shared.js');
/** Written by `npm run build`. */
export const BUNDLE_PATH = join(BUILT, 'workflow-bundle.js');
/** The same with OpenTelemetry's interceptors, which send a header with every activity. */
export const TRACED_BUNDLE_PATH = join(BUILT, 'workflow-bundle-traced.js');
