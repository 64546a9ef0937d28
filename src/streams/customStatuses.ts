import { LISTED, WHOLE, type Stream } from './stream';

/** A deleted one is no longer in the list; one that is not `active` is. */
export const customStatuses: Stream = {
  ...LISTED,
  name: 'custom_statuses',
  noun: 'custom status',
  list: 'custom_statuses',
  paging: { ...WHOLE, path: 'custom_statuses' },
  columns: {
    url: 'text',
    status_category: 'text',
    agent_label: 'text',
    raw_agent_label: 'text',
    end_user_label: 'text',
    raw_end_user_label: 'text',
    description: 'text',
    raw_description: 'text',
    end_user_description: 'text',
    raw_end_user_description: 'text',
    active: 'boolean',
    default: 'boolean',
    created_at: 'time',
    updated_at: 'time',
  },
};
