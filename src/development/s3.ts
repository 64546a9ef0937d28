import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { goProgram } from './executables';

export const ACCESS_KEY = 'test';
export const SECRET_KEY = 'a very secret key';
export const BUCKET = 'tickets';

/** A real S3 server with one bucket, whose objects are the files of a folder. */
export interface S3Server {
  /** The query that a destination's URL needs to reach it. */
  readonly query: string;
  /** Where the bucket's objects are. */
  readonly folder: string;
  /** An outage: nothing listens any more. */
  stop(): void;
  /** Its end: it is back with its objects, at the same address. */
  restart(...flags: string[]): Promise<void>;
  remove(): Promise<void>;
}

const VERSITYGW = {
  command: 'versitygw',
  version: '1.8.0',
  module: 'github.com/versity/versitygw/cmd/versitygw',
  minutes: 5,
};

/** Starts versitygw: from the PATH, from this project's cache, or built by Go into that cache. */
export async function startS3(): Promise<S3Server> {
  const executable = goProgram(VERSITYGW, (text) => process.stderr.write(text));
  if (executable === undefined)
    throw new Error('This needs versitygw (github.com/versity/versitygw) on the PATH, or Go to build it.');
  const root = await mkdtemp(join(tmpdir(), 's3-'));
  await mkdir(join(root, BUCKET));
  const port = await getPort();
  const flags = ['--access', ACCESS_KEY, '--secret', SECRET_KEY, '--port', `127.0.0.1:${port}`, '--quiet'];
  let server: ChildProcess | undefined;
  // At once: with the connections that are open.
  const stop = (): void => void server?.kill('SIGKILL');
  const start = async (...more: string[]): Promise<void> => {
    server = spawn(executable, [...flags, ...more, 'posix', root], { stdio: 'ignore' });
    await untilListening(`http://127.0.0.1:${port}`, server);
  };
  process.once('exit', stop);
  await start();
  return {
    query: `endpoint=http://127.0.0.1:${port}&pathStyle=true&region=us-east-1`,
    folder: join(root, BUCKET),
    stop,
    restart: start,
    remove: async () => {
      stop();
      process.off('exit', stop);
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function untilListening(url: string, server: ChildProcess): Promise<void> {
  while (server.exitCode === null) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`versitygw ended with code ${server.exitCode} instead of starting`);
}
