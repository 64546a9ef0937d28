/** Work that is done one piece at a time, in the order in which it came. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  async take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    // A failure is for whoever waits for this turn; the next one continues.
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
