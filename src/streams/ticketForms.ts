import { LISTED, PAGES, type Stream } from './stream';

/** Those of service catalogs included. They come with tickets, too. */
export const ticketForms: Stream = {
  ...LISTED,
  name: 'ticket_forms',
  noun: 'ticket form',
  list: 'ticket_forms',
  paging: { ...PAGES, path: 'ticket_forms', query: { form_type: 'all' } },
  deleted: { key: 'deleted_at', isSet: true },
  columns: {
    url: 'text',
    name: 'text',
    raw_name: 'text',
    display_name: 'text',
    raw_display_name: 'text',
    form_type: 'text',
    active: 'boolean',
    default: 'boolean',
    end_user_visible: 'boolean',
    in_all_brands: 'boolean',
    restricted_brand_ids: 'integers',
    position: 'integer',
    ticket_field_ids: 'integers',
    agent_conditions: 'json',
    end_user_conditions: 'json',
    created_at: 'time',
    updated_at: 'time',
    deleted_at: 'time',
  },
  longColumns: ['agent_conditions', 'end_user_conditions'],
};
