import { foreignText } from '../foreignText';

/** Why a request brought no page. What follows from each is decided by the caller, not here. */
export type Failure =
  /** Network, reset, cut JSON, HTML for JSON, 409, 5xx: the same request may work in a moment. */
  | { readonly kind: 'unavailable' }
  /** 429, or 503 with Retry-After. */
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }
  /** 504 or no answer in time: Zendesk could not put a page of this size together. */
  | { readonly kind: 'tooHeavy' }
  /** 400 or 422: start_time is younger than the last minute, so everything has been read. */
  | { readonly kind: 'tooRecent' }
  /** 401: the credentials are wrong, or the token expired. */
  | { readonly kind: 'unauthorized' }
  /** 403: role or scope. */
  | { readonly kind: 'forbidden' }
  /** 404: no such account. */
  | { readonly kind: 'unknownAccount' }
  /** Zendesk does not take this cursor (any more). */
  | { readonly kind: 'cursorRejected' }
  /** More records on one second than a page holds, where there is no cursor to read them with. */
  | { readonly kind: 'crowdedSecond' }
  /** An answer that cannot be followed, such as one without a cursor before the end of the stream. */
  | { readonly kind: 'contradiction' }
  /** Any other answer that a retry cannot change. */
  | { readonly kind: 'refused' };

/** Temporal keeps it in each attempt that fails. */
const LONGEST_MESSAGE = 2000;

/** A request to Zendesk that brought no page. The message never holds a header, a record or a secret. */
export class ZendeskError extends Error {
  override readonly name = 'ZendeskError';

  constructor(
    readonly failure: Failure,
    message: string,
    /** Whether a refusal may pass by itself, as a proxy's does: the request is repeated for some minutes first. */
    readonly mayPass = false,
  ) {
    super(foreignText(message, LONGEST_MESSAGE));
  }
}
