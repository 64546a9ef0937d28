import { spawnSync } from 'node:child_process';
import { newFolder } from '../development/folder';
import { NotRun } from './fault';

/** A file system of its own in memory, so small that it is soon full. */
export interface SmallDisk {
  readonly folder: string;
  grow(megabytes: number): void;
  remove(): void;
}

/** @throws NotRun where none may be mounted */
export function mountSmallDisk(megabytes: number): SmallDisk {
  const folder = newFolder();
  const size = (now: number): string => `size=${now}m`;
  try {
    run('mount', '-t', 'tmpfs', '-o', size(megabytes), 'tmpfs', folder.path);
  } catch (error) {
    folder.remove();
    throw new NotRun(`no file system can be mounted here; root can: ${String(error)}`);
  }
  const unmount = (): void => void spawnSync('umount', ['--lazy', folder.path]);
  process.once('exit', unmount);
  return {
    folder: folder.path,
    grow: (now) => {
      run('mount', '-o', `remount,${size(now)}`, folder.path);
    },
    remove: () => {
      process.off('exit', unmount);
      unmount();
      folder.remove();
    },
  };
}

function run(command: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error((error?.message ?? stderr).trim());
}
