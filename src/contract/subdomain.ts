/**
 * The account's DNS label from what people paste: `acme`, `acme.zendesk.com` or a URL of the account.
 * Anything else, such as `evil.com/` or `x@evil.com#`, would turn `https://${subdomain}.zendesk.com` into another host.
 */
export function parseSubdomain(value: string): string | undefined {
  const host = value
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '');
  const label = host.replace(/\.zendesk\.com$/, '');
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label) ? label : undefined;
}
