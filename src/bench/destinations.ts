import { startPostgres } from '../development/postgres';

export const DESTINATIONS = ['files', 'parquet', 'duckdb', 'postgres'] as const;

export type DestinationName = (typeof DESTINATIONS)[number];

export function isDestination(name: string): name is DestinationName {
  return DESTINATIONS.some((destination) => destination === name);
}

/** A new, empty one. */
export interface BenchDestination {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * @param folder for what is kept in files; the caller's to delete
 * @param postgres URL of a scratch database, where every run leaves a schema behind; else each has a server of its own
 */
export async function newDestination(
  name: DestinationName,
  folder: string,
  postgres: string | undefined,
): Promise<BenchDestination> {
  const close = async (): Promise<void> => undefined;
  switch (name) {
    case 'files':
      return { url: `file:${folder}/lake`, close };
    case 'parquet':
      return { url: `file:${folder}/lake?format=parquet`, close };
    case 'duckdb':
      return { url: `duckdb:${folder}/tickets.duckdb`, close };
    case 'postgres': {
      if (postgres !== undefined) {
        const url = new URL(postgres);
        url.searchParams.set('schema', `bench_${Date.now()}`);
        return { url: url.href, close };
      }
      // As safe as the others, which flush every page to disk.
      const server = await startPostgres({ fsync: 'on' });
      return { url: server.url(), close: async () => server.stop() };
    }
  }
}
