import { Misuse, readCommandLine } from '../command';
import { SERVED, type Burst, type ServedStream } from './account';
import { LISTS, type ListName } from './listSpecs';
import type { SimulatorOptions } from './options';
import { SHAPE_FLAGS, shapeHelp, shapesOf } from './shapeArguments';
import type { Unavailable } from './unavailable';

/** Default length of a ticket. */
const TICKET_BYTES = 1500;

export const USAGE = `A fake Zendesk with made-up tickets, for demos and tests.

  npm run simulator -- [options]

  --port <n>              port to listen on (default 8080; 0 takes a free one)
  --host <address>        address to listen on (default 127.0.0.1)
  --subdomain <name>      name of the account (default demo)
  --tickets <n>           number of tickets (default 25000)
  --users <n>             number of users, agents included (default: a fifth of that)
  --organizations <n>     (default: a fiftieth of it)
${shapeHelp(TICKET_BYTES)}\
  --list <name>=<n>       records of a list, if more than by default, such as tags=500; may be given more than once
  --seed <n>              same seed, same tickets (default 1)
  --from <time>           newest change of the oldest ticket: ISO 8601 or Unix seconds (default two years ago)
  --to <time>             newest change of the newest ticket (default two minutes ago)
  --burst <time>=<n>      n more tickets that share one second; may be given more than once. Of another stream:
                          <stream>:<time>=<n>, with users, organizations, ticket_events or ticket_metric_events
  --unavailable <stream>=<status>
                          a stream that is refused with 403 or 404; may be given more than once
  --pinned <how>          a page inside one second: expand (default) or repeat
  --expand-limit <n>      the largest second that is expanded; above it the page repeats
  --quota <n>             export requests per minute (default: no limit); 20 of the users' cursor export then
  --account-quota <n>     other requests per minute (default 700) …
  --others <n>            … of which people and other programs make so many (default 0)
  --search-quota <n>      pages of search results per minute (default 100) …
  --search-lag <seconds>  … whose index knows nothing younger (default 0)
  --no-quota-header       leave out the header that shows the quota
  --no-retry-after        leave out Retry-After on 429
  --updates <n>           live changes per second (default 0)
  --latency <ms>          delay of every answer
  --hold-back <seconds>   age below which changes are held back (default 60)
  --bearer <token>        accept this bearer token
  --email <address>       accept basic authentication of this user …
  --api-token <token>     … with this API token
  --client-id <id>        accept this OAuth client …
  --client-secret <text>  … with this secret
  --token-lifetime <s>    life of minted tokens in seconds (default 1800)
  --role <role>           admin (default) or agent, who may not export
  --help                  this text
`;

/** What the command line asks for. */
export interface Command {
  readonly options: SimulatorOptions;
  readonly updatesPerSecond: number;
}

const TEXT = { type: 'string' } as const;
const FLAG = { type: 'boolean' } as const;
const FLAGS = {
  port: TEXT,
  host: TEXT,
  subdomain: TEXT,
  tickets: TEXT,
  users: TEXT,
  organizations: TEXT,
  ...SHAPE_FLAGS,
  list: { type: 'string', multiple: true },
  seed: TEXT,
  from: TEXT,
  to: TEXT,
  burst: { type: 'string', multiple: true },
  unavailable: { type: 'string', multiple: true },
  pinned: TEXT,
  'expand-limit': TEXT,
  quota: TEXT,
  'account-quota': TEXT,
  others: TEXT,
  'search-quota': TEXT,
  'search-lag': TEXT,
  'no-quota-header': FLAG,
  'no-retry-after': FLAG,
  updates: TEXT,
  latency: TEXT,
  'hold-back': TEXT,
  bearer: TEXT,
  email: TEXT,
  'api-token': TEXT,
  'client-id': TEXT,
  'client-secret': TEXT,
  'token-lifetime': TEXT,
  role: TEXT,
} as const;

/**
 * Reads the command line.
 * @throws Help, or Misuse with one clear sentence about the first thing that is wrong
 */
export function readArguments(args: readonly string[]): Command {
  const { values } = readCommandLine(args, { usage: USAGE, options: FLAGS });
  const { quota } = values;
  const options: SimulatorOptions = {
    port: number('port', values.port) ?? 8080,
    host: values.host,
    subdomain: values.subdomain,
    tickets: number('tickets', values.tickets) ?? 25_000,
    users: number('users', values.users),
    organizations: number('organizations', values.organizations),
    shapes: shapesOf(values, TICKET_BYTES),
    lists: Object.fromEntries((values.list ?? []).map(listSize)),
    seed: number('seed', values.seed),
    from: time('from', values.from),
    to: time('to', values.to),
    burst: (values.burst ?? []).map(burst),
    unavailable: Object.fromEntries((values.unavailable ?? []).map(unavailable)),
    pinned: oneOf('pinned', values.pinned, ['expand', 'repeat'] as const),
    expandLimit: number('expand-limit', values['expand-limit']),
    quota:
      quota === undefined
        ? undefined
        : {
            perMinute: number('quota', quota) ?? 10,
            header: values['no-quota-header'] !== true,
            retryAfter: values['no-retry-after'] !== true,
          },
    accountPerMinute: number('account-quota', values['account-quota']),
    othersPerMinute: number('others', values.others),
    searchesPerMinute: number('search-quota', values['search-quota']),
    searchLagSeconds: number('search-lag', values['search-lag']),
    latencyMs: number('latency', values.latency),
    holdBackSeconds: number('hold-back', values['hold-back']),
    tokens: {
      bearer: values.bearer,
      email: values.email,
      apiToken: values['api-token'],
      clientId: values['client-id'],
      clientSecret: values['client-secret'],
      lifetimeSeconds: number('token-lifetime', values['token-lifetime']),
    },
    role: oneOf('role', values.role, ['admin', 'agent'] as const),
  };
  return { options, updatesPerSecond: number('updates', values.updates) ?? 0 };
}

function number(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const parsed = Number(value);
  if (value.trim() === '' || !Number.isFinite(parsed) || parsed < 0)
    throw new Misuse(`--${name} must be a number that is not negative, not "${value}".`);
  return parsed;
}

function time(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : Date.parse(value) / 1000;
  if (Number.isNaN(seconds)) throw new Misuse(`--${name} must be ISO 8601 or Unix seconds, not "${value}".`);
  return Math.floor(seconds);
}

function burst(value: string): Burst {
  const [, name, text = value] = /^([a-z_]+):(.*)$/.exec(value) ?? [];
  const [at, count] = text.split('=');
  const [second, records] = [time('burst', at) ?? 0, number('burst', count ?? '') ?? 0];
  const stream = oneOf('burst', name, SERVED) ?? 'tickets';
  return stream === 'tickets' ? { at: second, tickets: records } : { at: second, stream, records };
}

function listSize(value: string): [ListName, number] {
  const [name = '', count = ''] = value.split('=');
  return [oneOf('list', name, LISTS) ?? 'groups', number('list', count) ?? 0];
}

function unavailable(value: string): [ServedStream, Unavailable] {
  const [name = '', status = ''] = value.split('=');
  const how = oneOf('unavailable', status, ['403', '404'] as const) === '403' ? 403 : 404;
  return [oneOf('unavailable', name, [...SERVED, ...LISTS]) ?? 'tickets', how];
}

function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  allowed: readonly T[],
): T | undefined {
  const found = allowed.find((candidate) => candidate === value);
  if (value !== undefined && found === undefined)
    throw new Misuse(`--${name} must be ${allowed.join(' or ')}, not "${value}".`);
  return found;
}
