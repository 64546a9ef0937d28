/**
 * The rooms of this project, and what each may import. eslint.config.mjs makes lint rules of this table, and
 * docs/architecture.md explains it. A room may import only rooms that stand above it here, so there are no circles.
 *
 * - `paths`: its folders and files, where they are not the room's name.
 * - `imports`: the rooms it may import; `EVERYTHING` is every room above it.
 * - `types`: rooms of which it may import types, and nothing else.
 * - `never`: modules that it may not import in spite of that.
 * - `packages`: the packages it may use, Node's own modules included. Without it: all.
 * - `more`: some of its files, which may use more packages.
 * - `temporal`: whether Temporal's packages are among them.
 *
 * @typedef {object} Room
 * @property {readonly string[]} [paths]
 * @property {readonly string[]} imports
 * @property {readonly string[]} [types]
 * @property {string} [never]
 * @property {readonly string[]} [packages]
 * @property {{ readonly files: readonly string[], readonly packages: readonly string[] }} [more]
 * @property {boolean} [temporal]
 */

const EVERYTHING = 'every room above';
const PURE = ['src/streams', 'src/contract'];
const BASICS = 'basics';

/** @type {Readonly<Record<string, Room>>} */
const table = {
  'src/streams': { imports: [], packages: [] },
  'src/contract': {
    imports: ['src/streams'],
    packages: [],
    // What workflows do not import.
    more: { files: ['src/contract/input.ts', 'src/contract/*Schema.ts'], packages: ['zod'] },
  },
  'src/verify': { imports: ['src/contract'], packages: [] },
  [BASICS]: {
    paths: ['src/bytes.ts', 'src/digest.ts', 'src/foreignText.ts', 'src/json.ts', 'src/pageMemory.ts'],
    imports: [],
  },
  'src/command.ts': { paths: ['src/command.ts', 'src/nodeVersion.cjs'], imports: [] },
  'src/listen.ts': { imports: [] },
  'src/simulator': { imports: ['src/streams', 'src/command.ts', 'src/listen.ts'] },
  'src/zendesk': { imports: [...PURE, BASICS] },
  'src/notices': { imports: [...PURE, BASICS, 'src/zendesk'] },
  'src/destinations': { imports: [...PURE, BASICS, 'src/verify'] },
  'src/export': { imports: [...PURE, BASICS, 'src/zendesk', 'src/destinations', 'src/verify'] },
  'src/account': {
    imports: [...PURE, BASICS, 'src/zendesk', 'src/notices', 'src/destinations', 'src/export'],
  },
  'src/erase': { imports: [...PURE, BASICS, 'src/zendesk', 'src/destinations'] },
  'src/metrics': { imports: [...PURE, BASICS, 'src/listen.ts', 'src/zendesk'], temporal: true },
  activities: {
    imports: [
      ...PURE,
      'src/verify',
      BASICS,
      'src/zendesk',
      'src/notices',
      'src/destinations',
      'src/export',
      'src/account',
      'src/metrics',
    ],
    temporal: true,
  },
  workflows: {
    imports: [...PURE, 'src/verify'],
    types: ['activities'],
    // They bring zod, which has no place in the sandbox.
    never: '^\\.\\./src/contract/(input|.*Schema)$',
    packages: ['@temporalio/workflow', '@temporalio/common'],
    temporal: true,
  },
  'src/temporal': {
    imports: [
      ...PURE,
      BASICS,
      'src/command.ts',
      'src/listen.ts',
      'src/zendesk',
      'src/account',
      'src/metrics',
      'activities',
      'workflows',
    ],
    temporal: true,
  },
  'src/check': {
    imports: [
      ...PURE,
      BASICS,
      'src/zendesk',
      'src/notices',
      'src/destinations',
      'src/account',
      'src/temporal',
    ],
    temporal: true,
  },
  'src/watch': { imports: [...PURE, BASICS, 'workflows'], temporal: true },
  'src/development': { imports: [EVERYTHING], temporal: true },
  'src/demo': { imports: [EVERYTHING], temporal: true },
  'src/simulation': { imports: [EVERYTHING], temporal: true },
  'src/bench': { imports: [EVERYTHING], temporal: true },
  'src/faults': { imports: [EVERYTHING], temporal: true },
  'src/commands': { imports: [EVERYTHING], temporal: true },
  test: { imports: [EVERYTHING], temporal: true },
};

const names = Object.keys(table);

/** The table with everything filled in. */
const rooms = Object.entries(table).map(([name, { imports, ...room }], index) => ({
  name,
  paths: [name],
  types: [],
  temporal: false,
  ...room,
  imports: imports.includes(EVERYTHING) ? names.slice(0, index) : imports,
  importsEverything: imports.includes(EVERYTHING),
}));

module.exports = { rooms };
