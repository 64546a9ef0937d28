import { STREAM_NAMES } from '../../src/streams';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator, type Simulator } from '../../src/simulator';
import { withoutNodeNotice } from '../support/nodeNotice';
import { eventually, SECRET, setStage, type Stage } from './stage';

let stage: Stage;
let agents: Simulator;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'check-'));
  stage = await setStage({ tickets: 10 });
  agents = await startSimulator({ tickets: 10, tokens: { bearer: SECRET }, role: 'agent' });
  const accounts = [
    { subdomain: 'acme', baseUrl: stage.simulator.url, oauthToken: SECRET },
    { subdomain: 'globex', baseUrl: agents.url, oauthToken: SECRET },
  ];
  writeFileSync(
    join(folder, 'export.json'),
    JSON.stringify({ destinations: { lake: `file:${folder}/lake` }, accounts }),
  );
});

afterEach(async () => {
  await stage.close();
  await agents.close();
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly lines: string[];
}

async function check(accounts: readonly string[], environment: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const { PATH = '', TEMPORAL_ADDRESS = '' } = process.env;
    const env = {
      PATH,
      TEMPORAL_ADDRESS,
      EXPORT_TASK_QUEUE: stage.taskQueue,
      EXPORT_CONFIG: join(folder, 'export.json'),
      ...environment,
    };
    const child = execFile(
      process.execPath,
      ['lib/src/commands/check.js', ...accounts],
      { env },
      (_error, stdout, stderr) => {
        resolve({
          code: child.exitCode,
          lines: `${stdout}${withoutNodeNotice(stderr)}`.trimEnd().split('\n'),
        });
      },
    );
  });
}

test('the check of all accounts ends with 1 when one could not be exported, and of the good one with 0', async () => {
  const good = await check(['acme']);
  expect(good).toEqual({
    code: 0,
    lines: [
      `ok    temporal: namespace default, task queue ${stage.taskQueue}, no worker yet`,
      'ok    destination lake: takes pages',
      `ok    acme: account at ${stage.simulator.url}`,
      'ok    acme: bearer token',
      'ok    acme: user Demo Admin, role admin',
      'ok    acme: scopes: read; Zendesk does not say when the token ends',
      'ok    acme: may export; Zendesk does not show the quota',
      `ok    acme: may also read ${STREAM_NAMES.slice(1).join(', ')}`,
      'ok    acme: goes to the destination lake',
    ],
  });
  const all = await check([]);
  expect(all.code).toBe(1);
  expect(all.lines.filter((line) => line.startsWith('fail'))).toEqual([
    expect.stringMatching(/^fail {2}globex: .* role agent/),
  ]);
  expect(all.lines.join('\n')).not.toContain(SECRET);
});

test('a worker that polls the task queue is counted', async () => {
  stage.startWorker();
  const { lines } = await eventually(async () => {
    const seen = await check(['acme']);
    return seen.lines[0]?.endsWith('workers: 1') === true ? seen : undefined;
  }, 'the worker to be seen');
  expect(lines[0]).toMatch(/^ok/);
});

test.each([
  [
    { TEMPORAL_ADDRESS: '127.0.0.1:1' },
    [],
    /^fail {2}temporal: No Temporal server answers at 127\.0\.0\.1:1/,
  ],
  [{ TEMPORAL_NAMESPACE: 'elsewhere' }, [], /^fail {2}temporal: Namespace elsewhere is not found/],
  [{}, ['initech'], /^The configuration has no account initech: it has acme/],
  [{ EXPORT_CONFIG: '/nowhere' }, [], /^- EXPORT_CONFIG: the file \/nowhere cannot be read/],
])('with %j and %j it ends with 1 and a sentence', async (environment, accounts, sentence) => {
  const { code, lines } = await check(accounts, environment);
  expect(code).toBe(1);
  expect(lines).toContainEqual(expect.stringMatching(sentence));
});
