import type { StreamName } from '../../streams';

/** How the records of one file are written down. */
export interface Format {
  /** End of the file's name, without the dot. */
  readonly extension: string;
  /**
   * @param lines JSON without line breaks, at least one
   * @param isOdd whether any of them is an odd record
   */
  encode(stream: StreamName, lines: readonly Uint8Array[], isOdd: boolean): Promise<Uint8Array>;
  close(): void;
}
