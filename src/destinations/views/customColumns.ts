import { LONGEST_NAME } from '../table';
import { nameWithId, plainName, type FieldColumn } from '../fieldColumns';

/** Of a view in PostgreSQL, without those that are no fields. */
const MOST_FIELDS = 1500;

/**
 * The columns of an account's custom fields: `custom_<title>`. Fields that are switched off keep theirs, and newer fields come
 * last: a view in PostgreSQL on which others depend can only grow. Of fields with one title an active one has
 * the plain name, of those the oldest.
 */
export function customColumns(
  fields: readonly FieldColumn[],
): readonly { readonly name: string; readonly field: FieldColumn }[] {
  const taken = new Set<string>();
  return [...fields]
    .sort((one, other) => Number(other.active) - Number(one.active) || one.id - other.id)
    .slice(0, MOST_FIELDS)
    .map((field) => {
      const plain = `custom_${plainName(field.title) || 'field'}`.slice(0, LONGEST_NAME);
      const isFree = !taken.has(plain) && plain !== 'custom_field';
      const name = isFree ? plain : nameWithId(plain, field.id, taken);
      taken.add(name);
      return { name, field };
    })
    .sort((one, other) => one.field.id - other.field.id);
}
