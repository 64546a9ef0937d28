import { execFileSync } from 'node:child_process';
import { ROOT } from './markdown';

/** A file of each kind of room, with an import that it may not have. */
const FORBIDDEN = [
  ['src/streams/index.ts', "import '../contract/time';"],
  ['src/streams/index.ts', "import 'node:fs';"],
  ['src/contract/time.ts', "import '../zendesk/client';"],
  ['src/contract/time.ts', "import 'zod';"],
  ['src/contract/pageSchema.ts', "import 'node:fs';"],
  ['src/export/select.ts', "import '@temporalio/client';"],
  ['src/destinations/lease.ts', "import '../account/config';"],
  ['src/simulator/quota.ts', "import '../contract/time';"],
  ['src/temporal/client.ts', "import '../development/devServer';"],
  ['activities/index.ts', "import '../src/commands/worker';"],
  ['workflows/pace.ts', "import '../activities';"],
  ['workflows/pace.ts', "import '../src/contract/inputSchema';"],
  ['workflows/pace.ts', "import type { Client } from '../src/temporal/client';"],
  ['workflows/pace.ts', "import '@temporalio/client';"],
] as const;

const ALLOWED = [
  ['src/contract/input.ts', "import 'zod';"],
  ['src/contract/pageSchema.ts', "import 'zod';"],
  ['src/destinations/lease.ts', "import '../contract/time';"],
  ['workflows/pace.ts', "import '../src/contract/time';"],
  ['workflows/pace.ts', "import type {} from '../activities';"],
  ['src/commands/demo.ts', "import '../demo/report';"],
] as const;

/** In a process of its own: Jest does not load ESLint's configuration, which is an ES module. */
const LINT = `
  const { ESLint } = require('eslint');
  const walls = ['import-x/no-restricted-paths', '@typescript-eslint/no-restricted-imports'];
  // These rules need no types, which would take long to find out.
  const overrideConfig = { languageOptions: { parserOptions: { projectService: false } } };
  const eslint = new ESLint({ overrideConfig, ruleFilter: ({ ruleId }) => walls.includes(ruleId) });
  const cases = JSON.parse(process.argv[1]);
  const lint = async ([filePath, text]) => (await eslint.lintText(text, { filePath }))[0].errorCount;
  Promise.all(cases.map(lint)).then((counts) => console.log(JSON.stringify(counts)));
`;

test('the linter refuses what a wall forbids, and nothing else', () => {
  const cases = JSON.stringify([...FORBIDDEN, ...ALLOWED]);
  const counts: unknown = JSON.parse(
    execFileSync(process.execPath, ['-e', LINT, cases], { cwd: ROOT, encoding: 'utf8' }),
  );
  expect(counts).toEqual([...FORBIDDEN.map(() => 1), ...ALLOWED.map(() => 0)]);
});
