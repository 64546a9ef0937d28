import { EnvHttpProxyAgent, type Agent, type Dispatcher } from 'undici';
import { ZendeskError } from './failure';
import { LARGEST_BODY } from './tooLarge';

/** In bytes. */
export const LARGEST_HEADERS = 64 * 1024;

const OPTIONS: Agent.Options = {
  // Idle connections are closed before a server does it in the middle of the next request.
  keepAliveTimeout: 4000,
  keepAliveMaxTimeout: 4000,
  connect: { timeout: 15_000 },
  // Proxies and Zendesk's edge may add cookies and policies of many kilobytes.
  maxHeaderSize: LARGEST_HEADERS,
  maxResponseSize: LARGEST_BODY,
};

/** Never through a proxy: simulators and tests. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

let opened: { readonly settings: string; readonly dispatcher: Dispatcher } | undefined;

/**
 * Where requests go: directly, or through the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name, in lower case too, as
 * with curl.
 */
export function dispatcher(): Dispatcher {
  // Empty texts, because without them undici would read the variables itself.
  const proxies = {
    httpsProxy: proxyIn('HTTPS_PROXY') ?? '',
    httpProxy: proxyIn('HTTP_PROXY') ?? '',
    noProxy: noProxy(),
  };
  const settings = JSON.stringify(proxies);
  if (opened?.settings !== settings) {
    opened = { settings, dispatcher: new EnvHttpProxyAgent({ ...OPTIONS, ...proxies }) };
  }
  return opened.dispatcher;
}

/** The host of the proxy that a URL is reached through, for messages: without its user and password. */
export function proxyFor({ protocol, hostname }: URL): string | undefined {
  const proxy = (protocol === 'https:' ? proxyIn('HTTPS_PROXY') : undefined) ?? proxyIn('HTTP_PROXY');
  return proxy === undefined || isExcepted(hostname) ? undefined : new URL(proxy).host;
}

/**
 * The URL of a proxy; like curl, this takes one without `http://`.
 * @throws ZendeskError when it is none
 */
function proxyIn(name: string): string | undefined {
  const value = variable(name)?.trim() ?? '';
  if (value === '') return undefined;
  const url = value.includes('://') ? value : `http://${value}`;
  if (URL.canParse(url)) return url;
  throw new ZendeskError(
    { kind: 'refused' },
    `${name} is not the URL of a proxy, such as http://proxy.example.com:3128. Correct it and restart the worker.`,
  );
}

function isExcepted(hostname: string): boolean {
  const exceptions = noProxy().split(/[,\s]+/);
  return exceptions
    .map((name) =>
      name
        .replace(/:\d+$/, '')
        .replace(/^\*?\./, '')
        .toLowerCase(),
    )
    .some((name) => name === '*' || hostname === name || (name !== '' && hostname.endsWith(`.${name}`)));
}

function noProxy(): string {
  const exceptions = variable('NO_PROXY') ?? '';
  return exceptions.trim() === '*' ? '*' : [exceptions, ...LOOPBACK].join(',');
}

function variable(name: string): string | undefined {
  return process.env[name.toLowerCase()] ?? process.env[name];
}
