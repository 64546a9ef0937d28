import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import { UNDECRYPTABLE } from '../../../workflows/payloadConverter';
import { decrypt, encrypt, Undecryptable } from './encryption';
import type { CodecKeys } from '../../account/codecKeys';

/** How a client, which must say at once what it cannot read, converts what it sends and gets. */
export function clientDataConverter(keys: CodecKeys): DataConverter {
  return { ...failures(keys), payloadCodecs: [codec(keys, decrypt)] };
}

/**
 * How a worker does. What people send to a workflow must not hold it up: a payload that cannot be decrypted is handed on
 * with the reason, and the workflow's checks refuse it. What our own activities said is never guessed at: the workflow
 * task fails, and continues once a worker has the key.
 */
export function workerDataConverter(keys: CodecKeys): DataConverter {
  const lenient = (payload: Payload): Payload => {
    try {
      return decrypt(payload, keys);
    } catch (error) {
      if (!(error instanceof Undecryptable)) throw error;
      return { metadata: { encoding: Buffer.from(UNDECRYPTABLE) }, data: Buffer.from(error.message) };
    }
  };
  return { ...failures(keys), payloadCodecs: [codec(keys, decrypt, lenient)] };
}

function codec(
  keys: CodecKeys,
  read: (payload: Payload, keys: CodecKeys) => Payload,
  readForWorkflow = read,
): PayloadCodec {
  return {
    encode: async (payloads) => payloads.map((payload) => encrypt(payload, keys)),
    decode: async (payloads, context) =>
      payloads.map((payload) => (context?.type === 'workflow' ? readForWorkflow : read)(payload, keys)),
  };
}

/** A failure's message may quote what a database said, so with keys it is encrypted, too. */
function failures({ current }: CodecKeys): Pick<DataConverter, 'failureConverterPath'> {
  return current === undefined ? {} : { failureConverterPath: require.resolve('./failureConverter') };
}
