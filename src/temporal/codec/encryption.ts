import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import type { CodecKeys } from '../../account/codecKeys';

const { Payload: PayloadMessage } = temporal.api.common.v1;

/** As Temporal's own samples name it, so that their tools know it. */
const ENCODING = 'binary/encrypted';
const CIPHER = 'AES-256-GCM';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A payload that these keys cannot decrypt; the message says why and what to do. */
export class Undecryptable extends Error {
  override readonly name = 'Undecryptable';
}

/** The whole payload, its metadata included, as the data of a new one: IV, ciphertext and tag. */
export function encrypt(payload: Payload, { current }: CodecKeys): Payload {
  if (current === undefined) return payload;
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', current.secret, iv);
  const plain = PayloadMessage.encode(payload).finish();
  const data = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  const metadata = {
    encoding: Buffer.from(ENCODING),
    'encryption-cipher': Buffer.from(CIPHER),
    'encryption-key-id': Buffer.from(current.id),
  };
  return { metadata, data };
}

/**
 * Payloads that are not encrypted come back as they are: people start and signal exports with a CLI that has no codec.
 * @throws Undecryptable
 */
export function decrypt(payload: Payload, { byId }: CodecKeys): Payload {
  if (metadataOf(payload, 'encoding') !== ENCODING) return payload;
  const id = metadataOf(payload, 'encryption-key-id') ?? '';
  const key = byId.get(id);
  if (key === undefined) throw new Undecryptable(unknownKey(id, [...byId.keys()]));
  const data = Buffer.from(payload.data ?? []);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.secret, data.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(data.subarray(-TAG_BYTES));
    const plain = [decipher.update(data.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()];
    return PayloadMessage.decode(Buffer.concat(plain));
  } catch {
    throw new Undecryptable(
      `encrypted with the key "${id}", but this worker's key of that id does not fit, or the data was altered`,
    );
  }
}

function unknownKey(id: string, known: readonly string[]): string {
  const has = known.length === 0 ? 'is not set here' : `has only ${known.join(', ')}`;
  return `encrypted with the key "${id.slice(0, 64)}", but EXPORT_CODEC_KEYS ${has}: add the key`;
}

function metadataOf({ metadata }: Payload, name: string): string | undefined {
  const value = metadata?.[name];
  return value && Buffer.from(value).toString();
}
