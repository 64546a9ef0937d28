import { z } from 'zod';
import { TABLE_NAMES } from '../../streams';
import type { Batch, QuarantinedRecord } from '../destination';
import { digest } from '../../digest';
import type { Quarantined } from '../holdable';
import { jsonOrUndefined } from '../../json';
import { quarantineKey } from './layout';

/** Name and content of a quarantined record's file: one JSON object on one line. */
export function quarantineFile(
  { stream, reason, json }: Quarantined,
  { subdomain, position }: Pick<Batch, 'subdomain' | 'position'>,
): { key: string; body: Buffer } {
  const name = digest(json);
  const row = { stream, digest: name, reason, position, record: json };
  return { key: quarantineKey(subdomain, name), body: Buffer.from(`${JSON.stringify(row)}\n`) };
}

const stored = z.object({
  // Absent in files from before there were several streams.
  stream: z.enum(TABLE_NAMES).default('tickets'),
  digest: z.string(),
  record: z.string(),
});

/**
 * @param at what the file's name says
 * @returns undefined when the text is not what a file of that name holds
 */
export function readQuarantineFile(
  at: { readonly subdomain: string; readonly digest: string },
  body: string,
): QuarantinedRecord | undefined {
  const { data } = stored.safeParse(jsonOrUndefined(body));
  return data?.digest === at.digest ? { ...at, stream: data.stream, json: data.record } : undefined;
}
