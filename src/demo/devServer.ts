import { TestWorkflowEnvironment } from '@temporalio/testing';
import { SEARCH_ATTRIBUTES } from '../../workflows/searchAttributes';
import { temporalCli } from './temporalCli';

export interface DevServerOptions {
  /** Both chosen by the system when absent. */
  readonly port?: number;
  readonly uiPort?: number;
  /** Where the histories are kept; in memory when absent. */
  readonly dbFilename?: string;
  readonly dynamicConfig?: Readonly<Record<string, string | number>>;
}

/**
 * Starts Temporal's own development server, with its Web UI and our search attributes.
 * @throws Error saying what to install when there is none to be had
 */
export async function startDevServer(options: DevServerOptions = {}): Promise<TestWorkflowEnvironment> {
  const path = await temporalCli((text) => process.stderr.write(text));
  const dynamicConfig = {
    // With the default every hop costs about 45 ms once the first dozen are used up.
    'history.transferProcessorMaxPollRPS': 2000,
    ...options.dynamicConfig,
  };
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path },
      ip: '127.0.0.1',
      ui: true,
      ...(options.port === undefined ? {} : { port: options.port }),
      ...(options.uiPort === undefined ? {} : { uiPort: options.uiPort }),
      ...(options.dbFilename === undefined ? {} : { dbFilename: options.dbFilename }),
      searchAttributes: SEARCH_ATTRIBUTES,
      extraArgs: Object.entries(dynamicConfig).flatMap(([key, value]) => [
        '--dynamic-config-value',
        `${key}=${value}`,
      ]),
    },
  });
}
