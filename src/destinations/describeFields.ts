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
  /** How many columns of fields `tickets_wide` can have. */
  readonly mostColumns: number;
  /** The rows of `ticket_fields`, of every account. */
  read(): Promise<readonly FieldColumn[]>;
  /** Replaces an account's fields and options. */
  write(subdomain: string, columns: readonly FieldColumn[], options: readonly FieldOption[]): Promise<void>;
  /** Makes `tickets_wide` anew, with a column for each of `columns`. */
  createView(columns: readonly FieldColumn[]): Promise<void>;
  /** Looks for them among an account's stored tickets. */
  misfits(subdomain: string): Promise<readonly Misfits[]>;
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
      const view = viewColumns(all, tables.mostColumns);
      await tables.createView(view);
      return {
        columns,
        leftOut: columns.filter((row) => row.active && !view.includes(row)),
        mostColumns: tables.mostColumns,
      };
    });
  // First, because the search below reads every ticket: the view is there however long that takes.
  const assumed = await store();
  const misfits = await transaction(async (tables) => tables.misfits(subdomain));
  const types = new Map(fields.map(({ id, type }) => [id, type]));
  const notes = new Map(misfits.map((found) => [found.id, reason(found, types.get(found.id) ?? '')]));
  const isKnown = assumed.columns.every(({ id, note }) => note === (notes.get(id) ?? null));
  const { columns, leftOut, mostColumns } = isKnown ? assumed : await store(notes);
  const asText = columns.flatMap(({ id, title, note, active }): FieldNote[] =>
    note === null || !active ? [] : [{ id, title, kind: 'text', reason: note }],
  );
  const without = `no column in tickets_wide, which has room for ${mostColumns} fields: the oldest of all accounts`;
  return [
    ...asText,
    ...leftOut.map(({ id, title }) => ({ id, title, kind: 'leftOut' as const, reason: without })),
  ];
}

interface Stored {
  readonly columns: readonly FieldColumn[];
  /** Those that the view has no room for. */
  readonly leftOut: readonly FieldColumn[];
  readonly mostColumns: number;
}

function reason({ tickets, ticket }: Misfits, type: string): string {
  const values = tickets === 1 ? '1 value is' : `${tickets} values are`;
  return `${values} no ${TYPED[type] === 'texts' ? 'list' : type}, one in ticket ${ticket}`;
}

/**
 * The columns of `tickets_wide`, of all rows of `ticket_fields`. Where there is no room for all, the oldest have one: a field
 * that is new takes none away.
 */
export function viewColumns(rows: readonly FieldColumn[], most: number): FieldColumn[] {
  const active = rows
    .filter((row) => row.active)
    .sort((one, other) => one.id - other.id || byName(one, other));
  return active.slice(0, most).sort(byName);
}

function byName(one: FieldColumn, other: FieldColumn): number {
  return one.columnName < other.columnName ? -1 : 1;
}
