import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseInput } from '../../src/contract/input';
import { inputSchema } from '../../src/contract/inputSchema';
import { parseVerificationInput, verificationSchema } from '../../src/contract/verificationSchema';
import { STREAM_NAMES } from '../../src/streams';
import { checkReset, DESCRIPTIONS } from '../../workflows/messages';
import { commands, temporalCommands, valuesOf } from './commands';
import { anchors, links, pages, ROOT } from './markdown';

const NOW = Math.floor(Date.now() / 1000);

test('every link and every picture leads to a file, and its anchor to a heading', () => {
  const broken = pages().flatMap((page) =>
    links(page)
      .filter((target) => !/^(https?|mailto):/.test(target))
      .filter((target) => {
        const [file = '', anchor] = target.split('#');
        const path = file === '' ? page.path : normalize(join(dirname(page.path), file));
        if (!existsSync(join(ROOT, path))) return true;
        const linked = pages().find((other) => other.path === path);
        return anchor !== undefined && linked?.path !== undefined && !anchors(linked).has(anchor);
      })
      .map((target) => `${page.path}: ${target}`),
  );
  expect(broken).toEqual([]);
});

test('every npm script that is named exists, and every npx program is installed', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  const exists = (words: readonly string[]): boolean => {
    const [first = '', second = '', third = ''] = words.filter((word) => word !== '--silent');
    if (first === 'npx') return existsSync(join(ROOT, 'node_modules', '.bin', second));
    return (
      ['ci', 'cit', 'outdated', 'pack'].includes(second) || (second === 'run' ? third : second) in scripts
    );
  };
  const named = commands().filter(({ words: [first] }) => first === 'npm' || first === 'npx');
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter(({ words }) => !exists(words)).map(({ where }) => where)).toEqual([]);
});

/** Has a page of its own, docs/encryption.md. */
const CODEC_SERVER = ['EXPORT_CODEC_ADDRESS', 'EXPORT_CODEC_ORIGINS', 'EXPORT_CODEC_TOKEN'];

describe('environment variables', () => {
  const OURS = /\b(?:ZENDESK|EXPORT|TEST|PROPERTY)_[A-Z_]*[A-Z]\b/g;
  const named = new Set(pages().flatMap(({ text }) => text.match(OURS) ?? []));
  const read = new Set(
    ['src', 'test'].flatMap((folder) => sources(folder).flatMap((text) => text.match(OURS) ?? [])),
  );

  test('those that are named are read by the code', () => {
    expect([...named].filter((name) => !read.has(name))).toEqual([]);
  });

  test('those that the code reads are named', () => {
    expect([...read].filter((name) => !named.has(name))).toEqual([]);
  });

  test('those of the worker are in the table of docs/configuration.md', () => {
    const { text = '' } = pages().find(({ path }) => path === 'docs/configuration.md') ?? {};
    const table = text.split('\n').filter((line) => line.startsWith('| `'));
    const worker = sources('src/account')
      .flatMap((source) => source.match(/\b(?:ZENDESK|EXPORT|OTEL)_[A-Z_]+\b/g) ?? [])
      .filter((name) => !CODEC_SERVER.includes(name));
    expect(worker.filter((name) => !table.join().includes(`\`${name}\``))).toEqual([]);
  });

  test("Temporal's are those of its library, and those that the worker reads", () => {
    const library = readFileSync(
      join(ROOT, 'node_modules/@temporalio/envconfig/lib/envconfig-toml.js'),
      'utf8',
    );
    const reading = [library, ...sources('src')].join('\n');
    const known = new Set(reading.match(/TEMPORAL_[A-Z_]+/g));
    const temporal = pages().flatMap(({ text }) => text.match(/\bTEMPORAL_[A-Z_]*[A-Z]\b(?!_)/g) ?? []);
    expect(temporal.length).toBeGreaterThan(0);
    expect(temporal.filter((name) => !known.has(name))).toEqual([]);
  });
});

test('the table of the input has every field that the schema has, and no other', () => {
  const { text = '' } = pages().find(({ path }) => path === 'docs/configuration.md') ?? {};
  const [, table = ''] = text.split('## The input of an export');
  const fields = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, field]) => field);
  expect(fields.sort()).toEqual(
    Object.keys(
      inputSchema({ now: NOW, accounts: ['acme'], continued: [], streams: ['tickets'], onlyLists: false })
        .shape,
    ).sort(),
  );
});

test('the table of the input of a verification has every field that its schema has, and no other', () => {
  const { text = '' } = pages().find(({ path }) => path === 'docs/verify.md') ?? {};
  const [, table = ''] = /\n\| input .*\n\|[ -|]*\n((?:\|.*\n)+)/.exec(text) ?? [];
  const fields = table.split('\n').flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)]);
  expect(fields.map(([, field]) => field).sort()).toEqual(
    Object.keys(verificationSchema(['acme']).shape).sort(),
  );
});

describe('what is given as --input', () => {
  const given = temporalCommands().flatMap((command) =>
    valuesOf(command, '--input').map((text) => ({ ...command, text })),
  );

  test('to an export is accepted by its schema', () => {
    const starts = given.filter(({ subcommand }) => /^(workflow start|schedule create)$/.test(subcommand));
    expect(starts.length).toBeGreaterThan(2);
    for (const command of starts) {
      const { text, where } = command;
      const isVerification = valuesOf(command, '--type').includes('verifyTickets');
      const start = (): unknown =>
        isVerification
          ? parseVerificationInput(JSON.parse(text), ['acme'])
          : parseInput(JSON.parse(text), { now: NOW, accounts: ['acme'] });
      expect({ where, problem: thrownBy(start) }).toEqual({ where, problem: undefined });
    }
  });

  test('to resetCursor is accepted by its check, and refused where a refusal is shown', () => {
    const resets = given.filter((command) => valuesOf(command, '--name').includes('resetCursor'));
    expect(resets.length).toBeGreaterThan(2);
    for (const { text, where, isSession } of resets) {
      const payload: unknown = JSON.parse(text);
      const streams = text.includes('"stream"') ? STREAM_NAMES : (['tickets'] as const);
      expect({ where, ok: checkReset(payload, streams, NOW).ok }).toEqual({ where, ok: !isSession });
    }
  });

  test('to a signal or update that there is', () => {
    const names = temporalCommands()
      .filter(({ subcommand }) => /^workflow (signal|update|query)/.test(subcommand))
      .flatMap((command) => valuesOf(command, '--name'));
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !Object.hasOwn(DESCRIPTIONS, name))).toEqual([]);
  });
});

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|cjs)$/.test(path) && !path.startsWith('docs'))
    .map((path) => readFileSync(join(ROOT, folder, path), 'utf8'));
}

function thrownBy(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return String(error);
  }
}
