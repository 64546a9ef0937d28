import type { CurrentToken, CurrentUser, ZendeskClient } from './client';
import { ZendeskError } from './failure';

/** Who the credentials belong to, and what they are good for; undefined for what Zendesk does not tell. */
export interface Access {
  readonly user: CurrentUser | undefined;
  readonly token: CurrentToken | undefined;
}

/**
 * What can be known of an account's credentials without a request to the export.
 * @throws ZendeskError for a clear no only: a token may be allowed to export tickets and not to read users
 */
export async function accessOf(
  zendesk: ZendeskClient,
  subdomain: string,
  signal: AbortSignal,
): Promise<Access> {
  const user = await zendesk.currentUser(signal);
  if (user !== undefined && user.role !== 'admin') {
    throw new ZendeskError(
      { kind: 'forbidden' },
      `The credentials for ${subdomain} belong to a user of the role ${user.role}; only admins may use the incremental ` +
        "export. Give the user the admin role, or use an admin's credentials, then resume.",
    );
  }
  return { user, token: await zendesk.currentToken(signal) };
}
