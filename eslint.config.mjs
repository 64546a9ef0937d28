import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const nodeBuiltins = [
  {
    group: ['node:*', 'fs', 'path', 'crypto', 'http', 'https', 'os'],
    message: 'Workflow code is deterministic: no I/O.',
  },
];

export default tseslint.config(
  { ignores: ['lib/', 'node_modules/', 'coverage/', 'export/', '.demo/'] },
  js.configs.recommended,
  {
    files: ['**/*.cjs'],
    languageOptions: { globals: { __dirname: 'readonly', module: 'writable', process: 'readonly' } },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Interfaces of ours are async on purpose: one destination awaits, another need not.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // The sandbox: only @temporalio/workflow, its own files, the pure rooms, and types of the rest.
    files: ['workflows/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: [
                '../src/*',
                '../src/**',
                '!../src/contract',
                '!../src/contract/**',
                '!../src/streams',
                '!../src/streams/**',
                '../activities/*',
                '../activities/**',
              ],
              allowTypeImports: true,
            },
            { group: ['zod', 'zod/*', '@temporalio/*', '!@temporalio/workflow', '!@temporalio/common'] },
            ...nodeBuiltins,
          ],
        },
      ],
    },
  },
  {
    // What talks to Zendesk and to databases can be used, and tested, without Temporal.
    files: [
      'src/zendesk/**/*.ts',
      'src/destinations/**/*.ts',
      'src/simulator/**/*.ts',
      'src/contract/**/*.ts',
    ],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ group: ['@temporalio/*', '../../activities/*'] }] },
      ],
    },
  },
  {
    // It knows the account and nothing of what becomes of its tickets.
    files: ['src/zendesk/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [{ group: ['@temporalio/*', '../../activities/*', '../destinations/*', '../export/*'] }],
        },
      ],
    },
  },
);
