import { Misuse } from '../command';
import { MIXED, SHAPES, type TicketShape } from './shapes';

/** What a command line says about the size of tickets, as it was typed. */
export interface ShapeArguments {
  readonly 'ticket-bytes'?: string | undefined;
  readonly 'custom-fields'?: string | undefined;
  readonly shape?: string | undefined;
}

const TEXT = { type: 'string' } as const;
export const SHAPE_FLAGS = { 'ticket-bytes': TEXT, 'custom-fields': TEXT, shape: TEXT } as const;

/** @param usual default length of a ticket */
export function shapeHelp(usual: number): string {
  return `\
  --ticket-bytes <n>      about how long one ticket's JSON is (default ${usual})
  --custom-fields <n>     number of custom fields (default: half of what is to spare)
  --shape <name>          in place of these two: small (3 KB, 3 custom fields), medium (5 KB, 20), large (14 KB, 60),
                          or mixed: each ticket is one of the three
`;
}

const NAMED: Readonly<Record<string, readonly TicketShape[]>> = {
  small: [SHAPES.small],
  medium: [SHAPES.medium],
  large: [SHAPES.large],
  mixed: MIXED,
};

/**
 * The shapes of tickets that a command line asks for.
 * @param usual as for {@link shapeHelp}
 * @throws Misuse
 */
export function shapesOf(asked: ShapeArguments, usual: number): readonly TicketShape[] {
  const bytes = whole('ticket-bytes', asked['ticket-bytes']);
  const customFields = whole('custom-fields', asked['custom-fields']);
  if (asked.shape === undefined) return [{ bytes: bytes ?? usual, customFields }];
  if (bytes !== undefined || customFields !== undefined)
    throw new Misuse('--shape stands in place of --ticket-bytes and --custom-fields: give one or the other.');
  const named = NAMED[asked.shape];
  if (named === undefined)
    throw new Misuse(`--shape must be ${Object.keys(NAMED).join(', ')}, not "${asked.shape}".`);
  return named;
}

function whole(name: keyof ShapeArguments, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,9}$/.test(value)) throw new Misuse(`--${name} must be a whole number, not "${value}".`);
  return Number(value);
}
