import { parseArgs } from 'node:util';
import type { SimulatorOptions } from './options';

export const help = `A fake Zendesk with made-up tickets, for demos and tests.

  npm run simulator -- [options]

  --port <n>              port to listen on (default 8080; 0 takes a free one)
  --host <address>        address to listen on (default 127.0.0.1)
  --subdomain <name>      name of the account (default demo)
  --tickets <n>           number of tickets (default 25000)
  --ticket-bytes <n>      about how long one ticket's JSON is (default 1500)
  --seed <n>              same seed, same tickets (default 1)
  --from <time>           newest change of the oldest ticket: ISO 8601 or Unix seconds (default two years ago)
  --to <time>             newest change of the newest ticket (default two minutes ago)
  --burst <time>=<n>      n more tickets that share one second; may be given more than once
  --pinned <how>          a page inside one second: expand (default) or repeat
  --expand-limit <n>      the largest second that is expanded; above it the page repeats
  --quota <n>             export requests per minute (default: no limit)
  --no-quota-header       leave out the header that tells the quota
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
export type Command = { help: true } | { help: false; options: SimulatorOptions; updatesPerSecond: number };

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const flags = {
  port: text,
  host: text,
  subdomain: text,
  tickets: text,
  'ticket-bytes': text,
  seed: text,
  from: text,
  to: text,
  burst: { type: 'string', multiple: true },
  pinned: text,
  'expand-limit': text,
  quota: text,
  'no-quota-header': flag,
  'no-retry-after': flag,
  updates: text,
  latency: text,
  'hold-back': text,
  bearer: text,
  email: text,
  'api-token': text,
  'client-id': text,
  'client-secret': text,
  'token-lifetime': text,
  role: text,
  help: flag,
} as const;

/** Reads the command line; throws an `Error` with one clear sentence about the first thing that is wrong. */
export function readArguments(args: readonly string[]): Command {
  const { values } = parse(args);
  if (values.help === true) return { help: true };
  const { quota } = values;
  const options: SimulatorOptions = {
    port: number('port', values.port) ?? 8080,
    host: values.host,
    subdomain: values.subdomain,
    tickets: number('tickets', values.tickets) ?? 25_000,
    ticketBytes: number('ticket-bytes', values['ticket-bytes']),
    seed: number('seed', values.seed),
    from: time('from', values.from),
    to: time('to', values.to),
    burst: (values.burst ?? []).map(burst),
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
  return { help: false, options, updatesPerSecond: number('updates', values.updates) ?? 0 };
}

function parse(args: readonly string[]): ReturnType<typeof parseFlags> {
  try {
    return parseFlags(args);
  } catch (error) {
    const message = error instanceof Error ? error.message.replace(/\.?$/, '.') : String(error);
    throw new Error(`${message} Try --help.`, { cause: error });
  }
}

const parseFlags = (args: readonly string[]) =>
  parseArgs({ args: [...args], options: flags, strict: true, allowPositionals: false });

function number(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const parsed = Number(value);
  if (value.trim() === '' || !Number.isFinite(parsed) || parsed < 0)
    throw new Error(`--${name} must be a number that is not negative, not "${value}".`);
  return parsed;
}

function time(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : Date.parse(value) / 1000;
  if (Number.isNaN(seconds)) throw new Error(`--${name} must be ISO 8601 or Unix seconds, not "${value}".`);
  return Math.floor(seconds);
}

function burst(value: string): { at: number; tickets: number } {
  const [at, tickets] = value.split('=');
  return { at: time('burst', at) ?? 0, tickets: number('burst', tickets ?? '') ?? 0 };
}

function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  allowed: readonly T[],
): T | undefined {
  const found = allowed.find((candidate) => candidate === value);
  if (value !== undefined && found === undefined)
    throw new Error(`--${name} must be ${allowed.join(' or ')}, not "${value}".`);
  return found;
}
