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

const bodies = new WeakSet<ArrayBufferLike>();

/** Says that this memory holds one body and nothing else, so that what lies between its records may be overwritten. */
export function markAsBody({ buffer }: Uint8Array): void {
  bodies.add(buffer);
}

/** Whether it was marked. Its size says nothing: how large the memory is that Node shares differs between versions. */
export function isOfBody({ buffer }: Uint8Array): boolean {
  return bodies.has(buffer);
}

const { port1: nowhere } = new MessageChannel();
nowhere.close();

/**
 * Frees at once what a view is of. The garbage collector would let a dozen pages pile up, and stop everything else when it
 * comes. Nothing may use it any more.
 * @param view not of Node's pool: larger than that, or made by `allocUnsafeSlow`
 */
export function free({ buffer }: Uint8Array): void {
  // What is handed over to nobody is gone.
  if (buffer instanceof ArrayBuffer) nowhere.postMessage(null, [buffer]);
}
