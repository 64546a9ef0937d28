import type { ServerResponse } from 'node:http';
import { startSimulator, type Simulator } from '../../src/simulator';
import { authorizationOf, type Authorization } from '../../src/zendesk/auth';
import { ZendeskClient } from '../../src/zendesk/client';
import { everythingOf, failureOf } from './failures';
import { closeServers, readBody, serve, serveAlways, type OddServer } from './oddServer';

let simulator: Simulator | undefined;

afterEach(async () => {
  await simulator?.close();
  simulator = undefined;
  await closeServers();
});

const never = new AbortController().signal;
const CLIENT = { kind: 'oauthClient', clientId: 'exporter', clientSecret: 's3cret' } as const;
const BRIEF = { answerMs: 60, silenceMs: 60, wholeMs: 10_000 };

function authorization(baseUrl: string): Authorization {
  return authorizationOf({ subdomain: 'demo', baseUrl, credentials: CLIENT });
}

/** A token endpoint whose tokens are numbered and live for so many seconds. */
async function tokenServer(expiresIn: number | undefined): Promise<OddServer> {
  return serve((response, _request, count) => {
    response.end(
      JSON.stringify({ access_token: `token${count}`, token_type: 'bearer', expires_in: expiresIn }),
    );
  });
}

describe('client credentials', () => {
  test('are exchanged once for 20 requests at a time, and kept', async () => {
    const { url, requests } = await tokenServer(1800);
    const auth = authorization(url);
    const headers = await Promise.all(
      Array.from({ length: 20 }, async () => auth.header(new AbortController().signal)),
    );
    expect(new Set(headers)).toEqual(new Set(['Bearer token1']));
    expect(await auth.header(never)).toBe('Bearer token1');
    expect(requests).toEqual(['/oauth/tokens']);
  });

  test('go as JSON in a POST that asks for the life of the token and for reading only', async () => {
    const sent: unknown[] = [];
    const { url } = await serve((response, request) => {
      void readBody(request).then((body) => {
        sent.push(request.method, request.headers['content-type'], JSON.parse(body));
        response.end('{"access_token":"t"}');
      });
    });
    await authorization(url).header(never);
    expect(sent).toEqual([
      'POST',
      'application/json',
      {
        grant_type: 'client_credentials',
        client_id: 'exporter',
        client_secret: 's3cret',
        scope: 'read',
        expires_in: 1800,
      },
    ]);
  });

  test('are exchanged again when the token has come to its end', async () => {
    const { url } = await tokenServer(0.001);
    const auth = authorization(url);
    expect(await auth.header(never)).toBe('Bearer token1');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await auth.header(never)).toBe('Bearer token2');
  });

  test('yield a token that lives for a moment only, instead of being exchanged for ever', async () => {
    const { url, requests } = await tokenServer(1e-9);
    expect(await authorization(url).header(never)).toBe('Bearer token1');
    expect(requests).toHaveLength(1);
  });

  test('yield a token that is kept although its lifetime is not known', async () => {
    const { url, requests } = await tokenServer(undefined);
    const auth = authorization(url);
    await auth.header(never);
    await auth.header(never);
    expect(requests).toHaveLength(1);
  });

  test.each([0, -5, '1800', 'soon', null, 1e300])(
    'yield a token that is kept, whatever nonsense its life is: %j',
    async (expiresIn) => {
      const { url, requests } = await serve((response, _request, count) => {
        response.end(JSON.stringify({ access_token: `token${count}`, expires_in: expiresIn }));
      });
      const auth = authorization(url);
      expect(await auth.header(never)).toBe('Bearer token1');
      expect(await auth.header(never)).toBe('Bearer token1');
      expect(requests).toHaveLength(1);
    },
  );

  test.each([
    [429, { 'retry-after': '17' }, 17],
    [429, {}, 60],
    [503, { 'retry-after': '17' }, 17],
  ])(
    'wait as long as the token endpoint says after %i %j, without asking again',
    async (status, headers, seconds) => {
      const { url, requests } = await serveAlways(status, '', headers);
      const auth = authorization(url);
      for (let attempt = 0; attempt < 3; attempt += 1) {
        expect((await failureOf(auth.header(never))).failure).toEqual({
          kind: 'throttled',
          retryAfterSeconds: seconds,
        });
      }
      expect(requests).toHaveLength(1);
    },
  );

  test('are not said to be wrong by the HTML of a proxy', async () => {
    for (const status of [401, 403, 404]) {
      const { url } = await serveAlways(status, '<html><title>Just a moment...</title></html>');
      const error = await failureOf(authorization(url).header(never));
      expect(error).toMatchObject({ failure: { kind: 'refused' }, mayPass: true });
      expect(error.message).toContain('A proxy or firewall between the worker and Zendesk');
    }
  });

  test('are exchanged once by many who were refused with the same token', async () => {
    const { url, requests } = await tokenServer(1800);
    const auth = authorization(url);
    const refused = await auth.header(never);
    const renewed = await Promise.all(
      Array.from({ length: 20 }, async () => {
        expect(auth.renew(refused)).toBe(true);
        return auth.header(new AbortController().signal);
      }),
    );
    expect(new Set(renewed)).toEqual(new Set(['Bearer token2']));
    // Late news of the old token does not cost the new one.
    auth.renew(refused);
    expect(await auth.header(never)).toBe('Bearer token2');
    expect(requests).toHaveLength(2);
  });

  test('are tried again after a failure, which all who waited get', async () => {
    const { url, requests } = await serve((response, _request, count) => {
      if (count === 1) response.writeHead(500).end();
      else response.end('{"access_token":"t"}');
    });
    const auth = authorization(url);
    const failures = await Promise.all([failureOf(auth.header(never)), failureOf(auth.header(never))]);
    expect(failures.map(({ failure }) => failure.kind)).toEqual(['unavailable', 'unavailable']);
    expect(requests).toHaveLength(1);
    expect(await auth.header(never)).toBe('Bearer t');
  });
});

