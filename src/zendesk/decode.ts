import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { viewOf } from '../bytes';

/** What {@link decode} understands, as a request's `accept-encoding`. */
export const ENCODINGS = 'gzip, deflate, br';

/**
 * A body without its compression.
 * @param encoding the header `content-encoding`
 * @throws Error when it is not compressed so
 */
export function decode(content: Uint8Array, encoding: string | null): Buffer {
  const encodings = (encoding ?? '').split(',').map((name) => name.trim().toLowerCase());
  return encodings.reduceRight<Buffer>(decodeOnce, viewOf(content));
}

function decodeOnce(content: Buffer, encoding: string): Buffer {
  switch (encoding) {
    case '':
    case 'identity':
      return content;
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(content, { chunkSize: sizeOf(content) });
    case 'deflate':
      return inflateSync(content);
    case 'br':
      return brotliDecompressSync(content);
    default:
      throw new Error(`unknown content-encoding ${encoding}`);
  }
}

const SMALLEST = 1024;
const LARGEST = 64 * 1024 * 1024;

/** gzip ends in the size of what it holds: one buffer of that size saves copying many. */
function sizeOf(content: Buffer): number {
  const size = content.length < 4 ? 0 : content.readUInt32LE(content.length - 4);
  return Math.min(Math.max(size, SMALLEST), LARGEST);
}
