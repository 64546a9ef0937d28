import { z } from 'zod';
import type { Quota } from '../contract/page';
import type { Account } from './account';
import { authorizationOf, type Authorization } from './auth';
import { isHtml, readErrorBody } from './errorBody';
import { exportUrl, type PageQuery } from './exportUrl';
import { ZendeskError } from './failure';
import { send, withoutSecret, type Answer, type Timeouts } from './http';
import { jsonOrUndefined } from './json';
import { NotAPage, readPage, type ExportPage } from './page';
import { quotaOf } from './quota';
import { answerError, refusalOf } from './refusal';
import { MalformedJson } from './scan';

export interface FetchedPage {
  readonly page: ExportPage;
  /** Decoded size of the body. */
  readonly bytes: number;
  readonly quota: Quota | null;
  /** Requests to the export endpoint: 2 when the token had to be renewed. */
  readonly requests: number;
}

export interface CurrentUser {
  readonly name: string;
  readonly role: string;
}

/** Reads one account. Every method throws ZendeskError, or the abort reason when `signal` aborts. */
export class ZendeskClient {
  private readonly authorization: Authorization;

  constructor(
    private readonly account: Account,
    private readonly timeouts?: Timeouts,
  ) {
    this.authorization = authorizationOf(account, timeouts);
  }

  async exportPage(query: PageQuery, signal: AbortSignal): Promise<FetchedPage> {
    const url = exportUrl(this.account.baseUrl, query);
    const { answer, requests } = await this.get(url, signal);
    return {
      page: pageOf(answer, url, query),
      bytes: answer.bytes,
      quota: quotaOf(answer.headers),
      requests,
    };
  }

  /**
   * Whose credentials these are; undefined when Zendesk does not tell (a token may be limited to tickets). It answers 200
   * with an anonymous user for wrong ones.
   */
  async currentUser(signal: AbortSignal): Promise<CurrentUser | undefined> {
    const url = new URL(`${this.account.baseUrl}/api/v2/users/me.json`);
    let answer: Answer;
    try {
      ({ answer } = await this.get(url, signal, isAnonymous));
    } catch (error) {
      if (error instanceof ZendeskError && ['forbidden', 'unknownAccount'].includes(error.failure.kind))
        return undefined;
      throw error;
    }
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

  /** @param isRefused whether an answer other than 401 also says that the token is not known */
  private async get(
    url: URL,
    signal: AbortSignal,
    isRefused: (answer: Answer) => boolean = () => false,
  ): Promise<{ answer: Answer; requests: number }> {
    const ask = async (authorization: string): Promise<Answer> => {
      const headers = { authorization, accept: 'application/json' };
      const answer = await send(url, { headers }, signal, this.timeouts);
      return answer.status === 200 ? answer : withoutSecret(answer, authorization.replace(/^\w+ /, ''));
    };
    const authorization = await this.authorization.header(signal);
    let answer = await ask(authorization);
    let requests = 1;
    if ((answer.status === 401 || isRefused(answer)) && this.authorization.renew(authorization)) {
      answer = await ask(await this.authorization.header(signal));
      requests = 2;
    }
    if (answer.status !== 200) throw refusalOf(answer, url);
    return { answer, requests };
  }
}

function pageOf(answer: Answer, url: URL, { position, perPage }: PageQuery): ExportPage {
  const broken = (text: string): Error => answerError('unavailable', answer, url, text);
  // Seen from proxies with status 200; taking it for the end of the stream would lose everything after it.
  if (isHtml(answer.body)) throw broken(`${readErrorBody(answer.body).text} in place of JSON`);
  try {
    return readPage(answer.body, position, perPage);
  } catch (error) {
    // The parser's own message would quote the body.
    if (error instanceof SyntaxError || error instanceof MalformedJson) {
      throw broken(`broken JSON of ${answer.bytes} bytes`);
    }
    if (error instanceof NotAPage) throw broken(error.message);
    throw error;
  }
}

const currentUser = z.object({ user: z.object({ name: z.string(), role: z.string() }) });
const anonymousUser = z.object({ user: z.object({ id: z.null() }) });

function isAnonymous(answer: Answer): boolean {
  return anonymousUser.safeParse(jsonOrUndefined(answer.body)).success;
}
