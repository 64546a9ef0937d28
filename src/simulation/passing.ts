import type { PageKey } from '../contract/page';
import type { Destination, FieldNote, Batch, QuarantinedRecord, Written } from '../destinations/destination';

/** Passes everything on to another destination, for those that differ in one thing. */
export class PassingDestination implements Destination {
  constructor(protected readonly destination: Destination) {}

  async prepare(): Promise<readonly string[]> {
    return this.destination.prepare();
  }

  async write(page: Batch): Promise<Written> {
    return this.destination.write(page);
  }

  async checkpoint(subdomain: string, key: PageKey): Promise<string | undefined> {
    return this.destination.checkpoint(subdomain, key);
  }

  async quarantined(): Promise<readonly QuarantinedRecord[]> {
    return this.destination.quarantined();
  }

  async describeFields(): Promise<readonly FieldNote[]> {
    return [];
  }

  async makeViews(): Promise<null> {
    return null;
  }

  async close(): Promise<void> {
    await this.destination.close();
  }
}
