import { z } from 'zod';

export interface CodecKey {
  readonly id: string;
  /** 32 bytes. */
  readonly secret: Buffer;
}

/** The keys of the payloads. With none, nothing is encrypted and nothing encrypted can be read. */
export interface CodecKeys {
  /** Encrypts what is written from now on. */
  readonly current?: CodecKey;
  /** Every key that may have been used, by id. */
  readonly byId: ReadonlyMap<string, CodecKey>;
}

export const NO_KEYS: CodecKeys = { byId: new Map() };

const KEY_BYTES = 32;
/** Nothing that could be a key: 32 bytes in base64 end in `=`. */
const ID = /^[\w.-]{1,64}$/;

/** `id:key,id2:key2`: the first key encrypts, all of them decrypt. Problems never quote a key. */
export const codecKeys = z.string().transform((text, context): CodecKeys => {
  const byId = new Map<string, CodecKey>();
  for (const [index, entry] of text.split(',').entries()) {
    const key = parseKey(entry.trim(), index + 1);
    if ('problem' in key) context.addIssue({ code: 'custom', message: key.problem });
    else if (byId.has(key.id))
      context.addIssue({ code: 'custom', message: `the id ${key.id} is used twice` });
    else byId.set(key.id, key);
  }
  const [current] = byId.values();
  return current === undefined ? NO_KEYS : { current, byId };
});

function parseKey(entry: string, position: number): CodecKey | { readonly problem: string } {
  const [id = '', encoded = '', ...rest] = entry.split(':');
  if (encoded === '' || rest.length > 0 || !ID.test(id)) {
    return { problem: `entry ${position} must be id:key, the id of letters, digits, ".", "_" or "-"` };
  }
  const secret = Buffer.from(encoded, 'base64');
  return secret.length === KEY_BYTES && secret.toString('base64') === encoded
    ? { id, secret }
    : { problem: `the key ${id} must be 32 bytes in base64, as openssl rand -base64 32 makes them` };
}
