import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account, ServedStream } from './account';
import { json, type Answer, type Headers } from './answer';
import { controlAnswer, sendLines, type Controlled } from './control';
import { ticketFields } from './customFields';
import { exportEndpoint, type ExportEndpoint } from './endpoints';
import { accountThrottled, exportThrottled, forbidden, invalidEndpoint, scopeMissing } from './errors';
import { exportAnswer } from './exportAnswer';
import { cursorText, pageSizeOf, perPageOf, placeIn } from './exportQuery';
import { faultAnswer, type Fault, type Faults, type RequestFacts } from './faults';
import type { Linked } from './links';
import { listAnswer, listEndpoint, type ListEndpoint } from './listAnswer';
import type { Credentials } from './oauth';
import type { SimulatorOptions } from './options';
import { PageCache } from './pageCache';
import { AccountLimit, exportQuotas } from './quota';
import { requestRecord, type RequestRecord } from './requestLog';
import { LOOK_UPS, LookUps } from './search';
import { send } from './send';
import { customFieldsOf } from './tickets';
import { unavailableAnswer, type Unavailable } from './unavailable';
import { currentUser } from './users';

const CURRENT_TOKEN = '/api/v2/oauth/tokens/current';

/** The simulator that the server answers for. */
interface Served extends Controlled {
  readonly url: string;
  readonly requests: RequestRecord[];
  now(): number;
}

interface Parts {
  readonly account: Account;
  readonly credentials: Credentials;
  readonly faults: Faults;
  readonly unavailable: ReadonlyMap<ServedStream, Unavailable>;
}

