/** How often what happened, by its name. */
export class Tally {
  readonly counts: Record<string, number> = {};

  count(name: string, times = 1): void {
    if (times > 0) this.counts[name] = (this.counts[name] ?? 0) + times;
  }

  add(counts: Readonly<Record<string, number>>): void {
    for (const [name, times] of Object.entries(counts)) this.count(name, times);
  }
}
