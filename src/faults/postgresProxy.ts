import { startPostgres } from '../development/postgres';
import { startProxy, type Proxy } from '../development/toxiproxy';
import { NotRun } from './fault';
import { databaseAt, type Place } from './place';

/** A PostgreSQL server that the worker reaches through a proxy, and readers without. */
export interface PostgresBehindProxy {
  readonly place: Place;
  /** Past the proxy. */
  readonly direct: string;
  readonly proxy: Proxy;
  readonly close: () => Promise<void>;
}

/** @throws NotRun */
export async function startPostgresBehindProxy(): Promise<PostgresBehindProxy> {
  const postgres = await startPostgres({ fsync: 'on' });
  const direct = postgres.url();
  const url = new URL(direct);
  const proxy = await startProxy(Number(url.port));
  if (proxy === undefined) {
    await postgres.stop();
    throw new NotRun(WITHOUT_TOXIPROXY);
  }
  url.port = String(proxy.port);
  return {
    place: databaseAt(url.href, direct),
    direct,
    proxy,
    close: async () => {
      await proxy.close();
      await postgres.stop();
    },
  };
}

export const WITHOUT_TOXIPROXY = 'no toxiproxy-server on the PATH, and no Go to build it';
