import js from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';
import { rooms } from './eslint.rooms.cjs';

/** The walls of a room, and those of its files that may use more packages. */
function wallsIn({ more, ...room }) {
  if (more === undefined) return [wallsOf(room)];
  const packages = [...room.packages, ...more.packages];
  return [wallsOf(room), { ...wallsOf({ ...room, packages }), files: more.files }];
}

/** A room's walls: which of the other rooms, and which packages, it may not import. */
function wallsOf({ name, paths, imports, types, never, packages, temporal }) {
  const closed = rooms.filter((other) => ![name, ...imports, ...types].includes(other.name));
  const may = [...imports, ...types.map((room) => `types of ${room}`)].join(', ') || 'no other room';
  const message = `${name} may import ${may}: see eslint.rooms.cjs.`;
  const patterns = [];
  if (packages !== undefined) patterns.push({ regex: `^(?!\\.)(?!(${packages.join('|')})$)`, message });
  if (!temporal) patterns.push({ regex: '^@temporalio/', message: `${name} works without Temporal.` });
  if (never !== undefined) patterns.push({ regex: never, allowTypeImports: true, message });
  for (const room of types)
    patterns.push({
      regex: `^(\\.\\./)+${room}(/|$)`,
      allowTypeImports: true,
      message: `Only types of ${room}.`,
    });
  const zone = { target: paths, from: closed.flatMap((room) => room.paths), message };
  return {
    files: paths.map((path) => (path.endsWith('.ts') ? path : `${path}/**/*.ts`)),
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns }],
      ...(closed.length > 0 && {
        'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones: [zone] }],
      }),
    },
  };
}

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
      'no-restricted-globals': ['error', { name: 'it', message: 'Say test: one word for one thing.' }],
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
      // Interfaces are async on purpose: one destination awaits, another need not.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['**/*.ts'],
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts'] })] },
    rules: { 'import-x/no-cycle': 'error' },
  },
  ...rooms.flatMap(wallsIn),
);
