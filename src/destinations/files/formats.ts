import type { Format } from './format';
import type { FormatName } from './location';
import { NdjsonFormat } from './ndjson';
import { ParquetFormat } from './parquet';

export function createFormat(name: FormatName): Format {
  return name === 'parquet' ? new ParquetFormat() : new NdjsonFormat();
}
