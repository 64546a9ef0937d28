import type { Accounts } from '../src/account/accounts';
import type { Metrics } from '../src/metrics/metrics';

/** What the activities work with; made once per worker. */
export interface Surroundings {
  readonly accounts: Pick<Accounts, 'of' | 'subdomains'>;
  readonly metrics: Metrics;
  /** Whether the namespace has the search attributes of the exports. */
  readonly knowsSearchAttributes: () => Promise<boolean>;
}
