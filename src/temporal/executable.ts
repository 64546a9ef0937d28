import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The newest CLI that `go install` can build; it brings Server 1.29 and the Web UI 2.42. */
const VERSION = '1.5.1';
const MODULE = `github.com/temporalio/cli/cmd/temporal@v${VERSION}`;

const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'zendesk-ticket-export');
const CACHED = join(CACHE, `temporal-${VERSION}`);

/**
 * The `temporal` command: from the PATH, from this project's cache, or built by Go into that cache.
 * @param say told what takes long
 * @returns undefined when only a download is left
 */
export function temporalExecutable(say: (text: string) => void): string | undefined {
  if (works('temporal')) return 'temporal';
  if (existsSync(CACHED)) return CACHED;
  if (!works('go', 'version')) return undefined;
  say(`Building the Temporal CLI with Go, about three minutes, once (kept in ${CACHE}) …\n`);
  const target = join(CACHE, `build-${process.pid}`);
  mkdirSync(target, { recursive: true });
  const built = spawnSync('go', ['install', MODULE], {
    env: { ...process.env, GOBIN: target },
    stdio: 'pipe',
  });
  if (built.status !== 0) {
    say(`Go could not build it: ${built.stderr.toString().trim().split('\n').at(-1) ?? ''}\n`);
    return undefined;
  }
  // Renamed into place, so that a build that was interrupted is never taken for a whole one.
  renameSync(join(target, 'temporal'), CACHED);
  return CACHED;
}

function works(command: string, argument = '--version'): boolean {
  return spawnSync(command, [argument], { stdio: 'ignore' }).status === 0;
}
