import { LISTED, PAGES, type Stream } from './stream';

/** Of the legacy CSAT, offers that nobody answered included. A rating that changes keeps its id. */
export const satisfactionRatings: Stream = {
  ...LISTED,
  name: 'satisfaction_ratings',
  noun: 'satisfaction rating',
  list: 'satisfaction_ratings',
  paging: { ...PAGES, path: 'satisfaction_ratings' },
  columns: {
    url: 'text',
    ticket_id: 'integer',
    requester_id: 'integer',
    assignee_id: 'integer',
    group_id: 'integer',
    score: 'text',
    comment: 'text',
    reason: 'text',
    reason_code: 'integer',
    reason_id: 'integer',
    created_at: 'time',
    updated_at: 'time',
  },
  longColumns: ['comment'],
};
