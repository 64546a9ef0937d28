import type { StoredTickets } from '../src/destinations/storedTickets';
import { parseTime } from '../src/contract/time';
import type { VerificationStatus } from '../src/contract/verification';

/** Writes a row about a verification that has ended. */
export async function recordVerification(
  stored: StoredTickets,
  verificationId: string,
  status: VerificationStatus & { readonly subdomain: string },
): Promise<void> {
  const { missing, stale, extra, startedAt, from, to, bound, ...rest } = status;
  await stored.record({
    ...rest,
    verificationId,
    startedAt: parseTime(startedAt) ?? 0,
    from: parseTime(from) ?? 0,
    to: parseTime(to) ?? 0,
    bound: parseTime(bound) ?? 0,
    missing: missing.count,
    stale: stale.count,
    extra: extra.count,
    ids: { missing: missing.ids, stale: stale.ids, extra: extra.ids },
  });
}
