/** Zendesk ends all API tokens on 2027-04-30: the moment that day begins, in Unix seconds. */
export const API_TOKENS_END = Date.UTC(2027, 3, 30) / 1000;

/** What to say about a legacy API token. `now` is in Unix seconds. */
export function apiTokenNotice(now: number): string {
  const days = Math.ceil((API_TOKENS_END - now) / 86_400);
  const when =
    days > 0
      ? `ends all of them on 2027-04-30, in ${days} ${days === 1 ? 'day' : 'days'}`
      : 'ended all of them on 2027-04-30';
  return `legacy API token: Zendesk ${when}; use an OAuth client (ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET)`;
}
