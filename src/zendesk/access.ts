import type { CurrentToken, CurrentUser, ZendeskClient } from './client';
import { ZendeskError } from './failure';

/** Whose the credentials are and what they allow; undefined where Zendesk does not say. */
export interface Access {
  readonly user: CurrentUser | undefined;
  readonly token: CurrentToken | undefined;
}

/**
 * What can be found out about an account's credentials without an export request.
 * @throws ZendeskError only for a clear no: a token may be allowed to export and not to read users
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
