import { activityInfo, log } from '@temporalio/activity';
import { ACCOUNT_WORKFLOW_TYPE } from '../src/contract/names';
import { STREAM_NAMES } from '../src/streams';
import type { Prepared } from '../src/contract/request';
import { parseInput } from '../src/contract/input';
import { accessOf } from '../src/zendesk/access';
import { iso } from '../src/contract/time';
import { makeViews } from './makeViews';
import type { Resources } from './resources';

/** @throws InvalidInput, ZendeskError, DestinationRefused */
export async function prepareExport(
  { accounts, knowsSearchAttributes }: Resources,
  input: unknown,
  lastResult: unknown,
  signal: AbortSignal,
): Promise<Prepared> {
  const now = Math.floor(Date.now() / 1000);
  const streams = activityInfo().workflowType === ACCOUNT_WORKFLOW_TYPE ? STREAM_NAMES : undefined;
  const known = { now, accounts: accounts.subdomains(), lastResult };
  const request = parseInput(input, streams === undefined ? known : { ...known, streams });
  const { zendesk, destination } = accounts.of(request.subdomain);
  const { user, token } = await accessOf(zendesk, request.subdomain, signal);
  const expiresAt = zendesk.credentialsExpireAt;
  log.info('the credentials are good', {
    subdomain: request.subdomain,
    role: user?.role ?? 'unknown',
    scopes: token?.scopes ?? 'unknown',
    expires: expiresAt === null ? null : iso(expiresAt),
  });
  const lacking = await destination.use(async (store) => {
    const missing = await store.prepare();
    await makeViews(store, request.subdomain);
    return missing;
  });
  for (const what of lacking)
    log.warn('something for readers could not be made', { subdomain: request.subdomain, what });
  return { request, searchAttributes: await knowsSearchAttributes() };
}
