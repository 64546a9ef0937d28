import type { Body } from './answer';

const maxBytes = 96 * 1024 * 1024;
const maxEntries = 48;

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
      if (this.bytes <= maxBytes && this.bodies.size <= maxEntries) return;
      this.bodies.delete(oldest);
      this.bytes -= old.plain.length;
    }
  }
}
