import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** Where commands are kept that were downloaded or built once. Their names hold their version. */
export function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(home(), '.cache'), 'zendesk-ticket-export');
}

/** Of a user whom the system does not know, as in some containers: the folder for temporary files. */
function home(): string {
  try {
    return homedir();
  } catch {
    return tmpdir();
  }
}

/** Receives a line about what takes long or has failed. */
export type Say = (text: string) => void;

/** The absolute path of a command on the PATH; undefined when there is none that runs. */
export function onPath(command: string, argument = '--version'): string | undefined {
  // The shell's own search: a bare name means nothing to programs that want a path.
  const { env } = process;
  const found = spawnSync('sh', ['-c', 'command -v "$0"', command], { env, encoding: 'utf8' });
  const path = found.stdout.trim();
  return path.startsWith('/') && spawnSync(path, [argument], { env, stdio: 'ignore' }).status === 0
    ? path
    : undefined;
}

/** A command in the cache; undefined when it is not there. */
export function cached(name: string): string | undefined {
  const path = join(cacheFolder(), name);
  return existsSync(path) ? path : undefined;
}

/**
 * Puts a command into the cache by what `make` leaves in a folder, renamed into place: one that was interrupted is never
 * taken for a whole one.
 * @param make returns the path of the new file; undefined when it failed
 */
export function keep(name: string, make: (folder: string) => string | undefined): string | undefined {
  mkdirSync(cacheFolder(), { recursive: true });
  const folder = mkdtempSync(join(cacheFolder(), 'new-'));
  try {
    const made = make(folder);
    if (made === undefined) return undefined;
    renameSync(made, join(cacheFolder(), name));
    return join(cacheFolder(), name);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface GoProgram {
  readonly command: string;
  /** An exact version: what is in the cache is never built again. */
  readonly version: string;
  /** Path of its package, as `go install` takes it. */
  readonly module: string;
  readonly minutes: number;
}

/** The absolute path of a command: from the PATH, from this project's cache, or built by Go into that cache. */
export function goProgram(program: GoProgram, say: Say): string | undefined {
  const { command, version } = program;
  return onPath(command) ?? cached(`${command}-v${version}`) ?? builtByGo(program, say);
}

/** A command built by Go, if Go is there. */
export function builtByGo({ command, version, module, minutes }: GoProgram, say: Say): string | undefined {
  const name = `${command}-v${version}`;
  if (onPath('go', 'version') === undefined) return undefined;
  say(`Building ${name} with Go, about ${minutes} minutes, once (kept in ${cacheFolder()}) …\n`);
  return keep(name, (folder) => {
    const built = spawnSync('go', ['install', `${module}@v${version}`], {
      // No C compiler is needed, and a broken one does no harm.
      env: { ...process.env, GOBIN: folder, CGO_ENABLED: '0' },
      encoding: 'utf8',
    });
    // Go names it after its folder.
    if (built.status === 0) return join(folder, basename(module));
    say(`Go could not build it: ${lastLineOf(built.stderr)}\n`);
    return undefined;
  });
}

export function lastLineOf(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
