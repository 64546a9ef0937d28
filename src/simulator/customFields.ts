import { hash, pick } from './random';

type FieldType =
  | 'tagger'
  | 'text'
  | 'integer'
  | 'checkbox'
  | 'multiselect'
  | 'date'
  | 'decimal'
  | 'textarea'
  | 'regexp'
  | 'lookup';

const TYPES: readonly FieldType[] = [
  'tagger',
  'integer',
  'checkbox',
  'text',
  'multiselect',
  'date',
  'decimal',
  'textarea',
  'regexp',
  'lookup',
];
const OPTIONS = ['gold', 'silver', 'bronze', 'trial'];
const FIRST_ID = 360_021_289_000;

function fieldId(index: number): number {
  return FIRST_ID + index * 37;
}

function fieldType(index: number): FieldType {
  return pick(TYPES, index);
}

/** The value of one custom field as JSON. `null` is the commonest; numbers come as number or as string (§ custom_fields). */
function value(type: FieldType, h: number): string {
  if (type === 'checkbox') return h % 3 === 0 ? 'true' : 'false';
  if (h % 5 < 2) return 'null';
  const n = h >>> 8;
  switch (type) {
    case 'tagger':
      return `"${pick(OPTIONS, n)}"`;
    case 'text':
      return `"Ort ${n % 997} – ünïcode"`;
    case 'integer':
      return n % 4 === 0 ? `"${n % 100}"` : String(n % 10_000);
    case 'decimal':
      return n % 4 === 0 ? `"${n % 100}.5"` : `${n % 1000}.25`;
    case 'multiselect':
      return n % 3 === 0 ? '[]' : `["${pick(OPTIONS, n)}","${pick(OPTIONS, n + 1)}"]`;
    case 'date':
      return `"20${String(20 + (n % 7))}-0${1 + (n % 9)}-1${n % 10}"`;
    case 'textarea':
      return `"line one\\nline two, number ${n % 997}"`;
    case 'regexp':
      return `"AB-${n % 100_000}"`;
    case 'lookup':
      return n % 2 === 0 ? String(9_000_000 + (n % 1000)) : `"${9_000_000 + (n % 1000)}"`;
  }
}

const PREFIXES: string[] = [];
function prefix(index: number): string {
  return (PREFIXES[index] ??= `${index === 0 ? '' : ','}{"id":${fieldId(index)},"value":`);
}

/** The `custom_fields` array of one ticket version, as JSON. */
export function customFieldsJson(seed: number, id: number, version: number, count: number): string {
  let json = '[';
  for (let index = 0; index < count; index += 1) {
    json += prefix(index) + value(fieldType(index), hash(seed, id, 1000 + index * 64 + version)) + '}';
  }
  return json + ']';
}

/** The definitions behind the values: what `GET /api/v2/ticket_fields` answers. */
export function ticketFields(count: number, baseUrl: string): object[] {
  return Array.from({ length: count }, (_, index) => ({
    url: `${baseUrl}/api/v2/ticket_fields/${fieldId(index)}.json`,
    id: fieldId(index),
    type: fieldType(index),
    title: `Custom field ${index + 1} (${fieldType(index)})`,
    raw_title: `Custom field ${index + 1} (${fieldType(index)})`,
    description: '',
    raw_description: '',
    position: index,
    active: true,
    required: false,
    collapsed_for_agents: false,
    regexp_for_validation: null,
    removable: true,
    tag: null,
    ...(fieldType(index) === 'tagger' || fieldType(index) === 'multiselect'
      ? { custom_field_options: OPTIONS.map((name, n) => ({ id: n + 1, name, raw_name: name, value: name })) }
      : {}),
  }));
}
