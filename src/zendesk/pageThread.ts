import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { Position } from '../contract/page';
import { STREAMS, type StreamName } from '../streams';
import { owned } from '../bytes';
import { asUtf8, decode, TooLarge } from './decode';
import { isHtml, readErrorBody } from './errorBody';
import { NotAPage, parsePage, type ParsedPage } from './parsedPage';
import { MalformedJson } from './tokens';

/** A body as it came, and what was asked for. */
export interface PageBody {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly encoding: string | null;
  readonly stream: StreamName;
  readonly position: Position;
  readonly perPage: number;
}

/** What a body holds: a page, or what is wrong with it, in words that quote nothing of a record. */
export type ReadBody =
  | { readonly page: ParsedPage; /** Decoded size. */ readonly bytes: number }
  | { readonly problem: string; readonly kind: 'unavailable' | 'tooHeavy' };

/** Runs in a thread of its own: see {@link readInThread}. */
export default function readBody(body: PageBody): unknown {
  const read = readOrExplain(body);
  // Handed over without copying: all records are parts of one buffer.
  const buffers = 'page' in read ? new Set(read.page.records.map(({ json }) => json.buffer)) : [];
  return move({ [transferableSymbol]: [...buffers], [valueSymbol]: read });
}

function readOrExplain({ content, encoding, stream, position, perPage }: PageBody): ReadBody {
  let body: Buffer;
  try {
    body = owned(asUtf8(decode(content, encoding)));
  } catch (error) {
    return error instanceof TooLarge
      ? { problem: error.message, kind: 'tooHeavy' }
      : broken(`a body that is not ${encoding ?? 'as it says'}`);
  }
  // Seen from proxies with status 200; taking it for the end of the stream would lose everything after it.
  const start = body.toString('utf8', 0, LONGEST_START);
  if (isHtml(start)) return broken(`${readErrorBody(start).text} in place of JSON`);
  try {
    return { page: parsePage(body, { stream: STREAMS[stream], position, perPage }), bytes: body.length };
  } catch (error) {
    if (error instanceof MalformedJson) return broken(`broken JSON of ${body.length} bytes`);
    if (error instanceof NotAPage) return broken(error.message);
    throw error;
  }
}

function broken(problem: string): ReadBody {
  return { problem, kind: 'unavailable' };
}

/** Enough to find an HTML page's title. */
const LONGEST_START = 4096;
