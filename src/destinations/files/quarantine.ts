import { z } from 'zod';
import type { QuarantinedRecord } from '../destination';
import { digest } from '../digest';
import type { Quarantined } from '../holdable';
import { quarantineKey } from './layout';

/** Name and content of a quarantined record's file: one JSON object on one line. */
export function quarantineFile(
  { reason, json }: Quarantined,
  subdomain: string,
  position: string,
): { key: string; body: Buffer } {
  const name = digest(json);
  const row = { digest: name, reason, position, record: json };
  return { key: quarantineKey(subdomain, name), body: Buffer.from(`${JSON.stringify(row)}\n`) };
}

const stored = z.object({ digest: z.string(), record: z.string() });

export function readQuarantineFile(key: string, body: string): QuarantinedRecord {
  const { digest: name, record } = stored.parse(JSON.parse(body));
  return { subdomain: /\/subdomain=([^/]+)\//.exec(key)?.[1] ?? '', digest: name, json: record };
}
