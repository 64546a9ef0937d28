import { z } from 'zod';
import type { Account } from './account';
import { readErrorBody } from './errorBody';
import { ZendeskError } from './failure';
import { send } from './http';
import { jsonOrUndefined } from './json';

/** Zendesk's default life of a client-credentials token; asked for, since `expires_in` is answered only on request. */
const TOKEN_SECONDS = 30 * 60;
/** Renewed this early, so that a request under way never meets the end. */
const MARGIN_SECONDS = 30;

/** Knows the `Authorization` header of one account. The secret and the token never leave it otherwise. */
export interface Authorization {
  header(signal: AbortSignal): Promise<string>;
  /** Forgets a token that Zendesk refused. False when there is no other to be had. */
  renew(refused: string): boolean;
}

export function authorizationOf(account: Account): Authorization {
  const { credentials } = account;
  switch (credentials.kind) {
    case 'oauthClient':
      return new ClientCredentials(account.baseUrl, credentials.clientId, credentials.clientSecret);
    case 'oauthToken':
      return fixed(`Bearer ${credentials.token}`);
    case 'apiToken':
      return fixed(
        `Basic ${Buffer.from(`${credentials.email}/token:${credentials.token}`).toString('base64')}`,
      );
  }
}

function fixed(header: string): Authorization {
  return { header: async () => header, renew: () => false };
}

interface Token {
  readonly header: string;
  /** On this machine's monotonic clock, so that a clock that is set does not matter. */
  readonly renewAt: number;
}

/** The OAuth client-credentials grant: minted when needed, shared by all who ask, renewed before it ends. */
class ClientCredentials implements Authorization {
  private token: Promise<Token> | undefined;
  private current: string | undefined;

  constructor(
    private readonly baseUrl: string,
    private readonly clientId: string,
    private readonly clientSecret: string,
  ) {}

  async header(signal: AbortSignal): Promise<string> {
    this.token ??= this.mint();
    const minting = this.token;
    const token = await abortable(minting, signal).catch((error: unknown) => {
      if (this.token === minting && !signal.aborted) this.token = undefined;
      throw error;
    });
    if (performance.now() < token.renewAt) {
      this.current = token.header;
      return token.header;
    }
    if (this.token === minting) this.token = undefined;
    return this.header(signal);
  }

  renew(refused: string): boolean {
    // Another request may have renewed it already.
    if (this.current === refused) this.token = undefined;
    return true;
  }

  private async mint(): Promise<Token> {
    const from = performance.now();
    const answer = await send(
      new URL(`${this.baseUrl}/oauth/tokens`),
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({
          grant_type: 'client_credentials',
          client_id: this.clientId,
          client_secret: this.clientSecret,
          scope: 'read',
          expires_in: TOKEN_SECONDS,
        }),
      },
      // Shared by several requests: one that is cancelled must not take the token from the others.
      new AbortController().signal,
    );
    if (answer.status >= 500 || answer.status === 429) {
      throw new ZendeskError(
        { kind: 'unavailable' },
        `Zendesk could not issue a token (status ${answer.status})`,
      );
    }
    const parsed = grant.safeParse(jsonOrUndefined(answer.body));
    if (answer.status >= 400 || !parsed.success) {
      throw new ZendeskError(
        { kind: 'unauthorized' },
        `Zendesk issued no token for the OAuth client (status ${answer.status}: ${readErrorBody(answer.body).text}). ` +
          'Check ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET, then resume.',
      );
    }
    const seconds = parsed.data.expires_in ?? TOKEN_SECONDS;
    const life = Math.max(seconds - MARGIN_SECONDS, seconds / 2) * 1000;
    return { header: `Bearer ${parsed.data.access_token}`, renewAt: from + life };
  }
}

const grant = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().nullish() });

async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}
