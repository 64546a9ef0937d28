import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { clientDataConverter } from '../codec/dataConverter';
import type { CodecKeys } from '../codec/keys';

/**
 * A client of the server that the `temporal` CLI would use. Close its connection.
 * @throws Error that says which server does not answer
 */
export async function connectClient(keys: CodecKeys): Promise<Client> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const { address = 'localhost:7233' } = connectionOptions;
  try {
    const connection = await Connection.connect(connectionOptions);
    return new Client({ connection, namespace, dataConverter: clientDataConverter(keys) });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new Error(
      `No Temporal server answers at ${address}: start one, or set TEMPORAL_ADDRESS (${said})`,
      {
        cause: error,
      },
    );
  }
}
