import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { QuotaSeen } from '../contract/page';
import { bucketOf } from '../contract/request';
import type { Account } from './account';
import { API_TOKENS_END } from './apiTokensEnd';
import { authorizationOf, type Authorization } from './auth';
import { exportUrl, type PageQuery } from './exportUrl';
import type { FetchedPage } from './fetchedPage';
import { ZendeskError } from './failure';
import { Holds, type Bucket } from './holds';
import {
  PAGE_TIMEOUTS,
  readAnswer,
  readRefusal,
  sendRaw,
  SMALL_TIMEOUTS,
  withoutSecret,
  type Answer,
  type RawAnswer,
  type Timeouts,
} from './http';
import { jsonOrUndefined } from '../json';
import { observed, type Observe } from './observe';
import { fetchOwned } from './ownedList';
import { parseInThread } from './parseInThread';
import type { Privacy } from './privacy/privacy';
import { quotaOf } from './quota';
import { answerError, refusalOf } from './refusal';
import { listPaging } from '../streams';
import type { CustomField } from '../streams/customField';
import { readTicketFields } from './ticketFields';

export interface CurrentUser {
  readonly name: string;
  readonly role: string;
}

export interface CurrentToken {
  /** Such as `read`; undefined when Zendesk does not name them. */
  readonly scopes: readonly string[] | undefined;
  /** Unix seconds; null when it does not expire, or Zendesk does not say. */
  readonly expiresAt: number | null;
}

/** An answer of an endpoint beside the export. */
export interface ReadAnswer {
  readonly body: string;
  readonly requests: number;
  /** Of the account's own limit. */
  readonly quota: QuotaSeen | null;
  /** The error to throw where it is not what it should be. */
  readonly unreadable: (what: string) => ZendeskError;
}

interface ClientOptions {
  readonly timeouts?: Timeouts;
  readonly observe?: Observe;
  /** Milliseconds, for the times before which Zendesk is not asked; see {@link Holds}. */
  readonly clock?: () => number;
}

/** Reads one account. Every method throws ZendeskError, or the abort reason when `signal` aborts. */
export class ZendeskClient {
  private readonly authorization: Authorization;
  private readonly holds: Holds;
  private readonly timeouts: Timeouts | undefined;
  private readonly observe: Observe;
  private learnedExpiry: number | null = null;

  constructor(
    private readonly account: Account,
    { timeouts, observe = () => undefined, clock }: ClientOptions = {},
  ) {
    this.timeouts = timeouts;
    this.observe = observe;
    this.holds = new Holds(clock);
    this.authorization = authorizationOf(account, timeouts, observe);
  }

  /** What is taken out of the account's records; undefined: nothing. */
  get privacy(): Privacy | undefined {
    return this.account.privacy;
  }

  /** @param atOnce whether to ask even before the time that Zendesk named */
  async fetchPage(query: PageQuery, signal: AbortSignal, atOnce = false): Promise<FetchedPage> {
    const list = listPaging(query.stream);
    if (list?.of && query.owner === undefined)
      return fetchOwned(query, list.of, async (other) => this.fetchPage(other, signal, atOnce));
    const url = exportUrl(this.account.baseUrl, query);
    const bucket = bucketOf(query.stream, query.position);
    if (!atOnce) this.holds.check(bucket);
    const { answer, requests } = await this.get(bucket, url, signal, this.timeouts ?? PAGE_TIMEOUTS);
    const { content, headers, askedAt, answeredAt } = answer;
    const { stream, position, perPage, owner } = query;
    const parsed = await parseInThread({
      content,
      encoding: headers.get('content-encoding'),
      stream,
      position,
      perPage,
      ...(this.privacy === undefined ? {} : { privacy: this.privacy }),
      ...(list?.of && owner !== undefined ? { owner: { key: list.of.key, id: owner } } : {}),
    });
    signal.throwIfAborted();
    if ('problem' in parsed) throw answerError(parsed.kind, answer, url, parsed.problem);
    return { ...parsed, quota: quotaOf(headers, bucket), askedAt, answeredAt, requests };
  }

  /**
   * The user of the credentials; undefined when they may not read it (a token may be limited to tickets). Zendesk answers
   * 200 with an anonymous user to wrong ones.
   */
  async currentUser(signal: AbortSignal): Promise<CurrentUser | undefined> {
    const url = new URL(`${this.account.baseUrl}/api/v2/users/me.json`);
    const answer = await unlessDenied(async () => this.getText(url, signal, isAnonymous));
    if (answer === undefined) return undefined;
    if (isAnonymous(answer)) {
      throw answerError(
        'unauthorized',
        answer,
        url,
        'the credentials are not known',
        'Check them, then resume.',
      );
    }
    return currentUser.safeParse(jsonOrUndefined(answer.body)).data?.user;
  }

  /** What Zendesk says about the OAuth token in use. It may say nothing: nothing depends on it. */
  async currentToken(signal: AbortSignal): Promise<CurrentToken | undefined> {
    if (this.account.credentials.kind === 'apiToken') return undefined;
    const url = new URL(`${this.account.baseUrl}/api/v2/oauth/tokens/current.json`);
    try {
      const { body } = await this.getText(url, signal);
      const parsed = currentToken.safeParse(jsonOrUndefined(body));
      if (parsed.success && this.account.credentials.kind === 'oauthToken') {
        this.learnedExpiry = parsed.data.expiresAt;
      }
      return parsed.data;
    } catch (error) {
      if (error instanceof ZendeskError) return undefined;
      throw error;
    }
  }

