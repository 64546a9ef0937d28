import { move, transferableSymbol, valueSymbol } from 'piscina';
import { STREAMS, type StreamName } from '../streams';
import { freeBuffer, owned } from '../bytes';
import { asUtf8, decode } from './decode';
import { isHtml, readErrorBody, summaryOf } from './errorBody';
import { MalformedJson } from './jsonLexer';
import { NotAPage } from './notAPage';
import { TooLarge } from './tooLarge';
import { memoryOf, parsePage, type AskedPage, type ParsedPage } from './parsePage';

/** The body of an answer as it came, and what was asked for. */
export interface RawPage extends Omit<AskedPage, 'stream'> {
  readonly content: Uint8Array<ArrayBuffer>;
  /** The header `content-encoding`. */
  readonly encoding: string | null;
  readonly stream: StreamName;
}

/** Why a body is no page, in words that quote nothing of a record. */
export interface BodyProblem {
  readonly problem: string;
  readonly kind: 'unavailable' | 'tooHeavy';
}

/** Runs in a thread of its own: see `parseInThread.ts`. */
export default function parseBody(raw: RawPage): unknown {
  const parsed = pageOrProblem(raw);
  // Handed over without copying: all records are parts of it.
  const memory = 'problem' in parsed ? undefined : memoryOf(parsed);
  return move({ [transferableSymbol]: memory === undefined ? [] : [memory], [valueSymbol]: parsed });
}

function pageOrProblem({ content, encoding, stream, ...asked }: RawPage): ParsedPage | BodyProblem {
  let body: Buffer;
  try {
    body = owned(asUtf8(decode(content, encoding)));
  } catch (error) {
    return error instanceof TooLarge
      ? { problem: error.message, kind: 'tooHeavy' }
      : broken('a body that is not packed as its content-encoding says');
  }
  // Seen from proxies with status 200. Taking it for the end of the stream would lose everything after it.
  const start = body.toString('utf8', 0, LONGEST_START);
  if (isHtml(start)) {
    const said = asked.privacy === undefined ? readErrorBody(start).text : summaryOf(start);
    return broken(`${said} in place of JSON`);
  }
  try {
    const parsed = parsePage(body, { stream: STREAMS[stream], ...asked });
    // Rules have made another one of it.
    if (memoryOf(parsed) !== body.buffer) freeBuffer(body.buffer);
    return parsed;
  } catch (error) {
    if (error instanceof MalformedJson) return broken(`broken JSON of ${body.length} bytes`);
    if (error instanceof NotAPage) return broken(error.message);
    if (error instanceof TooLarge) return { problem: error.message, kind: 'tooHeavy' };
    throw error;
  }
}

function broken(problem: string): BodyProblem {
  return { problem, kind: 'unavailable' };
}

/** Enough to find an HTML page's title. */
const LONGEST_START = 4096;
