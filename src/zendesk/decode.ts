import { types } from 'node:util';
import * as zlib from 'node:zlib';
import { asBuffer } from '../bytes';
import { LARGEST_BODY, TooLarge } from './tooLarge';

/** The `accept-encoding` of requests. {@link decode} understands more. */
export const ENCODINGS = 'gzip, deflate, br';

/**
 * A body without its compression.
 * @param encoding the header `content-encoding`
 * @param largest how many bytes it may have
 * @throws TooLarge; another error when it is compressed in another way
 */
export function decode(content: Uint8Array, encoding: string | null, largest = LARGEST_BODY): Buffer {
  const encodings = (encoding ?? '').split(',').map((name) => name.trim().toLowerCase());
  const decoded = encodings.reduceRight(
    (packed, name) => decodeOnce(packed, name, largest),
    asBuffer(content),
  );
  if (decoded.length > largest) throw TooLarge.of(largest);
  return decoded;
}

function decodeOnce(content: Buffer, encoding: string, largest: number): Buffer {
  const limit = { maxOutputLength: largest };
  try {
    switch (encoding) {
      case '':
      case 'identity':
      case 'none':
        return content;
      case 'gzip':
      case 'x-gzip':
        return zlib.gunzipSync(content, { chunkSize: sizeOf(content, largest), ...limit });
      case 'deflate':
        // Some servers leave out the header that RFC 9110 asks for.
        return isZlib(content) ? zlib.inflateSync(content, limit) : zlib.inflateRawSync(content, limit);
      case 'br':
        return zlib.brotliDecompressSync(content, limit);
    }
  } catch (error) {
    const isTooLarge = types.isNativeError(error) && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw isTooLarge ? TooLarge.of(largest) : error;
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
function sizeOf(content: Buffer, largest: number): number {
  const size = content.length < 4 ? 0 : content.readUInt32LE(content.length - 4);
  return Math.min(Math.max(size, SMALLEST), LARGEST_CHUNK, largest);
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
