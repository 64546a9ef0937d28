import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Usage } from './probe';

/** A Node process that is measured from within. */
export interface Child {
  /** Since the process began; the longest block since the last call. */
  measure(): Promise<Usage>;
  /** The first line of its output that matches. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  /** All of it so far. */
  output(): string;
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
  /** As a crash would; also of one that a signal has stopped. */
  kill(): Promise<void>;
}

/** @param through a command that runs another one in its own process, such as `strace -D` */
export function startChild(
  script: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  through: readonly string[] = [],
): Child {
  const node = [process.execPath, '--require', join(__dirname, 'probe.js'), join(__dirname, script), ...args];
  const [command = '', ...rest] = [...through, ...node];
  const child = spawn(command, rest, {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const killed = (): void => void child.kill('SIGKILL');
  process.once('exit', killed);
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      process.off('exit', killed);
      resolve();
    }),
  );
  return {
    measure: async () =>
      new Promise((resolve) => {
        child.once('message', (usage) => {
          resolve(usage as Usage);
        });
        child.send('measure');
      }),
    said: async (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(output);
          if (match === null) return;
          listeners.delete(look);
          resolve(match);
        };
        listeners.add(look);
        void ended.then(() => {
          reject(new Error(`${script} ended without saying ${String(pattern)}: ${output.slice(-2000)}`));
        });
        look();
      }),
    output: () => output,
    signal: (name) => void child.kill(name),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
