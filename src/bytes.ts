import { MessageChannel } from 'node:worker_threads';

/** The same bytes as a Buffer; no copy. */
export function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

/**
 * The same bytes in memory of their own, which can be handed to a thread. Node puts small buffers into one that it shares,
 * and refuses to hand that over (since Node 21; before, it copied).
 */
export function owned(bytes: Buffer): Buffer {
  if (bytes.length === bytes.buffer.byteLength) return bytes;
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}

const { port1: nowhere } = new MessageChannel();
nowhere.close();

/**
 * Frees memory at once; every view of it is empty from then on.
 * @param buffer not one that Node shares: larger than those, or made by `allocUnsafeSlow`
 */
export function freeBuffer(buffer: ArrayBufferLike): void {
  // What is handed over to nobody is gone.
  if (buffer instanceof ArrayBuffer) nowhere.postMessage(null, [buffer]);
}
