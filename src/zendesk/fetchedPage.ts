import type { Quota } from '../contract/page';
import type { PageInMemory } from './parseInThread';

/** A page, and facts about its request. */
export interface FetchedPage extends PageInMemory {
  readonly quota: Quota | null;
  /** When the request was sent and when its answer began, by `performance.now()`. */
  readonly askedAt: number;
  readonly answeredAt: number;
  /** Requests to the export endpoint: 2 when the token had to be renewed. */
  readonly requests: number;
}