describe('an abort while a token is awaited', () => {
  /** A token endpoint that answers on command. */
  async function slowServer(): Promise<{ server: OddServer; asked: Promise<ServerResponse> }> {
    let tell: (response: ServerResponse) => void = () => undefined;
    const asked = new Promise<ServerResponse>((resolve) => (tell = resolve));
    const server = await serve((response, _request, count) => {
      if (count === 1) tell(response);
      else response.end('{"access_token":"second"}');
    });
    return { server, asked };
  }

  test('ends only the request that was aborted', async () => {
    const { server, asked } = await slowServer();
    const auth = authorization(server.url);
    const controller = new AbortController();
    const reason = new Error('paused');
    const aborted = expect(auth.header(controller.signal)).rejects.toBe(reason);
    const other = auth.header(never);
    const response = await asked;
    controller.abort(reason);
    await aborted;
    response.end('{"access_token":"first"}');
    expect(await other).toBe('Bearer first');
    expect(server.requests).toHaveLength(1);
  });

  test('leaves no failure behind for the next request', async () => {
    const { server, asked } = await slowServer();
    const auth = authorization(server.url);
    const controller = new AbortController();
    const aborted = expect(auth.header(controller.signal)).rejects.toThrow('paused');
    const response = await asked;
    controller.abort(new Error('paused'));
    await aborted;
    const failed = failureOf(auth.header(never));
    response.destroy();
    await failed;
    expect(await auth.header(never)).toBe('Bearer second');
  });

  test('asks for none when the signal is aborted already', async () => {
    const { url, requests } = await tokenServer(1800);
    await expect(authorization(url).header(AbortSignal.abort(new Error('paused')))).rejects.toThrow('paused');
    expect(requests).toEqual([]);
  });
});

