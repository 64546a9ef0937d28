import { digest } from '../../digest';
import { STREAMS } from '../../streams';
import type { PageKey } from '../../contract/page';
import {
  completedBy,
  DestinationRefused,
  type FieldNote,
  type LastingDestination,
  type Batch,
  type QuarantinedRecord,
  type Written,
} from '../destination';
import type { ErasedPlace, Erasure } from '../erasure';
import type { Quarantined } from '../holdable';
import { broken } from './broken';
import { sweepFile } from './completeSweeps';
import { concurrently } from './concurrently';
import { eraseFiles } from './eraseFiles';
import type { Format } from './format';
import { createFormat } from './formats';
import { fileKey, manifestKey, MARKER, quarantinedAt, quarantineKey, sweepKey } from './layout';
import { formatIn, markerOf } from './marker';
import { parseLocation, type FormatName } from './location';
import { checkpointIn, manifestOf, type WrittenFile } from './manifest';
import type { ObjectStore } from './objectStore';
import { filesOf, type PageFile } from './pageFiles';
import { quarantineFile, readQuarantineFile } from './quarantine';

/** Files of one page under way: hides the round trip to S3 where a page spans many days. */
const FILES_AT_ONCE = 8;

/**
 * Files in a folder or a bucket, laid out as a table that DuckDB, Spark and Athena read as it is. Every page adds files,
 * and no file of records is ever changed: the newest version of a record is the reader's choice.
 */
export class FilesDestination implements LastingDestination {
  private readonly store: ObjectStore;
  private readonly formatName: FormatName;
  private readonly format: Format;

  /** @throws Error when the URL says something else than {@link parseLocation} understands */
  constructor(url: string) {
    const { store, format } = parseLocation(url);
    this.store = store;
    this.formatName = format;
    this.format = createFormat(format);
  }

  async prepare(): Promise<readonly string[]> {
    const found = await this.store.get(MARKER);
    if (found !== undefined) this.compare(found.toString());
    await this.store.put(MARKER, Buffer.from(markerOf(this.formatName)));
    // Proves that this format can be made here: Parquet needs a temporary folder.
    await this.format.encode('tickets', [Buffer.from('{}')], false);
    await this.store.clean();
    return [];
  }

  async findExport(): Promise<void> {
    if ((await this.store.get(MARKER)) !== undefined) return;
    throw new DestinationRefused(`${this.store.name}: no export has written here. Check its name.`);
  }

  async write(page: Batch): Promise<Written> {
    const { files, quarantined, unstorable } = filesOf(page);
    const written = await concurrently(files, FILES_AT_ONCE, async (file) => this.put(file, page.key));
    const kept = await this.quarantine(page, quarantined);
    const began = completedBy(page, unstorable);
    if (began !== null)
      await this.store.put(sweepKey(STREAMS[page.stream], page.subdomain, began), sweepFile(began));
    // The page is written when its manifest is. An attempt that got less far leaves files that no manifest names, if the
    // next one finds other records: every version in them is a true one, and readers take the newest of each record.
    await this.store.put(
      manifestKey(page.subdomain, page.key),
      Buffer.from(`${manifestOf(page, unstorable, written)}\n`),
    );
    const released = (page.released ?? []).map((name) => quarantineKey(page.subdomain, name));
    for (const key of released) if (!kept.has(key)) await this.store.delete(key);
    return { unstorable, swept: 0 };
  }

  async checkpoint(subdomain: string, key: PageKey): Promise<string | undefined> {
    const name = manifestKey(subdomain, key);
    const manifest = await this.store.get(name);
    if (manifest === undefined) return undefined;
    const found = checkpointIn(manifest.toString());
    if (found === undefined)
      throw broken(this.store, name, 'Delete it, then resume: its page is written again.');
    return found;
  }

  async quarantined(): Promise<QuarantinedRecord[]> {
    const keys = await this.store.list('quarantine/');
    const found = await concurrently(keys, FILES_AT_ONCE, async (key) => {
      const at = quarantinedAt(key);
      if (at === undefined) return []; // Somebody else's.
      const body = await this.store.get(key);
      if (body === undefined) return []; // Released meanwhile.
      const record = readQuarantineFile(at, body.toString());
      if (record === undefined) throw broken(this.store, key, 'Move it away, then try again.');
      return [record];
    });
    return found.flat();
  }

  /** Readers find the values in `custom_fields`: there is no place here for a view. */
  async describeFields(): Promise<readonly FieldNote[]> {
    return [];
  }

  async makeViews(): Promise<null> {
    return null;
  }

  async erase(erasure: Erasure): Promise<readonly ErasedPlace[]> {
    return eraseFiles(this.store, erasure);
  }

  async close(): Promise<void> {
    this.format.close();
    this.store.close();
  }

  /** @throws DestinationRefused when the place is not of this layout and format */
  private compare(marker: string): void {
    const begun = formatIn(marker);
    if (begun === undefined) throw broken(this.store, MARKER, 'Name another place, then resume.');
    if (begun === this.formatName) return;
    throw new DestinationRefused(
      `${this.store.name}: already holds ${begun} files, and readers of one format would miss the other. ` +
        `Name another place for ?format=${this.formatName}, then resume.`,
    );
  }

  private async put({ folder, stream, lines, isOdd, bounds }: PageFile, page: PageKey): Promise<WrittenFile> {
    const body = await this.format.encode(stream, lines, isOdd);
    const sha256 = digest(body);
    const path = fileKey(folder, page, sha256, this.format.extension);
    await this.store.put(path, body);
    return { path, records: lines.length, ...bounds, bytes: body.length, sha256 };
  }

  /** @returns the names of the files */
  private async quarantine(page: Batch, records: readonly Quarantined[]): Promise<ReadonlySet<string>> {
    const keys = await concurrently(records, FILES_AT_ONCE, async (record) => {
      const { key, body } = quarantineFile(record, page);
      await this.store.put(key, body);
      return key;
    });
    return new Set(keys);
  }
}
