import {
  DestinationInUse,
  DestinationRefused,
  type Batch,
  type Destination,
  type Written,
} from '../destinations/destination';
import type { RecordVersion } from '../streams/record';
import { PassingDestination } from './passing';

/** What becomes of one write: `half` fails between two records, `late` lands when others have been made since. */
export type Trouble = 'none' | 'failsBefore' | 'failsAfter' | 'half' | 'full' | 'locked' | 'late';

/** A store whose writes meet one trouble after the other, and none after the last. */
export class Troubled extends PassingDestination {
  private readonly left: Trouble[];
  private readonly late: { readonly page: Batch; after: number }[] = [];
  private halves = 0;

  /**
   * @param lateness how many writes come before one that lands late
   * @param met gets every trouble that a write meets
   */
  constructor(
    destination: Destination,
    troubles: readonly Trouble[],
    private readonly lateness: number,
    private readonly met: (trouble: Trouble) => void = () => undefined,
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
    if (trouble !== 'none') this.met(trouble);
    switch (trouble) {
      case 'none':
        return this.destination.write(page);
      case 'failsBefore':
        throw new Error('connection refused');
      case 'failsAfter':
        await this.destination.write(page);
        throw new Error('connection lost');
      case 'half':
        this.halves += 1;
        return this.destination.write(half(page, this.halves % 3));
      case 'full':
        throw new DestinationRefused('The disk is full.');
      case 'locked':
        throw new DestinationInUse('Another process has it open.');
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

/**
 * The store cannot read the last of the page's records.
 * @param reads after so many times that it could: some stores read records once more, before they begin
 */
function half(page: Batch, reads: number): Batch {
  const fail = (): never => {
    throw new Error('connection lost between two records');
  };
  const last = page.records.at(-1);
  if (last === undefined) return { ...page, checkpoint: fail };
  return { ...page, records: [...page.records.slice(0, -1), readable(last, reads, fail)] };
}

function readable(record: RecordVersion, reads: number, fail: () => never): RecordVersion {
  let left = reads;
  return {
    ...record,
    get json() {
      left -= 1;
      return left < 0 ? fail() : record.json;
    },
  };
}
