import { types } from 'node:util';
import { errors } from 'undici';
import { ZendeskError } from './failure';

const NAME = 'the name cannot be resolved. Check the subdomain, ZENDESK_BASE_URL and the DNS of this machine';
const NOBODY = 'nothing accepts the connection. Check ZENDESK_BASE_URL, the network and its firewall';
const TRUST =
  'its certificate is not trusted here. If a proxy of your company signs its own, name its CA file in NODE_EXTRA_CA_CERTS ' +
  'and restart the worker';

/** Why there is no connection, and what to do, by the code of the system or of TLS. */
const CAUSES: Readonly<Record<string, string>> = {
  ENOTFOUND: NAME,
  EAI_AGAIN: NAME,
  ECONNREFUSED: NOBODY,
  EHOSTUNREACH: NOBODY,
  ENETUNREACH: NOBODY,
  ETIMEDOUT: NOBODY,
  UND_ERR_CONNECT_TIMEOUT: NOBODY,
  SELF_SIGNED_CERT_IN_CHAIN: TRUST,
  DEPTH_ZERO_SELF_SIGNED_CERT: TRUST,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: TRUST,
  UNABLE_TO_GET_ISSUER_CERT: TRUST,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: TRUST,
  CERT_UNTRUSTED: TRUST,
  CERT_HAS_EXPIRED: 'its certificate has expired. Check the clock of this machine, then the server',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet. Check the clock of this machine',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host. Check ZENDESK_BASE_URL and the proxy',
};

/**
 * Why there was no connection, and what to do; undefined for any other failure. Names and networks come back by themselves,
 * so the request is repeated for ever, and the status shows the reason.
 * @param proxy host of the proxy on the way
 */
export function unreachable(error: unknown, url: URL, proxy: string | undefined): ZendeskError | undefined {
  if (!types.isNativeError(error)) return undefined;
  // Not our own abort, which the caller has ruled out: the proxy did not open the tunnel.
  if (proxy !== undefined && error instanceof errors.RequestAbortedError) {
    const [status = ''] = /\d{3}/.exec(error.message) ?? [];
    return unavailable(
      `The proxy ${proxy} does not let the worker reach ${url.host} (${`status ${status}`.trim()}): check HTTPS_PROXY, ` +
        'its user and password, and what the proxy allows.',
    );
  }
  const code = 'code' in error ? String(error.code) : '';
  const cause = CAUSES[code];
  if (cause === undefined) return undefined;
  const way = proxy === undefined ? '' : ` through the proxy ${proxy}`;
  return unavailable(`No connection to ${url.host}${way} (${code}): ${cause}.`);
}

function unavailable(message: string): ZendeskError {
  return new ZendeskError({ kind: 'unavailable' }, message);
}
