/** What is looked at during a history and after it. */
export type Check =
  | 'truth'
  | 'watermark'
  | 'end'
  | 'counts'
  | 'deleted'
  | 'requests'
  | 'quota'
  | 'turns'
  | 'polls'
  | 'pause'
  | 'reset'
  | 'state'
  | 'hang';

/** An export has broken one of its promises. */
export class Broken extends Error {
  override readonly name = 'Broken';

  constructor(
    readonly check: Check,
    message: string,
  ) {
    super(`${check}: ${message}`);
  }
}
