/** How large a ticket is. */
export interface TicketShape {
  /** About how long its JSON is. */
  readonly bytes: number;
  /** The number of its custom fields. Default: half of what is to spare is custom fields, half is text. */
  readonly customFields?: number | undefined;
}

/** What accounts are like: from one that hardly uses custom fields to one that has a form for everything. */
export const SHAPES = {
  small: { bytes: 3000, customFields: 3 },
  medium: { bytes: 5000, customFields: 20 },
  large: { bytes: 14_000, customFields: 60 },
} as const satisfies Record<string, TicketShape>;

/** An account whose tickets are of all shapes. */
export const MIXED: readonly TicketShape[] = Object.values(SHAPES);
