import { iso } from '../contract/time';
import { accessOf, type Access } from '../zendesk/access';
import type { Account, Credentials } from '../zendesk/account';
import { API_TOKENS_END, apiTokenNotice } from '../zendesk/apiTokensEnd';
import { ZendeskClient } from '../zendesk/client';
import { ZendeskError } from '../zendesk/failure';
import type { Fact } from './fact';
import { privacyFacts } from './privacy';
import { streamFacts } from './streams';

/** Long ago enough for a clock that is wrong by minutes, and few tickets. */
const LOOK_BACK_SECONDS = 3600;

/**
 * What is known of an account and its credentials. Whether they may export is found out by exporting one ticket, and
 * one record of each other stream: a request of the quota each.
 * @param now Unix seconds
 */
export async function checkAccount(account: Account, now: number): Promise<readonly Fact[]> {
  const { subdomain } = account;
  const zendesk = new ZendeskClient(account);
  const ok = (text: string): Fact => ({ kind: 'ok', about: subdomain, text });
  const facts = [
    ok(`account at ${account.baseUrl}`),
    credentialsFact(account, now),
    ...privacyFacts(account),
  ];
  try {
    const access = await accessOf(zendesk, subdomain, never);
    facts.push(...accessFacts(access).map(ok));
    const startTime = Math.floor(now) - LOOK_BACK_SECONDS;
    facts.push(await exportFact(zendesk, subdomain, startTime));
    facts.push(...(await streamFacts(zendesk, subdomain, startTime)));
  } catch (error) {
    if (!(error instanceof ZendeskError)) throw error;
    facts.push({ kind: 'fail', about: subdomain, text: error.message });
  }
  return facts;
}

const never = new AbortController().signal;

function credentialsFact({ subdomain: about, credentials }: Account, now: number): Fact {
  if (credentials.kind !== 'apiToken') return { kind: 'ok', about, text: credentialsText(credentials) };
  const text = `${credentials.email}, ${apiTokenNotice(now)}`;
  return { kind: now < API_TOKENS_END ? 'warn' : 'fail', about, text };
}

function credentialsText(credentials: Exclude<Credentials, { kind: 'apiToken' }>): string {
  return credentials.kind === 'oauthClient'
    ? `OAuth client ${credentials.clientId}, whose tokens are renewed by the worker`
    : 'bearer token';
}

function accessFacts({ user, token }: Access): string[] {
  const facts = [
    user === undefined
      ? 'Zendesk does not name the user; an export does not need it'
      : `user ${user.name}, role ${user.role}`,
  ];
  if (token === undefined) return facts;
  const { scopes, expiresAt } = token;
  const scope =
    scopes === undefined ? 'Zendesk does not name the scopes' : `scopes: ${scopes.join(' ') || 'none'}`;
  const end =
    expiresAt === null ? 'Zendesk does not say when the token ends' : `this token ends ${iso(expiresAt)}`;
  return [...facts, `${scope}; ${end}`];
}

/** @throws ZendeskError when an export could not run */
async function exportFact(zendesk: ZendeskClient, about: string, startTime: number): Promise<Fact> {
  const position = { endpoint: 'time', startTime } as const;
  const query = {
    stream: 'tickets',
    position,
    perPage: 1,
    include: [],
    supportTypeScope: 'all',
    excludeDeleted: false,
  } as const;
  try {
    const { quota } = await zendesk.fetchPage(query, never);
    const left =
      quota === null
        ? 'Zendesk does not show the quota'
        : `${quota.remaining} of ${quota.total} requests are left for ${quota.resetsInSeconds} s`;
    return { kind: 'ok', about, text: `may export; ${left}` };
  } catch (error) {
    if (!(error instanceof ZendeskError)) throw error;
    const { kind } = error.failure;
    if (kind === 'tooRecent') return { kind: 'warn', about, text: `may export; the clock here is ahead` };
    if (kind !== 'throttled') throw error;
    return {
      kind: 'warn',
      about,
      text: `the export quota is used up, by other tools as well: ${error.message}`,
    };
  }
}
