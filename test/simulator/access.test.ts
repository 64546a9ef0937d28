import type { Simulator } from '../../src/simulator';
import { closeAll, get, getJson, simulate } from './reader';

afterEach(closeAll);

const path = '/api/v2/incremental/tickets?start_time=0';
const client = { clientId: 'export', clientSecret: 'hush' };
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

const mint = (simulator: Simulator, more: object = {}): Promise<Response> =>
  fetch(`${simulator.url}/oauth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: client.clientId,
      client_secret: client.clientSecret,
      scope: 'read',
      ...more,
    }),
  });

async function minted(simulator: Simulator, more?: object): Promise<Record<string, unknown>> {
  return (await (await mint(simulator, more)).json()) as Record<string, unknown>;
}

describe('credentials', () => {
  test('accepts any credential when none is configured, but not the lack of one', async () => {
    const simulator = await simulate();
    expect((await get(simulator, path, 'Bearer whatever')).status).toBe(200);
    expect((await get(simulator, path, basic('a@b.c/token:x'))).status).toBe(200);
    expect((await get(simulator, path, '')).status).toBe(401);
  });

  test('accepts exactly the configured bearer token and the configured e-mail with API token', async () => {
    const simulator = await simulate({ tokens: { bearer: 'right', email: 'a@b.c', apiToken: 'key' } });
    expect((await get(simulator, path, 'Bearer right')).status).toBe(200);
    expect((await get(simulator, path, basic('a@b.c/token:key'))).status).toBe(200);
    const wrongBasic = await get(simulator, path, basic('a@b.c/token:other'));
    expect(wrongBasic.status).toBe(401);
    expect(wrongBasic.headers.get('www-authenticate')).toBe('Basic realm="Web Password"');
    expect(await wrongBasic.json()).toEqual({ error: "Couldn't authenticate you" });
    const wrongBearer = await get(simulator, path, 'Bearer wrong');
    expect(wrongBearer.status).toBe(401);
    expect(await wrongBearer.json()).toMatchObject({ error: 'invalid_token' });
  });

  test('answers users/me with 200 and an anonymous user for a wrong or missing credential', async () => {
    const simulator = await simulate({ tokens: { bearer: 'right' } });
    for (const authorization of ['Bearer wrong', basic('a@b.c/token:x'), '']) {
      const response = await get(simulator, '/api/v2/users/me.json', authorization);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ user: { id: null, name: 'Anonymous user' } });
    }
    expect(await getJson(simulator, '/api/v2/users/me', 'Bearer right')).toMatchObject({
      user: { role: 'admin' },
    });
  });

  test('refuses the export to an agent with the recorded 403', async () => {
    const simulator = await simulate({ role: 'agent' });
    const response = await get(simulator, path);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ error: { title: 'Forbidden' } });
    expect(await getJson(simulator, '/api/v2/users/me')).toMatchObject({ user: { role: 'agent' } });
  });
});

describe('a stream that the account lacks', () => {
  const status = async (simulator: Simulator, stream: string): Promise<number> =>
    (await get(simulator, `/api/v2/incremental/${stream}?start_time=0`)).status;

  test('is refused on all of its endpoints, and no other', async () => {
    const simulator = await simulate({ unavailable: { users: 403, organizations: 404 } });
    expect(await status(simulator, 'users')).toBe(403);
    expect(await status(simulator, 'users/cursor')).toBe(403);
    expect(await status(simulator, 'organizations')).toBe(404);
    expect(await status(simulator, 'tickets')).toBe(200);
  });

  test('can come and go, and be refused with an empty HTML body', async () => {
    const simulator = await simulate();
    simulator.setUnavailable('ticket_events', { status: 403, body: 'html' });
    const refused = await get(simulator, '/api/v2/incremental/ticket_events?start_time=0');
    expect(refused.status).toBe(403);
    expect(refused.headers.get('content-type')).toContain('text/html');
    expect(await refused.text()).toBe('');
    simulator.setUnavailable('ticket_events', null);
    expect(await status(simulator, 'ticket_events')).toBe(200);
  });
});

describe('OAuth client credentials', () => {
  test('mints a token that works until it expires, then answers invalid_token everywhere', async () => {
    const simulator = await simulate({ tokens: client });
    const authorization = `Bearer ${String((await minted(simulator)).access_token)}`;
    simulator.advance(1799);
    expect((await get(simulator, path, authorization)).status).toBe(200);
    simulator.advance(1);
    for (const expired of [path, '/api/v2/users/me.json', '/api/v2/oauth/tokens/current.json']) {
      const response = await get(simulator, expired, authorization);
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error: 'invalid_token' });
    }
  });

  test('tells expires_in only to a request that sent it', async () => {
    const simulator = await simulate({ tokens: client });
    expect(await minted(simulator)).not.toHaveProperty('expires_in');
    expect(await minted(simulator, { expires_in: 3600 })).toMatchObject({
      expires_in: 3600,
      token_type: 'bearer',
    });
  });

  test('tells when the token in use expires', async () => {
    const simulator = await simulate({ tokens: { ...client, lifetimeSeconds: 5 } });
    const token = String((await minted(simulator, { expires_in: 3600 })).access_token);
    const current = await getJson(simulator, '/api/v2/oauth/tokens/current.json', `Bearer ${token}`);
    const expiresAt = new Date((Math.floor(simulator.now()) + 5) * 1000).toISOString().replace('.000', '');
    expect(current).toMatchObject({ token: { expires_at: expiresAt } });
  });

  test('can revoke what it minted, and mint again', async () => {
    const simulator = await simulate({ tokens: client });
    const old = `Bearer ${String((await minted(simulator)).access_token)}`;
    simulator.revokeTokens();
    expect((await get(simulator, path, old)).status).toBe(401);
    const fresh = `Bearer ${String((await minted(simulator)).access_token)}`;
    expect((await get(simulator, path, fresh)).status).toBe(200);
  });

  test('refuses a wrong secret, another grant, an unknown scope and a lifetime out of range', async () => {
    const simulator = await simulate({ tokens: client });
    expect((await mint(simulator, { client_secret: 'wrong' })).status).toBe(401);
    expect((await mint(simulator, { grant_type: 'password' })).status).toBe(400);
    expect(await minted(simulator, { scope: 'everything' })).toMatchObject({ error: 'invalid_scope' });
    expect((await mint(simulator, { expires_in: 10 })).status).toBe(400);
  });
});
