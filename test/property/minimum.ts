/** How few requests could do, and at how many seconds time mode must be stuck. */
export interface Minimum {
  readonly requests: number;
  readonly pinned: number;
}

export function cursorRequests(seconds: readonly number[], perPage: number): Minimum {
  return { requests: Math.max(1, Math.ceil(seconds.length / perPage)), pinned: 0 };
}

/**
 * For a reader in time mode who knows the account: every page starts with the second the last one ended in, and a second
 * that time mode cannot pass is read by cursor without a request that brings nothing.
 */
export function timeRequests(
  seconds: readonly number[],
  perPage: number,
  { pinned, expandLimit }: { readonly pinned: 'expand' | 'repeat'; readonly expandLimit: number },
): Minimum {
  const ordered = [...seconds].sort((a, b) => a - b);
  let [requests, stuck, start] = [0, 0, 0];
  do {
    const second = ordered[start];
    const ofSecond = ordered.filter((other) => other === second).length;
    const rest = ordered.length - start;
    if (ofSecond < perPage) {
      requests += 1;
      if (rest <= perPage) break;
      // The page ends inside a second, whose first ticket starts the next one.
      start = ordered.indexOf(ordered[start + perPage - 1] ?? 0);
    } else if (pinned === 'expand' && ofSecond <= expandLimit) {
      requests += 1;
      start += ofSecond;
    } else {
      if (rest > perPage) stuck += 1;
      requests += Math.ceil(ofSecond / perPage);
      start += ofSecond;
    }
  } while (start < ordered.length);
  return { requests, pinned: stuck };
}
