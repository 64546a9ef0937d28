import { z } from 'zod';
import { jsonOrUndefined } from '../../json';
import type { FormatName } from './location';

/** Says how a place is written, so that one of another kind is not mixed into it. */
export function markerOf(format: FormatName): string {
  return `${JSON.stringify({ layout: 1, format })}\n`;
}

/** @returns undefined when the text is no marker of this layout */
export function formatIn(marker: string): FormatName | undefined {
  return stored.safeParse(jsonOrUndefined(marker)).data?.format;
}

const stored = z.object({ layout: z.literal(1), format: z.enum(['ndjson', 'parquet']) });
