import type { CustomField } from '../streams/customField';
import type { FieldNote } from './destination';
import { columnsOf, type FieldColumn, TYPED } from './fieldColumns';

/** Values of a field that its type cannot hold. */
export interface Misfits {
  readonly id: number;
  readonly tickets: number;
  /** One of them, to look at. */
  readonly ticket: number;
}

/** What a store must be able to do with fields, within one transaction. */
export interface FieldTables {
  /** What `tickets_wide` can have, and has. */
  room(): Promise<Room>;
  /** The rows of `ticket_fields`, of every account. */
  read(): Promise<readonly FieldColumn[]>;
  /** Replaces an account's fields and options. */
  write(subdomain: string, columns: readonly FieldColumn[], options: readonly FieldOption[]): Promise<void>;
  /** Makes `tickets_wide` again, with a column for each of `columns`. */
  createView(columns: readonly FieldColumn[]): Promise<void>;
  /** Looks for them among an account's stored tickets. */
  misfits(subdomain: string): Promise<readonly Misfits[]>;
}

export interface Room {
  /** How many columns of fields. */
  readonly most: number;
  /** Names of the columns it has now; of no interest where there is room for all. */
  readonly present: readonly string[];
}

export interface FieldOption {
  readonly fieldId: number;
  readonly value: string;
  readonly name: string;
}

/** The way of {@link Destination.describeFields} in a store that has tables and views. */
export async function describeFields(
  transaction: <T>(work: (tables: FieldTables) => Promise<T>) => Promise<T>,
  subdomain: string,
  fields: readonly CustomField[],
): Promise<FieldNote[]> {
  const options = fields.flatMap(({ id, options: list }) =>
    list.map(({ value, name }) => ({ fieldId: id, value, name })),
  );
  const store = async (notes?: ReadonlyMap<number, string>): Promise<Stored> =>
    transaction(async (tables) => {
      const known = await tables.read();
      const columns = columnsOf(subdomain, fields, known, notes);
      await tables.write(subdomain, columns, options);
      const all = [...known.filter((row) => row.subdomain !== subdomain), ...columns];
      const { most, present } = await tables.room();
      const names = new Set(present);
      const view = viewColumns(
        all,
        most,
        known.filter(({ columnName }) => names.has(columnName)),
      );
      await tables.createView(view);
      return {
        columns,
        leftOut: columns.filter((row) => row.active && !view.includes(row)),
        most,
      };
    });
  // First, because the search below reads every ticket: the view is there however long that takes.
  const assumed = await store();
  const misfits = await transaction(async (tables) => tables.misfits(subdomain));
  const types = new Map(fields.map(({ id, type }) => [id, type]));
  const notes = new Map(misfits.map((found) => [found.id, reason(found, types.get(found.id) ?? '')]));
  const isKnown = assumed.columns.every(({ id, note }) => note === (notes.get(id) ?? null));
  const { columns, leftOut, most } = isKnown ? assumed : await store(notes);
  const asText = columns.flatMap(({ id, title, note, active }): FieldNote[] =>
    note === null || !active ? [] : [{ id, title, kind: 'text', reason: note }],
  );
  const without = `no column in tickets_wide, which has room for ${most} fields of all accounts`;
  return [
    ...asText,
    ...leftOut.map(({ id, title }) => ({ id, title, kind: 'leftOut' as const, reason: without })),
  ];
}

interface Stored {
  readonly columns: readonly FieldColumn[];
  /** Those that the view has no room for. */
  readonly leftOut: readonly FieldColumn[];
  readonly most: number;
}

function reason({ tickets, ticket }: Misfits, type: string): string {
  const values = tickets === 1 ? '1 value is' : `${tickets} values are`;
  return `${values} no ${TYPED[type] === 'texts' ? 'list' : type}, one in ticket ${ticket}`;
}

/**
 * The columns of `tickets_wide`, of all rows of `ticket_fields`. Where there is no room for all, a field keeps the column
 * that it has: no other account's fields take it away, of which this account's status would say nothing. The oldest of the
 * others get what room is left.
 * @param holders the rows that have a column
 */
export function viewColumns(
  rows: readonly FieldColumn[],
  most: number,
  holders: readonly FieldColumn[] = [],
): FieldColumn[] {
  const held = new Set(holders.map(keyOf));
  const rank = (row: FieldColumn): number => (held.has(keyOf(row)) ? 0 : 1);
  const active = rows
    .filter((row) => row.active)
    .sort((one, other) => rank(one) - rank(other) || one.id - other.id || byName(one, other));
  return active.slice(0, most).sort(byName);
}

/** Not the name, which changes with the title. */
function keyOf({ subdomain, id }: FieldColumn): string {
  return `${subdomain}/${id}`;
}

function byName(one: FieldColumn, other: FieldColumn): number {
  return one.columnName < other.columnName ? -1 : 1;
}
