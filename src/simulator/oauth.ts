import { randomBytes } from 'node:crypto';
import { badRequest, invalidToken, notAuthenticated } from './errors';
import { json, type Answer } from './answer';
import { ADMIN } from './population';

/** The credentials an account accepts. With none given, every credential is accepted (but not the lack of one). */
export interface TokenOptions {
  /** A bearer token made elsewhere; it does not expire. */
  readonly bearer?: string | undefined;
  /** Basic `{email}/token:{apiToken}`. */
  readonly email?: string | undefined;
  readonly apiToken?: string | undefined;
  /** A confidential OAuth client for the client_credentials grant. */
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  /** The life of minted tokens in seconds, whatever a request asks for. Default: what it asks for, else 1800. */
  readonly lifetimeSeconds?: number | undefined;
  /** What every token is good for. Default: to read. */
  readonly scopes?: readonly string[] | undefined;
}

interface MintedToken {
  readonly createdAt: number;
  expiresAt: number;
}

/** What an `Authorization` header amounts to; `refusal` is what an export answers to it. */
export type Access = { granted: true } | { granted: false; expired: boolean; refusal: Answer };

/** Mints and checks tokens. Times are Unix seconds. */
export class Credentials {
  private readonly minted = new Map<string, MintedToken>();
  private readonly acceptsAll: boolean;

  constructor(private readonly options: TokenOptions) {
    const { bearer, apiToken, clientId } = options;
    this.acceptsAll = bearer === undefined && apiToken === undefined && clientId === undefined;
  }

  check(authorization: string | undefined, now: number): Access {
    const bearer = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    if (bearer !== undefined) {
      const token = this.minted.get(bearer);
      const expired = token !== undefined && now >= token.expiresAt;
      const known = token !== undefined || this.acceptsAll || bearer === this.options.bearer;
      return known && !expired ? { granted: true } : { granted: false, expired, refusal: invalidToken() };
    }
    const basic = /^Basic (.+)$/i.exec(authorization ?? '')?.[1];
    const { email, apiToken } = this.options;
    const known =
      basic !== undefined &&
      (this.acceptsAll ||
        (apiToken !== undefined &&
          Buffer.from(basic, 'base64').toString() === `${email ?? ''}/token:${apiToken}`));
    return known ? { granted: true } : { granted: false, expired: false, refusal: notAuthenticated() };
  }

  /** Whether tokens have the scope to read; without it they are known, and may do nothing. */
  get mayRead(): boolean {
    return this.options.scopes?.includes('read') ?? true;
  }

  /** `POST /oauth/tokens`. The body is JSON, or a form. */
  mint(body: string, now: number): Answer {
    const asked = parseBody(body);
    if (asked.grant_type !== 'client_credentials')
      return json(400, {
        error: 'unsupported_grant_type',
        error_description: 'The grant type is not supported.',
      });
    const { clientId, clientSecret, lifetimeSeconds } = this.options;
    const known =
      clientId === undefined
        ? this.acceptsAll
        : asked.client_id === clientId && asked.client_secret === clientSecret;
    if (!known)
      return json(401, { error: 'invalid_client', error_description: 'Client authentication failed.' });
    const scope = typeof asked.scope === 'string' ? asked.scope : 'read write';
    if (!scope.split(' ').every((name) => /^([a-z_]+:)?(read|write)$/.test(name)))
      return json(400, { error: 'invalid_scope', error_description: 'The requested scope is invalid.' });
    const wanted = asked.expires_in === undefined ? undefined : Number(asked.expires_in);
    if (wanted !== undefined && !(wanted >= 300 && wanted <= 172_800))
      return badRequest('invalid_request', 'expires_in must be between 300 and 172800');
    const lifetime = lifetimeSeconds ?? wanted ?? 1800;
    const token = randomBytes(32).toString('hex');
    this.minted.set(token, { createdAt: now, expiresAt: now + lifetime });
    return json(200, {
      access_token: token,
      token_type: 'bearer',
      scope,
      // Only for those who asked (§ OAuth traps).
      ...(wanted === undefined ? {} : { expires_in: lifetime }),
    });
  }

  /** `GET /api/v2/oauth/tokens/current.json`, for a header that `check` has granted. */
  current(authorization: string | undefined): Answer {
    const bearer = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
    const token = this.minted.get(bearer);
    const iso = (seconds: number | undefined): string | null =>
      seconds === undefined ? null : new Date(seconds * 1000).toISOString().slice(0, 19) + 'Z';
    return json(200, {
      token: {
        id: 360000501,
        user_id: ADMIN,
        client_id: 360000601,
        token: bearer.slice(0, 10),
        created_at: iso(token?.createdAt),
        expires_at: iso(token?.expiresAt),
        used_at: null,
        scopes: this.options.scopes ?? ['read'],
        refresh_token: null,
      },
    });
  }

  /** Ends every minted token at once, as an administrator can. */
  revoke(): void {
    for (const token of this.minted.values()) token.expiresAt = -Infinity;
  }
}

function parseBody(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return Object.fromEntries(new URLSearchParams(body));
  }
}
