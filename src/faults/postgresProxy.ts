import { startPostgres } from '../development/postgres';
import { startProxy, type Proxy } from '../development/toxiproxy';
import { NotRun, type Circumstances, type Outcome } from './fault';
import { databaseAt, type Place } from './place';
import { setScene, type Scene } from './scene';
import { Sessions } from './sessions';

/** A PostgreSQL server that the worker reaches through a proxy, and readers without. */
interface PostgresBehindProxy {
  readonly place: Place;
  readonly proxy: Proxy;
  /** Of the server, past the proxy. */
  readonly sessions: Sessions;
  readonly scene: Scene;
}

/** @throws NotRun */
export async function withPostgresBehindProxy(
  { server }: Circumstances,
  work: (stage: PostgresBehindProxy) => Promise<Outcome>,
): Promise<Outcome> {
  const postgres = await startPostgres({ fsync: 'on' });
  const direct = postgres.url();
  const url = new URL(direct);
  const proxy = await startProxy(Number(url.port));
  if (proxy === undefined) {
    await postgres.stop();
    throw new NotRun(WITHOUT_TOXIPROXY);
  }
  url.port = String(proxy.port);
  const place = databaseAt(url.href, direct);
  const scene = await setScene(server, place.url);
  const sessions = await Sessions.open(direct);
  try {
    return await work({ place, proxy, sessions, scene });
  } finally {
    await sessions.close();
    await scene.close();
    await proxy.close();
    await postgres.stop();
  }
}

export const WITHOUT_TOXIPROXY = 'no toxiproxy-server on the PATH, and no Go to build it';
