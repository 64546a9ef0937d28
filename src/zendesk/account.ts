import type { Privacy } from './privacy/privacy';

/** An account and how to get in. `baseUrl` has no trailing slash. */
export interface Account {
  readonly subdomain: string;
  readonly baseUrl: string;
  readonly credentials: Credentials;
  /** What is taken out of its records before they are used; absent: nothing. */
  readonly privacy?: Privacy;
}

export type Credentials =
  | { readonly kind: 'oauthClient'; readonly clientId: string; readonly clientSecret: string }
  | { readonly kind: 'oauthToken'; readonly token: string }
  /** Legacy: Zendesk ends all API tokens on 2027-04-30. */
  | { readonly kind: 'apiToken'; readonly email: string; readonly token: string };
