import { LISTED, PAGES, type Stream } from './stream';

/**
 * Messages that Zendesk holds back, of senders who need not be users. One that is recovered, deleted, or two weeks old leaves the
 * list.
 */
export const suspendedTickets: Stream = {
  ...LISTED,
  name: 'suspended_tickets',
  noun: 'suspended ticket',
  list: 'suspended_tickets',
  paging: { ...PAGES, path: 'suspended_tickets' },
  columns: {
    url: 'text',
    subject: 'text',
    content: 'text',
    cause: 'text',
    cause_id: 'integer',
    author: 'json',
    recipient: 'text',
    ticket_id: 'integer',
    brand_id: 'integer',
    via: 'json',
    attachments: 'json',
    error_messages: 'json',
    message_id: 'text',
    created_at: 'time',
    updated_at: 'time',
  },
  longColumns: ['content'],
};
