import type { Accounts } from '../src/account/accounts';
import type { Metrics } from '../src/metrics/metrics';

/** What the activities work with; made once per worker. */
export interface Resources {
  readonly accounts: Pick<Accounts, 'of' | 'subdomains' | 'noticesOf'>;
  readonly metrics: Metrics;
  /** Whether the namespace has our search attributes. */
  readonly knowsSearchAttributes: () => Promise<boolean>;
}
