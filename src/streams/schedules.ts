import { LISTED, WHOLE, type Stream } from './stream';

/** Business hours: `intervals` are in minutes since Sunday 00:00 in the schedule's own time zone. */
export const schedules: Stream = {
  ...LISTED,
  name: 'schedules',
  noun: 'schedule',
  list: 'schedules',
  paging: { ...WHOLE, path: 'business_hours/schedules' },
  columns: {
    name: 'text',
    time_zone: 'text',
    intervals: 'json',
    created_at: 'time',
    updated_at: 'time',
  },
};
