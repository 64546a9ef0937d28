import { types } from 'node:util';
import * as zlib from 'node:zlib';
import { asBuffer } from '../bytes';

/** The `accept-encoding` of requests. {@link decode} understands more. */
export const ENCODINGS = 'gzip, deflate, br';

/**
 * The largest body in bytes, compressed and decoded: twice a page of a thousand records of 60 KB. A few megabytes of gzip
 * can hold gigabytes, and all accounts of a worker share its memory.
 */
export const LARGEST_BODY = 128 * 1024 * 1024;

/** A body that is larger than {@link LARGEST_BODY}. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';

  constructor() {
    super(`an answer of more than ${LARGEST_BODY / 2 ** 20} MiB`);
  }
}

/**
 * A body without its compression.
 * @param encoding the header `content-encoding`
 * @throws TooLarge; another error when it is compressed in another way
 */
export function decode(content: Uint8Array, encoding: string | null): Buffer {
  const encodings = (encoding ?? '').split(',').map((name) => name.trim().toLowerCase());
  return encodings.reduceRight<Buffer>(decodeOnce, asBuffer(content));
}

const LIMIT = { maxOutputLength: LARGEST_BODY };

function decodeOnce(content: Buffer, encoding: string): Buffer {
  try {
    switch (encoding) {
      case '':
      case 'identity':
      case 'none':
        return content;
      case 'gzip':
      case 'x-gzip':
        return zlib.gunzipSync(content, { chunkSize: sizeOf(content), ...LIMIT });
      case 'deflate':
        // Some servers leave out the header that RFC 9110 asks for.
        return isZlib(content) ? zlib.inflateSync(content, LIMIT) : zlib.inflateRawSync(content, LIMIT);
      case 'br':
        return zlib.brotliDecompressSync(content, LIMIT);
    }
  } catch (error) {
    const isTooLarge = types.isNativeError(error) && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw isTooLarge ? new TooLarge() : error;
  }
  throw new Error(`unknown content-encoding ${encoding}`);
}

/** Method 8, and a check of the first two bytes. */
function isZlib(content: Buffer): boolean {
  return content.length >= 2 && ((content[0] ?? 0) & 0x0f) === 8 && content.readUInt16BE(0) % 31 === 0;
}

const SMALLEST = 1024;
const LARGEST_CHUNK = 64 * 1024 * 1024;

/** gzip ends with the decoded size. One buffer of that size saves copying many. */
function sizeOf(content: Buffer): number {
  const size = content.length < 4 ? 0 : content.readUInt32LE(content.length - 4);
  return Math.min(Math.max(size, SMALLEST), LARGEST_CHUNK);
}

/** A body in UTF-8, without a byte order mark. UTF-16 is converted where such a mark announces it. */
export function asUtf8(body: Buffer): Buffer {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return body.subarray(3);
  if (body[0] === 0xff && body[1] === 0xfe) return fromUtf16(body, 'utf-16le');
  if (body[0] === 0xfe && body[1] === 0xff) return fromUtf16(body, 'utf-16be');
  return body;
}

function fromUtf16(body: Buffer, encoding: string): Buffer {
  return Buffer.from(new TextDecoder(encoding).decode(body));
}
