import { MessageChannel } from 'node:worker_threads';

/** The same bytes as a Buffer; no copy. */
export function viewOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
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
