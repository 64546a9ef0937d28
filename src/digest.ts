import { createHash } from 'node:crypto';

/** SHA-256 in hex: tells two versions of a record apart, and names a record that has no usable id. */
export function digest(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}
