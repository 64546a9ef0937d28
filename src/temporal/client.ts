import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { clientDataConverter } from './codec/dataConverter';
import type { CodecKeys } from '../account/codecKeys';
import { messageOf } from '../command';

/**
 * A client of the server that the `temporal` CLI would use. Close its connection.
 * @throws Error that says which server does not answer
 */
export async function connectClient(keys: CodecKeys): Promise<Client> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await namingServer(connectionOptions, Connection.connect(connectionOptions));
  return new Client({ connection, namespace, dataConverter: clientDataConverter(keys) });
}

/**
 * A connection that is being made.
 * @throws Error that says which server does not answer
 */
export async function namingServer<T>(
  { address = 'localhost:7233' }: { address?: string },
  made: Promise<T>,
): Promise<T> {
  try {
    return await made;
  } catch (error) {
    const said = messageOf(error);
    const advice = 'start one, or set TEMPORAL_ADDRESS';
    throw new Error(`No Temporal server answers at ${address}: ${advice} (${said})`, { cause: error });
  }
}
