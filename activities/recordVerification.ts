import type { StoredRecords } from '../src/destinations/storedRecords';
import type { EndedVerification } from './verificationRequest';

/** Writes a row about a verification that has ended. */
export async function recordVerification(
  stored: StoredRecords,
  { verificationId, status }: Omit<EndedVerification, 'failedBefore'>,
): Promise<void> {
  const { missing, stale, extra, ...alike } = status;
  await stored.record({
    ...alike,
    verificationId,
    missing: missing.count,
    stale: stale.count,
    extra: extra.count,
    ids: { missing: missing.ids, stale: stale.ids, extra: extra.ids },
  });
}
