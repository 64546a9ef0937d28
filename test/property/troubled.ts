import {
  DestinationRefused,
  type Destination,
  type Batch,
  type Written,
} from '../../src/destinations/destination';
import { PassingDestination } from './passing';

/** What becomes of one write: `late` lands when its attempt has been given up, and others have been made since. */
export type Trouble = 'none' | 'failsBefore' | 'failsAfter' | 'refuses' | 'late';

/** A store whose writes meet one trouble after the other, and none after the last. */
export class Troubled extends PassingDestination {
  private readonly left: Trouble[];
  private readonly late: { readonly page: Batch; after: number }[] = [];

  /** @param lateness how many writes come before one that lands late */
  constructor(
    destination: Destination,
    troubles: readonly Trouble[],
    private readonly lateness: number,
  ) {
    super(destination);
    this.left = [...troubles];
  }

  override async write(page: Batch): Promise<Written> {
    try {
      return await this.meet(page, this.left.shift());
    } finally {
      for (const write of this.late) write.after -= 1;
      await this.land(0);
    }
  }

  /** From now on all goes well; what is late lands. */
  async heal(): Promise<void> {
    this.left.length = 0;
    await this.land(Infinity);
  }

  private async meet(page: Batch, trouble: Trouble = 'none'): Promise<Written> {
    switch (trouble) {
      case 'none':
        return this.destination.write(page);
      case 'failsBefore':
        throw new Error('connection refused');
      case 'failsAfter':
        await this.destination.write(page);
        throw new Error('connection lost');
      case 'refuses':
        throw new DestinationRefused('The disk is full.');
      case 'late':
        this.late.push({ page, after: this.lateness + 1 });
        throw new Error('no answer in time');
    }
  }

  private async land(waits: number): Promise<void> {
    for (const write of this.late.filter(({ after }) => after <= waits)) {
      this.late.splice(this.late.indexOf(write), 1);
      await this.destination.write(write.page);
    }
  }
}
