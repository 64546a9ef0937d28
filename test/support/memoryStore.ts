import type { ObjectStore } from '../../src/destinations/files/objectStore';

/** A bucket in memory: as in S3, anything may be a name. */
export class MemoryStore implements ObjectStore {
  readonly name = 'Memory';
  readonly objects = new Map<string, Buffer>();

  async put(key: string, body: Uint8Array): Promise<void> {
    this.objects.set(key, Buffer.from(body));
  }

  async get(key: string): Promise<Buffer | undefined> {
    return this.objects.get(key);
  }

  async list(prefix: string): Promise<string[]> {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix));
  }

  async delete(key: string): Promise<void> {
    this.objects.delete(key);
  }

  async clean(): Promise<void> {
    // An object is there as a whole or not at all.
  }

  close(): void {
    // Holds nothing.
  }
}