describe('a token that is not issued', () => {
  test.each([
    [401, '{"error":"invalid_client","error_description":"Client authentication failed."}', 'unauthorized'],
    [400, '{"error":"invalid_scope","error_description":"The requested scope is invalid."}', 'unauthorized'],
    [403, '', 'unauthorized'],
    [404, '{"error":{"title":"No help desk at x.zendesk.com"}}', 'unknownAccount'],
    [302, '', 'refused'],
    [500, '', 'unavailable'],
    [503, '<html></html>', 'unavailable'],
    [504, 'upstream request timeout', 'unavailable'],
    [409, '', 'unavailable'],
    [200, '<html></html>', 'unavailable'],
    [200, '{"access_to', 'unavailable'],
    [200, '{"access_token":""}', 'unavailable'],
    [200, '{"access_token":"line\\nbreak"}', 'unavailable'],
  ])('with %i %s is %s', async (status, body, kind) => {
    const { url } = await serveAlways(status, body, { location: 'http://127.0.0.1:9' });
    expect((await failureOf(authorization(url).header(never))).failure).toEqual({ kind });
  });

  test('says which variables to check', async () => {
    const { url } = await serveAlways(401, '{"error":"invalid_client","error_description":"Unknown."}');
    expect((await failureOf(authorization(url).header(never))).message).toBe(
      'Zendesk issued no token for the OAuth client (status 401: invalid_client: Unknown.). ' +
        'Check ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET (clientId and clientSecret in EXPORT_CONFIG), then resume.',
    );
  });

  test('in time is unavailable: a smaller page would not help', async () => {
    const { url } = await serve(() => undefined);
    const auth = authorizationOf({ subdomain: 'demo', baseUrl: url, credentials: CLIENT }, BRIEF);
    expect((await failureOf(auth.header(never))).failure).toEqual({ kind: 'unavailable' });
  });

  test('never shows the secret, not even one that the answer echoes', async () => {
    const echo = await serve((response, request) => {
      void readBody(request).then((body) => response.writeHead(400).end(body));
    });
    const text = await serve((response, request) => {
      void readBody(request).then((body) => response.writeHead(401).end(`cannot read ${body}`));
    });
    for (const { url } of [echo, text]) {
      const error = await failureOf(authorization(url).header(never));
      expect(everythingOf(error)).not.toContain('s3cret');
    }
    await closeServers();
    expect(everythingOf(await failureOf(authorization(echo.url).header(never)))).not.toContain('s3cret');
  });
});

describe('a client with client credentials', () => {
  const query = {
    stream: 'tickets',
    position: { endpoint: 'time', startTime: 0 },
    perPage: 1000,
    include: [],
    supportTypeScope: 'all',
    excludeDeleted: false,
  } as const;

  async function simulate(): Promise<{
    zendesk: ZendeskClient;
    simulator: Simulator;
    paths: () => string[];
  }> {
    const { clientId, clientSecret } = CLIENT;
    const started = await startSimulator({ tickets: 5, tokens: { clientId, clientSecret } });
    simulator = started;
    return {
      zendesk: new ZendeskClient({ subdomain: 'demo', baseUrl: started.url, credentials: CLIENT }),
      simulator: started,
      paths: () => started.requests.map(({ path, status }) => `${path} ${status}`),
    };
  }

  const MINTED = '/oauth/tokens 200';
  const EXPORT = '/api/v2/incremental/tickets';

  test('renews a token that Zendesk ended, within the same page, and counts both requests', async () => {
    const { zendesk, simulator: zendeskSide, paths } = await simulate();
    expect((await zendesk.fetchPage(query, never)).requests).toBe(1);
    zendeskSide.revokeTokens();
    expect((await zendesk.fetchPage(query, never)).requests).toBe(2);
    expect(paths()).toEqual([MINTED, `${EXPORT} 200`, `${EXPORT} 401`, MINTED, `${EXPORT} 200`]);
  });

  test('renews it once only: a second 401 is for the operator', async () => {
    const { zendesk, simulator: zendeskSide, paths } = await simulate();
    zendeskSide.fault({ kind: 'status', status: 401, body: 'oauth', times: 'always' });
    expect((await failureOf(zendesk.fetchPage(query, never))).failure).toEqual({ kind: 'unauthorized' });
    expect(paths()).toEqual([MINTED, `${EXPORT} 401`, MINTED, `${EXPORT} 401`]);
  });

  test('renews a token for which Zendesk answers with the anonymous user', async () => {
    const { url, requests } = await serve((response, request, count) => {
      const anonymous = '{"user":{"id":null,"name":"Anonymous user","role":"end-user"}}';
      if (request.url === '/oauth/tokens') response.end(`{"access_token":"t${count}"}`);
      else response.end(count < 3 ? anonymous : '{"user":{"id":5,"name":"Ada","role":"admin"}}');
    });
    const zendesk = new ZendeskClient({ subdomain: 'demo', baseUrl: url, credentials: CLIENT });
    expect(await zendesk.currentUser(never)).toEqual({ name: 'Ada', role: 'admin' });
    expect(requests).toHaveLength(4);
  });
});

describe('fixed credentials', () => {
  test.each([
    [{ kind: 'oauthToken', token: 't' } as const, 'Bearer t'],
    [{ kind: 'apiToken', email: 'a@b.c', token: 'k' } as const, 'Basic YUBiLmMvdG9rZW46aw=='],
  ])('are a header that cannot be renewed: %j', async (credentials, header) => {
    const auth = authorizationOf({ subdomain: 'demo', baseUrl: 'http://127.0.0.1:9', credentials });
    expect(await auth.header(never)).toBe(header);
    expect(auth.renew(header)).toBe(false);
  });
});
