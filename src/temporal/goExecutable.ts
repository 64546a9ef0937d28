import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface GoProgram {
  readonly command: string;
  /** Exact: what is built once is used for ever. */
  readonly version: string;
  /** Path of its package, as `go install` takes it. */
  readonly module: string;
  /** Before it is built: people are told how long that takes. */
  readonly building: string;
}

const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'zendesk-ticket-export');

/**
 * A command written in Go: from the PATH, from this project's cache, or built by Go into that cache.
 * @param say told what takes long
 * @returns undefined when only a download is left
 */
export function goExecutable(
  { command, version, module, building }: GoProgram,
  say: (text: string) => void,
): string | undefined {
  if (works(command)) return command;
  const cached = join(CACHE, `${command}-${version}`);
  if (existsSync(cached)) return cached;
  if (!works('go', 'version')) return undefined;
  say(`${building}, once (kept in ${CACHE}) …\n`);
  const target = join(CACHE, `build-${process.pid}`);
  mkdirSync(target, { recursive: true });
  const built = spawnSync('go', ['install', `${module}@v${version}`], {
    env: { ...process.env, GOBIN: target },
    stdio: 'pipe',
  });
  if (built.status !== 0) {
    say(`Go could not build it: ${built.stderr.toString().trim().split('\n').at(-1) ?? ''}\n`);
    return undefined;
  }
  // Renamed into place, so that a build that was interrupted is never taken for a whole one.
  renameSync(join(target, command), cached);
  rmSync(target, { recursive: true });
  return cached;
}

function works(command: string, argument = '--version'): boolean {
  return spawnSync(command, [argument], { stdio: 'ignore' }).status === 0;
}
