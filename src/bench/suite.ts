import type { Client } from '@temporalio/client';
import type { Options } from './arguments';

/** A Temporal server that no other suite has used. */
export interface Server {
  readonly client: Client;
  readonly address: string;
}

/** Prints its table, and returns the figures for the JSON file. */
export type Suite = (bench: Bench) => Promise<object>;

export interface Bench {
  readonly server: Server;
  readonly options: Options;
  readonly say: (line: string) => void;
}
