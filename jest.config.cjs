// For the threads that tests start.
process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --require ${require.resolve('./test/support/typescript.cjs')}`;

// Packages that are ES modules and nothing else, and what they import: Node loads them from CommonJS, Jest cannot yet.
const ES_MODULES = [
  'get-port',
  'markdown-table',
  'log-update',
  '(.*/)?(ansi-escapes|ansi-regex|ansi-styles|strip-ansi|slice-ansi|wrap-ansi)',
  'cli-cursor',
  'cli-truncate',
  'environment',
  '(.*/)?(onetime|mimic-function|restore-cursor|signal-exit)',
  'string-width',
  'get-east-asian-width',
  '(.*/)?is-fullwidth-code-point',
];

/** @type {import('jest').Config} */
const common = {
  testEnvironment: 'node',
  transformIgnorePatterns: [`/node_modules/(?!(${ES_MODULES.join('|')})/)`],
  transform: {
    '^.+\\.(ts|js)$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs', ignoreDynamic: true },
      },
    ],
  },
};

// `npm run record` makes the histories and pictures that are kept in the repository; the tests only use them.
const recording = process.env.RECORD === 'yes';

/** @type {import('jest').Config} */
module.exports = {
  maxWorkers: 2,
  testTimeout: 120_000,
  projects: [
    {
      ...common,
      displayName: 'parts',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/temporal/'],
    },
    {
      ...common,
      // The built worker as a process of its own, against a Temporal server that this setup starts.
      displayName: 'temporal',
      testMatch: [
        recording ? '<rootDir>/test/temporal/record/*.test.ts' : '<rootDir>/test/temporal/*.test.ts',
      ],
      globalSetup: '<rootDir>/test/temporal/globalSetup.ts',
      globalTeardown: '<rootDir>/test/temporal/globalTeardown.ts',
    },
  ],
};
