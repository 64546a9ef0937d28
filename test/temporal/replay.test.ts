import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { metricSinks } from '../../src/metrics/sinks';
import { installTelemetry } from '../../src/temporal/telemetry';

beforeAll(async () => installTelemetry('ERROR'));

/** Built by the set-up. */
const OPTIONS = { workflowBundle: { codePath: join('lib', 'workflow-bundle.js') }, sinks: metricSinks() };
const HISTORIES = join(__dirname, '..', 'replay', 'histories');

// A worker with a changed workflow must be able to take over every export that runs.
describe('the workflow replays the history of an export that', () => {
  const names = readdirSync(HISTORIES).map((file) => file.replace('.json', ''));
  test.each(names)('was %s', async (name) => {
    const history: unknown = JSON.parse(readFileSync(join(HISTORIES, `${name}.json`), 'utf8'));
    await Worker.runReplayHistory(OPTIONS, history);
  });

  test('nothing else: a history of other commands is refused', async () => {
    const text = readFileSync(join(HISTORIES, 'plain.json'), 'utf8').replaceAll(
      '"exportPage"',
      '"anotherActivity"',
    );
    await expect(Worker.runReplayHistory(OPTIONS, JSON.parse(text))).rejects.toThrow();
  });
});
