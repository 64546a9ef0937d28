import { parseInput, type ExportRequest } from '../src/contract/input';
import type { ZendeskClient } from '../src/zendesk/client';
import { ZendeskError } from '../src/zendesk/failure';
import type { Surroundings } from '.';

export interface Prepared {
  readonly request: ExportRequest;
  /** Whether the namespace knows our search attributes: setting an unknown one would wedge the workflow. */
  readonly searchAttributes: boolean;
}

/** @throws InvalidInput, ZendeskError, DestinationRefused */
export async function prepareExport(
  { accounts, knowsSearchAttributes }: Surroundings,
  input: unknown,
  lastResult: unknown,
  signal: AbortSignal,
): Promise<Prepared> {
  const now = Math.floor(Date.now() / 1000);
  const request = parseInput(input, { now, accounts: accounts.subdomains(), lastResult });
  const { zendesk, destination } = accounts.of(request.subdomain);
  await checkAccess(zendesk, request.subdomain, signal);
  await destination.use(async (store) => store.prepare());
  return { request, searchAttributes: await knowsSearchAttributes() };
}

/** Only a clear no counts: a token may be allowed to export tickets and not to read users. */
async function checkAccess(zendesk: ZendeskClient, subdomain: string, signal: AbortSignal): Promise<void> {
  const user = await zendesk.currentUser(signal);
  if (user === undefined || user.role === 'admin') return;
  throw new ZendeskError(
    { kind: 'forbidden' },
    `The credentials for ${subdomain} belong to a user of the role ${user.role}; only admins may use the incremental ` +
      "export. Give the user the admin role, or use an admin's credentials, then resume.",
  );
}
