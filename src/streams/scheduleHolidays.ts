import { LISTED, WHOLE, type Stream } from './stream';

/**
 * Days without business hours, of one schedule each. Dates are in the schedule's own time zone, so they are no times;
 * nothing says when one changed.
 */
export const scheduleHolidays: Stream = {
  ...LISTED,
  name: 'schedule_holidays',
  noun: 'holiday',
  list: 'holidays',
  paging: {
    ...WHOLE,
    path: 'business_hours/schedules/{id}/holidays',
    of: { stream: 'schedules', key: 'schedule_id' },
  },
  columns: {
    // Not in the record: whose holidays were asked for.
    schedule_id: 'integer',
    name: 'text',
    start_date: 'text',
    end_date: 'text',
  },
};
