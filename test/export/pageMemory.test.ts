import type { Batch, Written } from '../../src/destinations/destination';
import { textOf } from '../../src/destinations/recordText';
import type { RecordVersion } from '../../src/streams/record';
import { MemoryDestination } from '../../src/simulation/memoryDestination';
import { closeStages, stage } from './stage';

afterEach(closeStages);

/** A store that holds on to the records it was given, as none may. */
class Hoarder extends MemoryDestination {
  readonly records: RecordVersion[] = [];

  override async write(page: Batch): Promise<Written> {
    this.records.push(...page.records);
    return super.write(page);
  }
}

test("a page's memory is released once the page is written, and reading its records fails from then on", async () => {
  const destination = new Hoarder();
  const { start } = await stage({ tickets: 30 });
  expect(await start({ perPage: 10 }, { destination }).run()).toBe('end');
  expect(destination.records).toHaveLength(30);
  for (const { json } of destination.records) expect(() => textOf(json)).toThrow('was released');
});
