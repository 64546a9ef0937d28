/** The clock of the workflow and of Zendesk, in Unix milliseconds: waits cost nothing. */
export class Clock {
  constructor(public now = 1_750_000_000_000) {}

  get seconds(): number {
    return this.now / 1000;
  }

  advance(seconds: number): void {
    this.now += Math.round(seconds * 1000);
  }
}