  /**
   * When the credentials expire, in Unix seconds; null for an OAuth client, whose tokens are renewed, and for a bearer token
   * of which nothing has been learned ({@link currentToken}).
   */
  get credentialsExpireAt(): number | null {
    return this.account.credentials.kind === 'apiToken' ? API_TOKENS_END : this.learnedExpiry;
  }

  /** The account's custom fields; undefined when the credentials may not see them. */
  async ticketFields(signal: AbortSignal): Promise<readonly CustomField[] | undefined> {
    return readTicketFields(this.account.baseUrl, async (url) =>
      unlessDenied(async () => this.getText(url, signal)),
    );
  }

  /** @param path below `/api/v2/`, with its query */
  async read(path: string, signal: AbortSignal): Promise<ReadAnswer> {
    const url = new URL(`${this.account.baseUrl}/api/v2/${path}`);
    this.holds.check('search');
    const { answer, requests } = await this.get('search', url, signal, this.timeouts ?? PAGE_TIMEOUTS);
    const { body, headers, askedAt, answeredAt } = readAnswer(answer);
    const quota = quotaOf(headers, 'search');
    const ago = (at: number): number => Math.round(performance.now() - at);
    return {
      body,
      requests,
      quota: quota && { ...quota, askedMsAgo: ago(askedAt), answeredMsAgo: ago(answeredAt) },
      unreadable: (what) => answerError('unavailable', answer, url, `the answer cannot be read: ${what}`),
    };
  }

  /** The same; undefined when the credentials may not see it. */
  async readAllowed(path: string, signal: AbortSignal): Promise<ReadAnswer | undefined> {
    return unlessDenied(async () => this.read(path, signal));
  }

  /** @param isRefused whether an answer with status 200 says that the token is unknown */
  private async getText(
    url: URL,
    signal: AbortSignal,
    isRefused?: (answer: Answer) => boolean,
  ): Promise<Answer> {
    this.holds.check('account');
    const { answer } = await this.get(
      'account',
      url,
      signal,
      this.timeouts ?? SMALL_TIMEOUTS,
      isRefused && ((raw) => raw.status === 200 && isRefused(readAnswer(raw))),
    );
    return readAnswer(answer);
  }

  private async get(
    bucket: Bucket,
    url: URL,
    signal: AbortSignal,
    timeouts: Timeouts,
    isRefused: (answer: RawAnswer) => boolean = () => false,
  ): Promise<{ answer: RawAnswer; requests: number }> {
    const ask = async (authorization: string): Promise<RawAnswer> =>
      observed(this.observe, this.account, bucket, url, async () =>
        sendRaw(url, { headers: { authorization, accept: 'application/json' } }, signal, timeouts),
      );
    let authorization = await this.authorization.header(signal);
    let answer = await ask(authorization);
    let requests = 1;
    if (await this.isWorthAsking(answer, authorization, isRefused, signal)) {
      authorization = await this.authorization.header(signal);
      answer = await ask(authorization);
      requests = 2;
    }
    if (answer.status === 200) {
      this.holds.lift(bucket);
      return { answer, requests };
    }
    const quotable = withoutSecret(readRefusal(answer), authorization.replace(/^\w+ /, ''));
    const refusal = refusalOf(quotable, url, this.privacy !== undefined);
    if (refusal.failure.kind === 'throttled') this.holds.hold(bucket, refusal.failure.retryAfterSeconds);
    throw refusal;
  }

  /** Whether to ask again: with a new token, or, where there is none, once more, since a proxy may have sent the 401. */
  private async isWorthAsking(
    answer: RawAnswer,
    authorization: string,
    isRefused: (answer: RawAnswer) => boolean,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (answer.status !== 401 && !isRefused(answer)) return false;
    if (this.authorization.renew(authorization)) return true;
    if (answer.status !== 401) return false;
    await sleep(SECOND_TRY_MS, undefined, { signal }).catch(() => {
      signal.throwIfAborted();
    });
    return true;
  }
}

const SECOND_TRY_MS = 1000;

/** The answer; undefined when the credentials do not allow it. */
async function unlessDenied<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    const denied =
      error instanceof ZendeskError && ['forbidden', 'unknownAccount'].includes(error.failure.kind);
    if (denied) return undefined;
    throw error;
  }
}

const currentUser = z.object({ user: z.object({ name: z.string(), role: z.string().max(60) }) });
const currentToken = z
  .object({
    token: z.object({
      scopes: z.array(z.string().max(60)).max(100).optional().catch(undefined),
      expires_at: z.string().nullish().catch(null),
    }),
  })
  .transform(({ token: { scopes, expires_at } }): CurrentToken => {
    const milliseconds = Date.parse(expires_at ?? '');
    return { scopes, expiresAt: Number.isNaN(milliseconds) ? null : Math.floor(milliseconds / 1000) };
  });
const anonymousUser = z.object({ user: z.object({ id: z.null() }) });

function isAnonymous(answer: Answer): boolean {
  return anonymousUser.safeParse(jsonOrUndefined(answer.body)).success;
}
