import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readCodecServer } from '../../src/account/codecServerConfig';
import { codecServer, type CodecServerOptions } from '../../src/temporal/codec/server';
import { codecKeys } from '../../src/account/codecKeys';

const UI = 'http://localhost:8233';
const keysOf = (id: string) => codecKeys.parse(`${id}:${randomBytes(32).toString('base64')}`);
const KEYS = keysOf('a');
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const PLAIN = { metadata: { encoding: base64('json/plain') }, data: base64('{"startTime":0}') };

let server: Server;
let url: string;
const said: string[] = [];

async function start(options: Partial<CodecServerOptions> = {}): Promise<void> {
  const say = (text: string): void => void said.push(text);
  server = codecServer({ keys: KEYS, origins: [UI], token: undefined, say, ...options });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
afterEach(() => server.close());

async function post(
  path: string,
  payloads: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url + path, { method: 'POST', body: JSON.stringify({ payloads }), headers });
}

test('what /encode encrypts /decode decrypts, under any path', async () => {
  await start();
  const { payloads } = (await (await post('/encode', [PLAIN])).json()) as { payloads: [typeof PLAIN] };
  expect(payloads[0].metadata.encoding).toBe(base64('binary/encrypted'));
  const decoded = await post('/default/decode', [payloads[0], PLAIN]);
  expect(await decoded.json()).toEqual({ payloads: [PLAIN, PLAIN] });
});

test('a payload that cannot be decrypted comes back as it is and hides no other', async () => {
  await start({ keys: keysOf('b') });
  const { payloads: theirs } = (await (await post('/encode', [PLAIN])).json()) as { payloads: [unknown] };
  server.close();
  await start();
  const { payloads: ours } = (await (await post('/encode', [PLAIN])).json()) as { payloads: [unknown] };
  const decoded = await post('/decode', [theirs[0], ours[0]]);
  expect(await decoded.json()).toEqual({ payloads: [theirs[0], PLAIN] });
  expect(said.at(-1)).toContain('encrypted with the key "b"');
});

test("only the Web UI's page may ask from a browser", async () => {
  await start();
  const preflight = await fetch(`${url}/decode`, {
    method: 'OPTIONS',
    headers: { origin: UI, 'access-control-request-headers': 'content-type,x-namespace' },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe(UI);
  expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type,x-namespace');
  const allowed = await post('/decode', [PLAIN], { origin: UI });
  expect(allowed.headers.get('access-control-allow-origin')).toBe(UI);
  const stranger = await post('/decode', [PLAIN], { origin: 'http://evil.example' });
  expect(stranger.status).toBe(403);
  expect(await stranger.text()).not.toContain(PLAIN.data);
});

test('with a token, nobody may ask without it', async () => {
  await start({ token: 't0ken' });
  expect((await post('/decode', [PLAIN])).status).toBe(401);
  expect((await post('/decode', [PLAIN], { authorization: 'Bearer other' })).status).toBe(401);
  expect((await post('/decode', [PLAIN], { authorization: 'Bearer t0ken' })).status).toBe(200);
});

test.each([
  ['no JSON', '{'],
  ['no payloads', '{"payloads":[{"data":"***"}]}'],
])('%s is refused, and the server continues', async (_, body) => {
  await start();
  expect((await fetch(`${url}/decode`, { method: 'POST', body })).status).toBe(400);
  expect((await fetch(`${url}/decode`)).status).toBe(404);
  expect((await post('/decode', [PLAIN])).status).toBe(200);
});

describe('its environment', () => {
  const EXPORT_CODEC_KEYS = `a:${randomBytes(32).toString('base64')}`;

  test('needs the keys alone, and listens to this machine only', () => {
    expect(readCodecServer({ EXPORT_CODEC_KEYS, EXPORT_CODEC_TOKEN: '' })).toMatchObject({
      host: '127.0.0.1',
      port: 8081,
      origins: [UI],
      token: undefined,
    });
  });

  test('is refused with every problem, and without the keys', () => {
    const read = (): unknown =>
      readCodecServer({
        EXPORT_CODEC_KEYS: EXPORT_CODEC_KEYS.slice(2),
        EXPORT_CODEC_ADDRESS: 'here',
        EXPORT_CODEC_ORIGINS: 'https://temporal.acme.com/',
      });
    for (const problem of [
      'EXPORT_CODEC_KEYS: entry 1',
      'EXPORT_CODEC_ADDRESS: must',
      'EXPORT_CODEC_ORIGINS: must',
    ]) {
      expect(read).toThrow(problem);
    }
    expect(read).not.toThrow(EXPORT_CODEC_KEYS.slice(2, 12));
    expect(() => readCodecServer({})).toThrow('EXPORT_CODEC_KEYS: is required');
  });
});
