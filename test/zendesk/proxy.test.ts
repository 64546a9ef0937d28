import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const CERTIFICATES = join(__dirname, 'certificates');
const CA = join(CERTIFICATES, 'ca.pem');
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** An account whose certificate a private CA signed. */
async function startZendesk(): Promise<number> {
  const read = (name: string): string => readFileSync(join(CERTIFICATES, name), 'utf8');
  const options = { cert: read('cert.pem'), key: read('key.pem') };
  return listen(
    createTlsServer(options, (_request, response) => {
      response.end('{"user":{"id":1,"name":"Ada","role":"admin"}}');
    }),
  );
}

interface Proxy {
  readonly port: number;
  /** What it was asked to connect to, and with which credentials. */
  readonly asked: { readonly host: string; readonly authorization: string | undefined }[];
}

/** A company's proxy: whatever host it is asked for is the server at `port`. */
async function startProxy(port: number, status = 200): Promise<Proxy> {
  const asked: { host: string; authorization: string | undefined }[] = [];
  const server = createServer();
  server.on('connect', (request, socket) => {
    asked.push({ host: request.url ?? '', authorization: request.headers['proxy-authorization'] });
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      return;
    }
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [upstream, socket]) end.on('error', () => upstream.destroy());
  });
  return { port: await listen(server), asked };
}

/** In a process of its own: Node reads its CAs and undici its proxies when they start. */
async function currentUser(baseUrl: string, environment: Record<string, string>): Promise<string> {
  const script = `
    const { ZendeskClient } = require(${JSON.stringify(join(__dirname, '../../src/zendesk/client.ts'))});
    const account = { subdomain: 'acme', baseUrl: process.argv[1], credentials: { kind: 'oauthToken', token: 't' } };
    new ZendeskClient(account).currentUser(new AbortController().signal).then(
      (user) => console.log(user.name),
      (error) => console.log(error.failure.kind + ': ' + error.message),
    ).finally(() => process.exit());`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script, baseUrl], {
    env: { PATH: process.env['PATH'], NODE_OPTIONS: process.env['NODE_OPTIONS'], ...environment },
  });
  return stdout.trim();
}

test("a company's proxy is used, with its credentials, and a private CA trusted, as curl does", async () => {
  const proxy = await startProxy(await startZendesk());
  for (const name of ['HTTPS_PROXY', 'https_proxy']) {
    const environment = {
      [name]: `http://ada:p%40ss@127.0.0.1:${proxy.port}`,
      NODE_EXTRA_CA_CERTS: CA,
    };
    expect(await currentUser('https://acme.zendesk.test', environment)).toBe('Ada');
  }
  const authorization = `Basic ${Buffer.from('ada:p@ss').toString('base64')}`;
  expect(proxy.asked).toEqual([
    { host: 'acme.zendesk.test:443', authorization },
    { host: 'acme.zendesk.test:443', authorization },
  ]);
});

test('NO_PROXY and loopback are reached without it', async () => {
  const port = await startZendesk();
  const proxy = await startProxy(port);
  const environment = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NODE_EXTRA_CA_CERTS: CA };
  expect(await currentUser(`https://localhost:${port}`, environment)).toBe('Ada');
  expect(await currentUser(`https://127.0.0.1:${port}`, environment)).toBe('Ada');
  for (const exception of ['zendesk.test', '.zendesk.test', 'other.test, acme.zendesk.test', '*']) {
    const said = await currentUser('https://acme.zendesk.test', { ...environment, NO_PROXY: exception });
    expect(said).toMatch(/^unavailable: No connection to acme\.zendesk\.test \((ENOTFOUND|EAI_AGAIN)\)/);
  }
  expect(proxy.asked).toEqual([]);
});

test('a certificate that is not trusted comes with the remedy', async () => {
  const proxy = await startProxy(await startZendesk());
  const said = await currentUser('https://acme.zendesk.test', {
    HTTPS_PROXY: `http://ada:secret@127.0.0.1:${proxy.port}`,
  });
  expect(said).toContain(`No connection to acme.zendesk.test through the proxy 127.0.0.1:${proxy.port}`);
  expect(said).toContain('NODE_EXTRA_CA_CERTS');
  expect(said).not.toContain('secret');
});

test('a certificate for another host is named', async () => {
  const proxy = await startProxy(await startZendesk());
  const environment = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NODE_EXTRA_CA_CERTS: CA };
  expect(await currentUser('https://other.zendesk.test', environment)).toContain('is for another host');
});

test.each([403, 407, 502])('a proxy that opens no tunnel is named with its status: %i', async (status) => {
  const proxy = await startProxy(0, status);
  const said = await currentUser('https://acme.zendesk.test', {
    HTTPS_PROXY: `http://ada:secret@127.0.0.1:${proxy.port}`,
  });
  expect(said).toContain(`The proxy 127.0.0.1:${proxy.port} does not let the worker reach acme.zendesk.test`);
  expect(said).toContain(`status ${status}`);
  expect(said).not.toContain('secret');
});

test('a proxy that is gone, and one that is no URL, are named', async () => {
  const gone = await currentUser('https://acme.zendesk.test', { HTTPS_PROXY: 'http://127.0.0.1:1' });
  expect(gone).toContain('through the proxy 127.0.0.1:1 (ECONNREFUSED)');
  const odd = await currentUser('https://acme.zendesk.test', { HTTPS_PROXY: 'http://:secret@' });
  expect(odd).toContain('refused: HTTPS_PROXY is not the URL of a proxy');
  expect(odd).not.toContain('secret');
});

test('a name that cannot be resolved comes with host and remedy', async () => {
  const said = await currentUser('https://acme.zendesk.test', {});
  expect(said).toMatch(/^unavailable: No connection to acme\.zendesk\.test \((ENOTFOUND|EAI_AGAIN)\): /);
  expect(said).toContain('Check the subdomain');
});
