import { log } from '@temporalio/activity';
import type { ExportRequest } from '../src/contract/request';
import { parseInput } from '../src/contract/input';
import { accessOf } from '../src/zendesk/access';
import { iso } from '../src/contract/time';
import type { Surroundings } from './surroundings';

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
  const { user, token } = await accessOf(zendesk, request.subdomain, signal);
  const expiresAt = zendesk.credentialsExpireAt;
  log.info('the credentials are good', {
    subdomain: request.subdomain,
    role: user?.role ?? 'unknown',
    scopes: token?.scopes ?? 'unknown',
    expires: expiresAt === null ? null : iso(expiresAt),
  });
  await destination.use(async (store) => store.prepare());
  return { request, searchAttributes: await knowsSearchAttributes() };
}
