import type { CustomField } from '../streams/customField';
import { tickets } from '../streams/tickets';
import { LONGEST_NAME } from './table';

/** What a field's column holds, whatever a store calls that type. */
export type FieldType = 'integer' | 'decimal' | 'boolean' | 'date' | 'texts' | 'text';

/** By Zendesk's name of the type; every other one is text. */
export const TYPED: Readonly<Record<string, FieldType>> = {
  integer: 'integer',
  decimal: 'decimal',
  checkbox: 'boolean',
  date: 'date',
  multiselect: 'texts',
};

/** A row of `ticket_fields`. */
export interface FieldColumn {
  readonly subdomain: string;
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly active: boolean;
  readonly columnName: string;
  readonly columnType: FieldType;
  /** Why the column is text though the field has a type; null otherwise. */
  readonly note: string | null;
}

/** The columns that `tickets_wide` takes over from `tickets`: ours, so that others can be dropped without it. */
export const OWN_COLUMNS: readonly string[] = [
  'subdomain',
  'id',
  'generated_timestamp',
  'deleted',
  ...Object.keys(tickets.columns),
  'ticket',
];

/**
 * The columns of an account's fields. A column belongs to a field by its id and keeps its name until the title changes;
 * a name that another field has, of whatever account, gets the id behind it.
 * @param known the rows of every account
 * @param notes the fields whose values disagree with their type, by id; without it the notes in `known` stand
 */
export function columnsOf(
  subdomain: string,
  fields: readonly CustomField[],
  known: readonly FieldColumn[],
  notes?: ReadonlyMap<number, string>,
): FieldColumn[] {
  const before = new Map(known.filter((row) => row.subdomain === subdomain).map((row) => [row.id, row]));
  const kept = ({ id, title }: CustomField): string | undefined => {
    const row = before.get(id);
    return row?.title === storable(title) && !OWN_COLUMNS.includes(row.columnName)
      ? row.columnName
      : undefined;
  };
  const taken = new Set([
    ...OWN_COLUMNS,
    ...known.filter((row) => row.subdomain !== subdomain).map((row) => row.columnName),
    ...fields.flatMap((field) => kept(field) ?? []),
  ]);
  // Of new fields with one name the oldest has it, in whatever order Zendesk lists them.
  return [...fields]
    .sort((one, other) => one.id - other.id)
    .map((field) => {
      const { id, type, active } = field;
      const columnName = kept(field) ?? freeName(field, taken);
      taken.add(columnName);
      const declared = TYPED[type] ?? 'text';
      const note = notes === undefined ? noteOf(before.get(id), type) : (notes.get(id) ?? null);
      const columnType = note === null ? declared : 'text';
      return { subdomain, id, title: storable(field.title), type, active, columnName, columnType, note };
    });
}

function noteOf(row: FieldColumn | undefined, type: string): string | null {
  return row?.type === type ? row.note : null;
}

function freeName({ id, title }: CustomField, taken: ReadonlySet<string>): string {
  const plain = plainName(title);
  return plain !== '' && !taken.has(plain) ? plain : nameWithId(plain || 'field', id, taken);
}

/** For a field whose plain name another one has; even the name with the id can be another's, whose title says so. */
export function nameWithId(plain: string, id: number, taken: ReadonlySet<string>): string {
  for (let count = 1; ; count += 1) {
    const end = count === 1 ? `_${id}` : `_${id}_${count}`;
    const name = `${plain.slice(0, LONGEST_NAME - end.length)}${end}`;
    if (!taken.has(name)) return name;
  }
}

/** What NFKD does not take apart. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ı: 'i',
};

/** `Straße & Größe` → `strasse_grosse`; empty when nothing of the title is a Latin letter or a digit. */
export function plainName(title: string): string {
  const name = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[ßæœøłđı]/g, (letter) => LETTERS[letter] ?? letter)
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return (/^\d/.test(name) ? `field_${name}` : name).slice(0, LONGEST_NAME).replace(/_+$/, '');
}

/** U+0000 is no text to a database, and half of a surrogate pair is no Unicode. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd').replace(/\p{Surrogate}/gu, '\ufffd');
}
