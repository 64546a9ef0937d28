import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { installTelemetry } from '../../src/temporal/telemetry';
import { BUNDLE, TRACED_BUNDLE } from './bundles';

beforeAll(async () => installTelemetry('ERROR'));

const HISTORIES = join(__dirname, '..', 'replay', 'histories');

// A worker with a changed workflow must be able to take over everything that runs.
describe.each([
  ['a worker', BUNDLE],
  ['a worker with tracing', TRACED_BUNDLE],
])('%s replays a history', (_, options) => {
  const names = readdirSync(HISTORIES).map((file) => file.replace('.json', ''));
  test.each(names)('%s', async (name) => {
    const history: unknown = JSON.parse(readFileSync(join(HISTORIES, `${name}.json`), 'utf8'));
    await Worker.runReplayHistory(options, history);
  });

  test('a history of other commands is refused', async () => {
    const text = readFileSync(join(HISTORIES, 'plain.json'), 'utf8').replaceAll(
      '"exportPage"',
      '"anotherActivity"',
    );
    await expect(Worker.runReplayHistory(options, JSON.parse(text))).rejects.toThrow();
  });
});
