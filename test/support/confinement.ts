import { execFileSync, spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';

/** `nobody`: who has nothing. */
const UNPRIVILEGED = 65534;
const IS_ROOT = process.getuid?.() === 0;

/**
 * A process as it runs in the image: as a user who may write nothing but what it is given, in a working directory that cannot
 * be written, without a home, with so much memory. Tests that do not run as root are unprivileged already.
 */
export interface Confinement {
  /** The working directory. */
  readonly folder: string;
  /** Where the process may write temporary files. */
  readonly temporary: string;
  /** Runs the built worker. */
  start(environment: Readonly<Record<string, string>>): ChildProcessByStdio<null, Readable, Readable>;
  remove(): void;
}

export function confine(memory: number): Confinement {
  const root = mkdtempSync(join(tmpdir(), 'confined-'));
  chmodSync(root, 0o755);
  const installation = IS_ROOT ? readable(join(root, 'installation')) : IN_PLACE;
  const group = IS_ROOT ? memoryGroup(memory) : undefined;
  const folder = join(root, 'work');
  mkdirSync(folder, { mode: 0o555 });
  const temporary = join(root, 'temporary');
  mkdirSync(temporary);
  giveAway(temporary);
  return {
    folder,
    temporary,
    start: (environment) => {
      const [command, ...args] = [
        ...(group === undefined ? [] : ['sh', '-c', 'echo $$ > "$0" && exec "$@"', group.processes]),
        ...(IS_ROOT ? AS_NOBODY : []),
        installation.node,
        installation.main,
      ];
      return spawn(command, args, {
        cwd: folder,
        env: { PATH: process.env['PATH'], TMPDIR: temporary, ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    },
    remove: () => {
      group?.remove();
      rmSync(root, { recursive: true });
    },
  };
}

/** Lets the confined process write there. */
export function giveAway(path: string): void {
  if (IS_ROOT) chownSync(path, UNPRIVILEGED, UNPRIVILEGED);
}

/** The most memory that a process has had at once, in bytes; undefined where the system does not tell. */
export function peakMemory(pid: number | undefined): number | undefined {
  const path = `/proc/${pid ?? 0}/status`;
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(existsSync(path) ? readFileSync(path, 'utf8') : '') ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

interface Installation {
  readonly node: string;
  readonly main: string;
}

const IN_PLACE: Installation = { node: process.execPath, main: resolve('lib/src/commands/worker.js') };
const AS_NOBODY = ['setpriv', `--reuid=${UNPRIVILEGED}`, `--regid=${UNPRIVILEGED}`, '--clear-groups', '--'];

/** The build where anybody may read it: in place, or a copy of it, as root's home is closed to others. */
function readable(copy: string): Installation {
  const [command, ...args] = [...AS_NOBODY, IN_PLACE.node, IN_PLACE.main, '--help'];
  if (spawnSync(command, args, { stdio: 'ignore' }).status === 0) return IN_PLACE;
  mkdirSync(copy);
  for (const part of ['lib', 'node_modules', 'package.json']) {
    // Links cost nothing, and are possible on one file system only.
    const linked = spawnSync('cp', ['-al', resolve(part), copy], { stdio: 'ignore' }).status === 0;
    if (!linked) execFileSync('cp', ['-a', resolve(part), copy]);
  }
  const node = join(copy, 'node');
  cpSync(process.execPath, node);
  return { node, main: join(copy, 'lib', 'src', 'commands', 'worker.js') };
}

interface MemoryGroup {
  /** The file that takes the ids of processes. */
  readonly processes: string;
  remove(): void;
}

/** The names of a limit in both versions of control groups. */
const LIMITS = [
  { root: '/sys/fs/cgroup', limit: 'memory.max' },
  { root: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes' },
];

/** A limit that the kernel holds, and that Node sees as the size of the machine; undefined where none may be made. */
function memoryGroup(bytes: number): MemoryGroup | undefined {
  for (const { root, limit } of LIMITS) {
    const group = join(root, `zendesk-export-test-${process.pid}`);
    try {
      mkdirSync(group);
    } catch {
      continue;
    }
    try {
      if (!existsSync(join(group, limit))) throw new Error(`no ${limit}`);
      writeFileSync(join(group, limit), String(bytes));
      return {
        processes: join(group, 'cgroup.procs'),
        remove: () => {
          rmdirSync(group);
        },
      };
    } catch {
      rmdirSync(group);
    }
  }
  return undefined;
}
