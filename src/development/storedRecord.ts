import type { TrueRecord } from '../simulator';

/** The id that a record of a list is stored with. */
export function storedId({ id, keys }: TrueRecord): string {
  return String(keys?.name ?? id);
}

/** Its JSON as it is stored: whose a holiday is stands in front of it. */
export function storedJson(record: TrueRecord): string {
  const { schedule_id: schedule } = record.keys ?? {};
  return schedule === undefined ? record.json() : `{"schedule_id":${schedule},${record.json().slice(1)}`;
}
