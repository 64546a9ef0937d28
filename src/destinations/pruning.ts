const HOUR_MS = 60 * 60_000;

/** When old rows of `export_pages` are deleted: with the first page of an account, and once an hour. */
export class Pruning {
  private readonly doneAt = new Map<string, number>();

  isDue(subdomain: string): boolean {
    const now = Date.now();
    if (now < (this.doneAt.get(subdomain) ?? -Infinity) + HOUR_MS) return false;
    this.doneAt.set(subdomain, now);
    return true;
  }
}
