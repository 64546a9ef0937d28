import { brotliCompressSync, constants, deflateRawSync, gzipSync } from 'node:zlib';
import { LARGEST_ANSWER, LARGEST_BODY } from '../../src/zendesk/tooLarge';
import { send, withoutSecret } from '../../src/zendesk/http';
import { everythingOf, failureOf } from './failures';
import { closeServers, serve, serveAlways } from './oddServer';

afterEach(closeServers);

const never = new AbortController().signal;
const PATIENT = { answerMs: 10_000, silenceMs: 10_000, wholeMs: 60_000 };

async function get(url: string, headers: Record<string, string> = {}) {
  return send(new URL(url), { headers }, never);
}

describe('send', () => {
  test('reads status, headers and body whatever the content type', async () => {
    const { url } = await serveAlways(418, 'short and stout', { 'content-type': 'image/png', 'x-a': 'b' });
    const answer = await get(url);
    expect(answer).toMatchObject({ status: 418, body: 'short and stout', bytes: 15 });
    expect(answer.headers.get('x-a')).toBe('b');
  });

  test('decodes gzip, and counts the decoded bytes', async () => {
    const text = 'ü'.repeat(5000);
    const { url } = await serveAlways(200, gzipSync(text), { 'content-encoding': 'gzip' });
    expect(await get(url)).toMatchObject({ body: text, bytes: 10_000 });
  });

  test.each([
    ['GZIP', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateRawSync],
    ['identity', (body: Buffer) => body],
    ['gzip, identity', gzipSync],
    ['gzip, gzip', (body: Buffer) => gzipSync(gzipSync(body))],
  ])('reads the encoding %s', async (encoding, encode) => {
    const { url } = await serveAlways(200, encode(Buffer.from('well')), { 'content-encoding': encoding });
    expect((await get(url)).body).toBe('well');
  });

  test.each([
    ['UTF-8', Buffer.from('\ufeffwell')],
    ['UTF-16, little end first', Buffer.from('\ufeffwell', 'utf16le')],
    ['UTF-16, big end first', Buffer.from('\ufeffwell', 'utf16le').swap16()],
  ])('takes off a byte order mark: %s', async (_name, body) => {
    const { url } = await serveAlways(200, body);
    expect((await get(url)).body).toBe('well');
  });

  test('reads headers of 20 KB', async () => {
    const { url } = await serveAlways(200, 'well', { 'content-security-policy': 'x'.repeat(20_000) });
    expect((await get(url)).body).toBe('well');
  });

  test('finds a body too heavy that a few bytes blow up, and does not hold it in memory', async () => {
    const bomb = gzipSync(Buffer.alloc(LARGEST_ANSWER + 1));
    const { url } = await serveAlways(200, bomb, { 'content-encoding': 'gzip' });
    const error = await failureOf(get(url));
    expect(error.failure).toEqual({ kind: 'tooHeavy' });
    expect(error.message).toContain('more than 32 MiB');
  });

  test('finds a body too heavy that Brotli blows up, and believes none that says it has ten gigabytes', async () => {
    const quickly = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
    const bomb = brotliCompressSync(Buffer.alloc(LARGEST_BODY + 1), quickly);
    const bombing = await serveAlways(200, bomb, { 'content-encoding': 'br' });
    expect((await failureOf(get(bombing.url))).failure).toEqual({ kind: 'tooHeavy' });
    const boasting = await serve((response) => {
      response.writeHead(200, { 'content-length': '10000000000' });
      response.write('{');
    });
    const impatient = { ...PATIENT, silenceMs: 100 };
    const boast = await failureOf(send(new URL(boasting.url), {}, never, impatient));
    expect(boast.failure).toEqual({ kind: 'unavailable' });
  });

  test('finds a body too heavy that never ends, and stops reading it', async () => {
    const piece = Buffer.alloc(1 << 20);
    const { url } = await serve((response) => {
      const send = (): void => {
        while (response.writable && response.write(piece));
      };
      response.on('drain', send);
      send();
    });
    expect((await failureOf(get(url))).failure).toEqual({ kind: 'tooHeavy' });
  });

  test('gives up on a body that drips for ever', async () => {
    const { url } = await serve((response) => {
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => {
        clearInterval(timer);
      });
    });
    const error = await failureOf(send(new URL(url), {}, never, { ...PATIENT, wholeMs: 200 }));
    expect(error.failure).toEqual({ kind: 'tooHeavy' });
    expect(error.message).toBe('Zendesk did not answer completely within 0.2 s');
  });

  test('keeps characters whole that arrive in pieces', async () => {
    const bytes = Buffer.from('日本😀');
    const { url } = await serve((response) => {
      let at = 0;
      const next = (): void => {
        if (at === bytes.length) response.end();
        else response.write(bytes.subarray(at, (at += 1)), next);
      };
      next();
    });
    expect((await get(url)).body).toBe('日本😀');
  });

  test('reads bytes that are no UTF-8 as replacement characters', async () => {
    const { url } = await serveAlways(200, Buffer.from([0x61, 0xff, 0xfe, 0x62]));
    expect((await get(url)).body).toBe('a\ufffd\ufffdb');
  });

  test('follows no redirect', async () => {
    const elsewhere = await serveAlways(200, 'stolen');
    for (const status of [301, 302, 303, 307, 308]) {
      const { url } = await serveAlways(status, '', { location: elsewhere.url });
      expect((await get(url, { authorization: 'Bearer secret' })).status).toBe(status);
    }
    expect(elsewhere.requests).toEqual([]);
  });

  test('is unavailable when nothing listens, and says so with the code of the system', async () => {
    const { url } = await serveAlways(200, '');
    await closeServers();
    const error = await failureOf(get(url));
    expect(error.failure).toEqual({ kind: 'unavailable' });
    expect(error.message).toContain('ECONNREFUSED');
  });

  test('is unavailable when the connection breaks before or in the middle of the answer', async () => {
    const before = await serve((response) => response.destroy());
    expect((await failureOf(get(before.url))).failure).toEqual({ kind: 'unavailable' });
    const middle = await serve((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half of it', () => response.destroy());
    });
    expect((await failureOf(get(middle.url))).failure).toEqual({ kind: 'unavailable' });
  });

  test('is unavailable when the body is not the gzip it says', async () => {
    const { url } = await serveAlways(200, 'no gzip', { 'content-encoding': 'gzip' });
    expect((await failureOf(get(url))).failure).toEqual({ kind: 'unavailable' });
  });

  test('finds the page too heavy when no answer begins in time', async () => {
    const { url } = await serve(() => undefined);
    const error = await failureOf(send(new URL(url), {}, never, { ...PATIENT, answerMs: 60 }));
    expect(error.failure).toEqual({ kind: 'tooHeavy' });
    expect(error.message).toBe('Zendesk did not answer within 0.06 s');
  });

  test.each(['', '{"tickets":['])('is unavailable when a body stops arriving after %j', async (start) => {
    const { url } = await serve((response) => {
      response.writeHead(200).flushHeaders();
      response.write(start);
    });
    const timeouts = { ...PATIENT, silenceMs: 60 };
    const error = await failureOf(send(new URL(url), {}, never, timeouts));
    expect(error.failure).toEqual({ kind: 'unavailable' });
    expect(error.message).toContain('stopped arriving for 0.06 s');
  });

  test('gives a body that keeps arriving all the time it needs', async () => {
    const { url } = await serve((response) => {
      response.writeHead(200);
      let left = 20;
      const timer = setInterval(() => {
        response.write('x');
        left -= 1;
        if (left > 0) return;
        clearInterval(timer);
        response.end();
      }, 75);
    });
    // Shorter than the whole, and long enough for a machine that is busy with something else.
    const limits = { ...PATIENT, answerMs: 1000, silenceMs: 1000 };
    expect((await send(new URL(url), {}, never, limits)).body).toBe('x'.repeat(20));
  });

  test.each(['before the answer', 'in the body'])('throws the reason of an abort %s', async (when) => {
    const reason = new Error('paused');
    const controller = new AbortController();
    const { url } = await serve((response) => {
      if (when === 'in the body') response.writeHead(200).write('{');
      setImmediate(() => {
        controller.abort(reason);
      });
    });
    await expect(send(new URL(url), {}, controller.signal)).rejects.toBe(reason);
  });

  test('asks nothing when it is aborted already', async () => {
    const reason = new Error('paused');
    const { url, requests } = await serveAlways(200, '');
    await expect(send(new URL(url), {}, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(requests).toEqual([]);
  });

  test('never quotes a header that cannot be sent', async () => {
    const { url } = await serveAlways(200, '');
    const error = await failureOf(get(url, { authorization: 'Bearer top\nsecret' }));
    expect(error.failure).toEqual({ kind: 'unavailable' });
    expect(everythingOf(error)).not.toMatch(/top|secret/);
  });
});

describe('withoutSecret', () => {
  test('takes a secret out of a body that echoes it, everywhere', async () => {
    const { url } = await serveAlways(500, 'you sent "s3cret" (s3cret)');
    const answer = withoutSecret(await get(url), 's3cret');
    expect(answer).toMatchObject({ status: 500, body: 'you sent "[secret]" ([secret])' });
  });
});
