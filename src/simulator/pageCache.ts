import type { Body } from './answer';

const MAX_BYTES = 96 * 1024 * 1024;
const MAX_ENTRIES = 48;

/** The bodies built last, so that a repeated benchmark measures its reader and not this server. */
export class PageCache {
  private readonly bodies = new Map<string, Body>();
  private bytes = 0;

  get(key: string): Body | undefined {
    return this.bodies.get(key);
  }

  set(key: string, body: Body): void {
    this.bodies.set(key, body);
    this.bytes += body.plain.length;
    for (const [oldest, old] of this.bodies) {
      if (this.bytes <= MAX_BYTES && this.bodies.size <= MAX_ENTRIES) return;
      this.bodies.delete(oldest);
      this.bytes -= old.plain.length;
    }
  }
}
