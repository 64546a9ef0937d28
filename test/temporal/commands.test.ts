import { spawn } from 'node:child_process';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { randomBytes } from 'node:crypto';
import { listen } from '../../src/listen';
import { withoutNodeNotice } from '../support/nodeNotice';
import { SECRET, setStage, type Stage } from './stage';

/** The built commands, by the file that their npm script runs. */
const COMMANDS = [
  'worker',
  'check',
  'watch',
  'demo',
  'simulator',
  'bench',
  'faults',
  'simulate',
  'codecServer',
  'erase',
  'replayQuarantine',
  'compact',
  'verify',
];

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

/** @param reads how much of its output somebody reads: with `first` nobody after the first line, as after `| head -1` */
async function run(
  command: string,
  args: readonly string[],
  environment: Record<string, string> = {},
  reads: 'all' | 'first' = 'all',
): Promise<Ended> {
  const child = spawn(process.execPath, [`lib/src/commands/${command}.js`, ...args], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    if (reads === 'first') child.stdout.destroy();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, errors: withoutNodeNotice(errors) };
}

test.each(COMMANDS)('%s --help prints what the command does, and ends with 0', async (command) => {
  const { code, out, errors } = await run(command, ['--help']);
  expect(out).toMatch(/^[A-Z][^]*\n {2}npm (run|start)/);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
});

test.each(COMMANDS)('%s refuses an option that nobody knows, in a line', async (command) => {
  const { code, out, errors } = await run(command, ['--unknown']);
  expect({ code, out, errors }).toEqual({
    code: 2,
    out: '',
    errors: "Unknown option '--unknown'. Try --help.\n",
  });
});

describe('with an account', () => {
  let stage: Stage;
  let taken: Server;
  let port: string;

  beforeAll(async () => {
    stage = await setStage({ tickets: 10 });
    taken = createServer();
    await listen(taken, { host: '127.0.0.1', port: 0 }, 'the test');
    port = String((taken.address() as AddressInfo).port);
  });
  afterAll(async () => {
    taken.close();
    await stage.close();
  });

  function environment(): Record<string, string> {
    return {
      TEMPORAL_ADDRESS: process.env['TEMPORAL_ADDRESS'] ?? '',
      EXPORT_TASK_QUEUE: stage.taskQueue,
      EXPORT_DESTINATION: `duckdb:${stage.database}`,
      ZENDESK_SUBDOMAIN: 'acme',
      ZENDESK_BASE_URL: stage.simulator.url,
      ZENDESK_OAUTH_TOKEN: SECRET,
    };
  }

  test('a reader that leaves after the first line ends the check without a word', async () => {
    const { code, out, errors } = await run('check', [], environment(), 'first');
    expect(out).toMatch(/^ok {4}temporal: /);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
  });

  test.each([
    ['worker', 'EXPORT_HEALTH_ADDRESS', {}],
    ['worker', 'EXPORT_METRICS_ADDRESS', {}],
    ['codecServer', 'EXPORT_CODEC_ADDRESS', { EXPORT_CODEC_KEYS: `a:${randomBytes(32).toString('base64')}` }],
  ])('%s ends with 1 and a sentence where the port of %s is taken', async (command, name, more) => {
    const { code, errors } = await run(command, [], { ...environment(), ...more, [name]: port });
    const [last = ''] = errors.trimEnd().split('\n').slice(-1);
    expect(last.replace(/^The worker stopped: /, '')).toBe(
      `${name}: port ${port} of 127.0.0.1 is in use: name a free one, or stop the process that has it.`,
    );
    expect(errors).not.toMatch(/ {4}at |IllegalState/);
    expect(code).toBe(1);
  });

  test('a worker without a server says which one does not answer', async () => {
    const { code, errors } = await run('worker', [], { ...environment(), TEMPORAL_ADDRESS: '127.0.0.1:1' });
    expect(errors).toMatch(/^The worker stopped: No Temporal server answers at 127\.0\.0\.1:1: start one/m);
    expect(code).toBe(1);
  });

  test('the simulator says so, too', async () => {
    const { code, errors } = await run('simulator', ['--port', port]);
    expect(errors).toMatch(/^The simulator: port \d+ of 127\.0\.0\.1 is in use: [^\n]*\n$/);
    expect(code).toBe(1);
  });
});
