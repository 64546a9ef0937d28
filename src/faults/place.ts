import { join } from 'node:path';
import { compareStream } from '../development/compareWithAccount';
import { openDatabase, type Database } from '../development/database';
import type { Simulator } from '../simulator';
import { openLake } from './lake';

/** A destination, and how its readers see it. */
export interface Place {
  /** For the worker. */
  readonly url: string;
  readonly open: () => Promise<Pick<Database, 'rows' | 'close'>>;
}

/** @param readers the URL for readers, where the worker's leads through a fault */
export function databaseAt(url: string, readers = url): Place {
  return {
    url,
    open: async () => {
      const database = await openDatabase(readers);
      if (database === undefined) throw new Error(`${readers} is no database.`);
      return database;
    },
  };
}

export function duckDbIn(folder: string): Place {
  return databaseAt(`duckdb:${join(folder, 'tickets.duckdb')}`);
}

/** @param folder where the files are, for readers */
export function lakeAt(url: string, folder: string): Place {
  return { url, open: async () => openLake(folder) };
}

/** @throws Error when the tickets differ */
export async function compareTickets(place: Place, simulator: Simulator): Promise<number> {
  const database = await place.open();
  try {
    return await compareStream(database, simulator, 'tickets');
  } finally {
    await database.close();
  }
}