/** The HTTP side of a simulator. */
export function requestHandler(
  simulator: Served,
  { account, credentials, faults, unavailable }: Parts,
  options: SimulatorOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const quotas = options.quota === undefined ? undefined : exportQuotas(options.quota);
  const accountLimit = new AccountLimit(options.accountPerMinute, options.othersPerMinute);
  const cache = new PageCache();
  const lookUps = new LookUps(account, options);
  const role = options.role ?? 'admin';
  const settings = {
    pinned: options.pinned ?? 'expand',
    expandLimit: options.expandLimit ?? Infinity,
    holdBackSeconds: options.holdBackSeconds ?? 60,
  };

  /** The answer to an export request, with the headers of its rate limit. */
  function answerExport(
    endpoint: ExportEndpoint,
    url: URL,
    authorization: string | undefined,
    fault: Fault | undefined,
  ): { answer: Answer; headers: Headers } {
    const now = simulator.now();
    const access = credentials.check(authorization, now);
    if (!access.granted) return { answer: access.refusal, headers: {} };
    if (!credentials.mayRead) return { answer: scopeMissing(), headers: {} };
    if (role !== 'admin') return { answer: forbidden(), headers: {} };
    const lacking = unavailable.get(endpoint.stream);
    if (lacking !== undefined) return { answer: unavailableAnswer(lacking), headers: {} };
    const quota = quotas?.[endpoint.bucket];
    const grant = quota?.take(now);
    const headers: Headers = {};
    if (quota !== undefined && grant !== undefined) {
      const { perMinute, header = true, retryAfter = true } = quota.options;
      if (header)
        headers[quota.header] = `total=${perMinute}; remaining=${grant.remaining}; resets=${grant.resets}`;
      if (!grant.allowed)
        return {
          answer: exportThrottled(retryAfter ? { 'retry-after': String(grant.resets) } : {}),
          headers,
        };
    }
    const answer =
      faultAnswer(fault, true) ?? exportAnswer(account, settings, cache, { ...endpoint, url, now, fault });
    return { answer, headers };
  }

  function answerList({ name, schedule }: ListEndpoint, linked: Linked): Answer {
    const lacking = unavailable.get(name);
    if (lacking !== undefined) return unavailableAnswer(lacking);
    return listAnswer(account.list(name), schedule, linked);
  }

  async function answerOther(
    request: IncomingMessage,
    url: URL,
    path: string,
    list: ListEndpoint | undefined,
    fault: Fault | undefined,
  ): Promise<Answer> {
    const now = simulator.now();
    if (path.startsWith('/api/') && !accountLimit.take(now))
      return accountThrottled({ 'retry-after': String(accountLimit.resets(now)) });
    const failure = faultAnswer(fault, false);
    if (failure !== undefined) return failure;
    const { authorization } = request.headers;
    if (path === '/oauth/tokens' && request.method === 'POST')
      return credentials.mint(await readBody(request), now);
    const access = credentials.check(authorization, now);
    if (access.granted && !credentials.mayRead && path !== CURRENT_TOKEN) return scopeMissing();
    if (list !== undefined) return access.granted ? answerList(list, { url, fault }) : access.refusal;
    if (LOOK_UPS.includes(path))
      return access.granted ? lookUps.answer(path, { url, now, fault }) : access.refusal;
    switch (path) {
      case '/api/v2/users/me':
        return access.granted || !access.expired
          ? currentUser(access.granted, role, url.origin)
          : access.refusal;
      case CURRENT_TOKEN:
        return access.granted ? credentials.current(authorization) : access.refusal;
      case '/api/v2/ticket_fields': {
        if (!access.granted) return access.refusal;
        const fields = ticketFields(customFieldsOf(account.tickets.style), url.origin);
        return json(200, {
          ticket_fields: fields,
          next_page: null,
          previous_page: null,
          count: fields.length,
        });
      }
      default:
        return invalidEndpoint();
    }
  }

  return async (request, response) => {
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', addressIn(request) ?? simulator.url);
    if (url.pathname.startsWith('/simulator/')) {
      await answerControl(simulator, request, response, url);
      return;
    }
    const path = url.pathname.replace(/\.json$/, '');
    const endpoint = method === 'GET' ? exportEndpoint(path, url.searchParams) : undefined;
    const list = method === 'GET' ? listEndpoint(path) : undefined;
    const record = requestRecord(method, url, simulator.now(), endpoint?.stream ?? list?.name);
    simulator.requests.push(record);
    const fault = faults.strike(requestFacts(method, url, endpoint !== undefined));
    const delay = (options.latencyMs ?? 0) + (fault?.kind === 'slow' ? fault.ms : 0);
    if (delay > 0) await sleep(delay);
    const { answer, headers } =
      endpoint === undefined
        ? { answer: await answerOther(request, url, path, list, fault), headers: {} }
        : answerExport(endpoint, url, request.headers.authorization, fault);
    // What breaks on its way has cost quota all the same.
    const broken = fault?.kind === 'reset' || fault?.kind === 'stall' ? fault : undefined;
    if (broken === undefined) record.status = answer.status;
    else if (broken.point !== 'midBody') {
      if (broken.kind === 'reset') request.socket.resetAndDestroy();
      return;
    }
    await send(request, response, answer, {
      gzip: options.gzip ?? true,
      headers: { ...accountLimit.headers(simulator.now()), ...headers },
      fault,
    });
  };
}

/** The address that the client used, so that the links in an answer lead back: another container knows this one by another name. */
function addressIn({ headers: { host = '' } }: IncomingMessage): string | undefined {
  const address = `http://${host}`;
  return URL.canParse(address) ? address : undefined;
}

function requestFacts(method: string, url: URL, isExport: boolean): RequestFacts {
  const startTime = url.searchParams.get('start_time');
  return {
    method,
    path: url.pathname,
    isExport,
    position: placeIn(url.searchParams)?.second ?? (startTime === null ? undefined : Number(startTime)),
    cursor: cursorText(url.searchParams) ?? undefined,
    perPage:
      isExport || url.pathname.includes('/search/')
        ? perPageOf(url.searchParams)
        : pageSizeOf(url.searchParams),
  };
}

async function answerControl(
  simulator: Served,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const { method = 'GET', socket } = request;
  const isLocal = /^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '');
  const answer =
    method === 'GET' || isLocal
      ? controlAnswer(simulator, method, url, await readBody(request))
      : invalidEndpoint();
  if ('lines' in answer) {
    await sendLines(answer.lines, response);
    return;
  }
  await send(request, response, answer, { gzip: false, headers: {}, fault: undefined });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
