// For the threads that tests start.
process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --require ${require.resolve('./test/support/typescript.cjs')}`;

/** @type {import('jest').Config} */
const common = {
  testEnvironment: 'node',
  // Packages that are ES modules alone: Node loads them from CommonJS, Jest must translate them.
  transformIgnorePatterns: ['/node_modules/(?!(get-port)/)'],
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
