import { z } from 'zod';
import type { Account } from './account';
import { isHtml, readErrorBody } from './errorBody';
import { ZendeskError } from './failure';
import { Holds } from './holds';
import { send, withoutSecret, type Answer, type Timeouts } from './http';
import { jsonOrUndefined } from '../json';
import { observed, type Observe } from './observe';
import { refusalOf } from './refusal';

/** Zendesk's default lifetime of a token. The request names it, because only then does the answer hold `expires_in`. */
const TOKEN_SECONDS = 30 * 60;
/** Tokens are renewed this long before they expire, so that none expires during a request. */
const MARGIN_SECONDS = 30;

/** Knows the `Authorization` header of one account. The secret and the token never leave it otherwise. */
export interface Authorization {
  header(signal: AbortSignal): Promise<string>;
  /** Forgets a token that Zendesk refused. False when there is no way to get another. */
  renew(refused: string): boolean;
}

export function authorizationOf(
  account: Account,
  timeouts?: Timeouts,
  observe: Observe = () => undefined,
): Authorization {
  const { credentials } = account;
  switch (credentials.kind) {
    case 'oauthClient':
      return new ClientCredentials(
        account,
        credentials.clientId,
        credentials.clientSecret,
        timeouts,
        observe,
      );
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
  /** By the monotonic clock: setting the machine's clock does not matter. */
  readonly renewAt: number;
}

/** The OAuth client-credentials grant: a token is requested when needed, shared by all requests, and renewed before it expires. */
class ClientCredentials implements Authorization {
  private token: Token | undefined;
  private minting: Promise<Token> | undefined;
  private readonly holds = new Holds();

  constructor(
    private readonly account: Account,
    private readonly clientId: string,
    private readonly clientSecret: string,
    private readonly timeouts: Timeouts | undefined,
    private readonly observe: Observe,
  ) {}

  async header(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    if (this.token !== undefined && performance.now() < this.token.renewAt) return this.token.header;
    this.minting ??= this.mint().finally(() => {
      this.minting = undefined;
    });
    // Used even when it is due already: a token with a very short lifetime would be requested again and again.
    return (await abortable(this.minting, signal)).header;
  }

  renew(refused: string): boolean {
    // Another request may have renewed it already.
    if (this.token?.header === refused) this.token = undefined;
    return true;
  }

  private async mint(): Promise<Token> {
    this.holds.check('token');
    const from = performance.now();
    const answer = await this.ask();
    const parsed = grant.safeParse(jsonOrUndefined(answer.body));
    if (answer.status >= 300 || !parsed.success) {
      const refusal = mintRefusal(withoutSecret(answer, this.clientSecret), this.tokenUrl());
      if (refusal.failure.kind === 'throttled') this.holds.hold('token', refusal.failure.retryAfterSeconds);
      throw refusal;
    }
    const seconds = parsed.data.expires_in ?? TOKEN_SECONDS;
    const life = Math.max(seconds - MARGIN_SECONDS, seconds / 2) * 1000;
    this.token = { header: `Bearer ${parsed.data.access_token}`, renewAt: from + life };
    return this.token;
  }

  private async ask(): Promise<Answer> {
    const body = JSON.stringify({
      grant_type: 'client_credentials',
      client_id: this.clientId,
      client_secret: this.clientSecret,
      scope: 'read',
      expires_in: TOKEN_SECONDS,
    });
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    // Several requests wait for it: cancelling one must not fail the others.
    const { signal } = new AbortController();
    try {
      return await observed(this.observe, this.account, 'token', this.tokenUrl(), async () =>
        send(this.tokenUrl(), { method: 'POST', headers, body }, signal, this.timeouts),
      );
    } catch (error) {
      throw withoutPage(error);
    }
  }

  private tokenUrl(): URL {
    return new URL(`${this.account.baseUrl}/oauth/tokens`);
  }
}

const grant = z.object({
  // Anything else would be refused as a header, on every request.
  access_token: z.string().regex(/^[!-~]+$/),
  // A token without a lifetime is usable: it is renewed once Zendesk refuses it.
  expires_in: z.number().positive().nullish().catch(null),
});

/** Only a refusal by Zendesk itself says something about the client. HTML and other statuses may pass by themselves. */
function mintRefusal(answer: Answer, url: URL): ZendeskError {
  const { status, body } = answer;
  if (status < 300) {
    const found = isHtml(body) ? readErrorBody(body).text : 'no usable access_token';
    return unavailable(`Zendesk at ${url.host} issued no token: ${found} (status ${status})`);
  }
  const isAboutClient = status >= 400 && status < 500 && ![404, 408, 409, 429].includes(status);
  if (!isAboutClient || isHtml(body)) return withoutPage(refusalOf(answer, url));
  return new ZendeskError(
    { kind: 'unauthorized' },
    `Zendesk issued no token for the OAuth client (status ${status}: ${readErrorBody(body).text}). ` +
      'Check ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET (clientId and clientSecret in EXPORT_CONFIG), then resume.',
  );
}

/** No page is involved, so a smaller one would not help. */
function withoutPage<T>(error: T): T | ZendeskError {
  const isTooHeavy = error instanceof ZendeskError && error.failure.kind === 'tooHeavy';
  return isTooHeavy ? unavailable(error.message) : error;
}

function unavailable(message: string): ZendeskError {
  return new ZendeskError({ kind: 'unavailable' }, message);
}

/** The result of `work`, or the abort reason as soon as `signal` aborts; `work` continues. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
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
