import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { inProcess, Silent } from './crew';
import type { Mutant } from './mutants';

const LIB = join(__dirname, '../..');
const ROOT = join(LIB, '..');

/** What became of a mutant. */
export interface Verdict {
  readonly mutant: Mutant;
  /** What has caught it; null: it survived. */
  readonly check: string | null;
  /** How many histories it took, or it survived. */
  readonly histories: number;
}

/**
 * The file's text with a mutant's patch.
 * @param root where the sources are
 * @throws Error where the patch does not fit any more
 */
export async function patched({ name, file, before, after }: Mutant, root = ROOT): Promise<string> {
  const text = await readFile(join(root, file), 'utf8');
  const parts = text.split(before);
  if (parts.length !== 2)
    throw new Error(
      `The mutant "${name}" does not fit: its text is in ${file} ${parts.length - 1} times. ` +
        'Correct it in src/simulation/mutants.ts.',
    );
  return parts.join(after);
}

/**
 * Plants faults into copies of the compiled sources, one at a time, and lives through histories until one shows it.
 * @param judged gets each verdict
 */
export async function mutate(
  mutants: readonly Mutant[],
  { seed, histories, processes }: Readonly<Record<'seed' | 'histories' | 'processes', number>>,
  judged: (verdict: Verdict) => void,
): Promise<void> {
  for (const mutant of mutants) await patched(mutant);
  const left = [...mutants];
  await Promise.all(
    Array.from({ length: processes }, async () => {
      const root = await copy();
      try {
        for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift())
          judged(await judge(mutant, root, { seed, histories }));
      } finally {
        await rm(root, { recursive: true });
      }
    }),
  );
}

/** Of what runs; the checkout itself is left alone. */
async function copy(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'simulation-mutants-'));
  await cp(LIB, join(root, 'lib'), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(root, 'package.json'));
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  return root;
}

async function judge(
  mutant: Mutant,
  root: string,
  { seed, histories }: Readonly<Record<'seed' | 'histories', number>>,
): Promise<Verdict> {
  const built = mutant.file.replace(/\.ts$/, '.js');
  const source = await patched(mutant);
  await writeFile(join(root, 'lib', built), compiled(source, mutant.file));
  let lived = 0;
  try {
    const report = await inProcess(
      {
        ...{ seed, first: 0, end: histories, step: 1, shrinks: false, stopsAtFailure: true },
        ...(mutant.store === undefined ? {} : { store: mutant.store }),
      },
      () => {
        lived += 1;
      },
      join(root, 'lib'),
    );
    return { mutant, check: report.failures[0]?.check ?? null, histories: report.histories };
  } catch (error) {
    if (error instanceof Silent) return { mutant, check: 'hang', histories: lived + 1 };
    throw new Error(`The mutant "${mutant.name}" does not run.`, { cause: error });
  } finally {
    await cp(join(LIB, built), join(root, 'lib', built));
  }
}

function compiled(source: string, fileName: string): string {
  const { ES2022: target } = ts.ScriptTarget;
  const { CommonJS: module } = ts.ModuleKind;
  return ts.transpileModule(source, { fileName, compilerOptions: { target, module, esModuleInterop: true } })
    .outputText;
}
