import { startSimulator, type Simulator } from '../../src/simulator';
import { API_TOKENS_END, apiTokenNotice } from '../../src/zendesk/apiTokensEnd';
import type { Credentials } from '../../src/zendesk/account';
import { ZendeskClient } from '../../src/zendesk/client';
import { closeServers, serveAlways } from './oddServer';

let simulator: Simulator | undefined;
afterEach(async () => {
  await simulator?.close();
  simulator = undefined;
  await closeServers();
});

const never = new AbortController().signal;
const BEARER = { kind: 'oauthToken', token: 't' } as const;
const CLIENT = { kind: 'oauthClient', clientId: 'exporter', clientSecret: 's3cret' } as const;
const LEGACY = { kind: 'apiToken', email: 'a@b.c', token: 'k' } as const;
const clientOf = (baseUrl: string, credentials: Credentials): ZendeskClient =>
  new ZendeskClient({ subdomain: 'demo', baseUrl, credentials });

describe('the end of credentials', () => {
  const CURRENT = '{"token":{"scopes":["read"],"expires_at":"2027-01-02T03:04:05Z"}}';

  test('is known of a legacy API token without asking', async () => {
    const { url, requests } = await serveAlways(200, CURRENT);
    const zendesk = clientOf(url, LEGACY);
    expect(await zendesk.currentToken(never)).toBeUndefined();
    expect(zendesk.credentialsExpireAt).toBe(Date.parse('2027-04-30T00:00:00Z') / 1000);
    expect(requests).toEqual([]);
  });

  test('is learned of a bearer token', async () => {
    const { url } = await serveAlways(200, CURRENT);
    const zendesk = clientOf(url, BEARER);
    expect(zendesk.credentialsExpireAt).toBeNull();
    const expiresAt = Date.parse('2027-01-02T03:04:05Z') / 1000;
    expect(await zendesk.currentToken(never)).toEqual({ scopes: ['read'], expiresAt });
    expect(zendesk.credentialsExpireAt).toBe(expiresAt);
  });

  test('is none of an OAuth client, whose tokens end and are renewed', async () => {
    const { clientId, clientSecret } = CLIENT;
    simulator = await startSimulator({ tickets: 1, tokens: { clientId, clientSecret } });
    const zendesk = clientOf(simulator.url, CLIENT);
    expect(await zendesk.currentToken(never)).toEqual({
      scopes: ['read'],
      expiresAt: expect.any(Number) as unknown,
    });
    expect(zendesk.credentialsExpireAt).toBeNull();
  });
});

test.each([
  [200, '{}'],
  [200, '<html></html>'],
  [403, ''],
  [404, '{"error":"InvalidEndpoint"}'],
  [500, ''],
])('nothing is known of a token after %i %s, and that is no failure', async (status, body) => {
  const { url } = await serveAlways(status, body);
  expect(await clientOf(url, BEARER).currentToken(never)).toBeUndefined();
});

test.each([
  ['{"token":{}}', undefined, null],
  ['{"token":{"scopes":"read","expires_at":null}}', undefined, null],
  ['{"token":{"scopes":[],"expires_at":"soon"}}', [], null],
])('of %s only what makes sense is taken', async (body, scopes, expiresAt) => {
  const { url } = await serveAlways(200, body);
  expect(await clientOf(url, BEARER).currentToken(never)).toEqual({ scopes, expiresAt });
});

test.each([
  ['2026-11-25T00:00:00Z', 'in 156 days'],
  ['2027-04-28T00:00:01Z', 'in 2 days'],
  ['2027-04-29T12:00:00Z', 'in 1 day;'],
  ['2027-04-29T23:59:59Z', 'in 1 day;'],
  ['2027-04-30T00:00:00Z', 'Zendesk ended all of them'],
  ['2028-01-01T00:00:00Z', 'Zendesk ended all of them'],
])('at %s a legacy token is said to end %s', (time, words) => {
  expect(apiTokenNotice(Date.parse(time) / 1000)).toContain(words);
  expect(API_TOKENS_END).toBe(1_809_043_200);
});
