import { isoTime, NOON, page, read, recordOf } from './pages';
import { openEach, type Store } from './store';

type Row = Record<string, unknown>;

const COMMENTS = `
SELECT id, ticket_id, author_id, public, body, html_body, plain_body, type, extract(epoch FROM created_at)::bigint AS created_at, via, attachments
FROM ticket_comments ORDER BY ticket_id, id, type, body`;

const HISTORY = `
SELECT ticket_id, field_name, extract(epoch FROM updated)::bigint AS updated, value, user_id
FROM ticket_field_history ORDER BY ticket_id, updated, event_id, field_name`;

/** The text of JSON differs between stores in its spaces and the order of its keys. */
function valueOf(value: unknown): unknown {
  return typeof value === 'string' && /^[[{]/.test(value) ? (JSON.parse(value) as unknown) : value;
}

/** For stores that have the views `ticket_comments` and `ticket_field_history`. */
export function describeEventViews(name: string, open: () => Promise<Store>): void {
  describe(`${name}: the views of ticket events`, () => {
    const opened = openEach(open);
    let pages = 0;

    const write = async (...records: ReturnType<typeof read>[]): Promise<void> => {
      pages += 1;
      await opened().destination.write(page(pages, records, { stream: 'ticket_events' }));
    };

    /** One event of the ticket 7, so many seconds after noon. */
    const happened = async (id: number, children: unknown, fields: Row = {}, at = id): Promise<void> => {
      const event = { ticket_id: 7, created_at: isoTime(NOON + at), updater_id: 70, child_events: children };
      await write(recordOf('ticket_events', id, NOON + at, { ...event, ...fields }));
    };

    const history = async (): Promise<unknown[]> =>
      (await opened().rows(HISTORY)).map(({ field_name, value }) => [field_name, valueOf(value)]);

    const comments = async (): Promise<Row[]> => opened().rows(COMMENTS);

    test('have a row for each comment, of every type', async () => {
      const comment = {
        id: 11,
        event_type: 'Comment',
        type: 'Comment',
        via: { channel: 'web' },
        author_id: 5,
        body: 'Hi 🌙 "you"',
        html_body: '<p>Hi</p>',
        plain_body: 'Hi',
        public: true,
        attachments: [{ id: 1, file_name: 'a.png' }],
        audit_id: 1,
        created_at: isoTime(NOON + 3),
      };
      await happened(1, [
        { id: 10, event_type: 'Create', status: 'new' },
        comment,
        { id: 12, event_type: 'Notification', type: 'Notification', subject: 'No', body: 'x', public: true },
        { id: 13, event_type: 'CommentPrivacyChange', comment_id: 11, public: false },
        { id: 14, event_type: 'CommentRedactionEvent', comment_id: 11 },
        {
          id: 15,
          event_type: 'ChatStartedEvent',
          value: { history: [{ type: 'ChatMessage', message: 'x' }] },
        },
      ]);
      await happened(2, [
        { id: 21, event_type: 'VoiceComment', public: false, data: { call_id: 1 } },
        { id: 22, event_type: 'FacebookComment' },
        { id: 23, event_type: 'Tweet', via: 'Twitter' },
        { id: 24, event_type: 'Comment', type: 'VoiceComment' },
        { id: 25, type: 'Comment' },
      ]);
      const [first, ...others] = await comments();
      expect(first).toEqual({
        ticket_id: 7,
        ...{
          id: 11,
          author_id: 5,
          public: true,
          type: 'Comment',
          created_at: NOON + 3,
          via: { channel: 'web' },
        },
        ...{ body: comment.body, html_body: '<p>Hi</p>', plain_body: 'Hi', attachments: comment.attachments },
      });
      expect(others.map(({ id, type }) => [id, type])).toEqual([
        [21, 'VoiceComment'],
        [22, 'FacebookComment'],
        [23, 'Tweet'],
        [24, 'VoiceComment'],
        [25, 'Comment'],
      ]);
      const nothing = { author_id: null, body: null, html_body: null, plain_body: null, attachments: null };
      expect(others[0]).toMatchObject({ ...nothing, public: false, created_at: NOON + 2, via: null });
      expect(others[2]).toMatchObject({ via: 'Twitter' });
    });

    test('begin the history with the values of a new ticket', async () => {
      const created = {
        ...{ id: 1, via: 'Mail', via_reference_id: null, event_type: 'Create', comment_present: true },
        ...{
          status: 'new',
          priority: null,
          type: 'incident',
          assignee_id: 1111,
          subject: '"Ü"',
          is_public: true,
        },
        ...{ tags: ['a', 'b'], added_tags: ['a', 'b'], removed_tags: [] },
        custom_ticket_fields: { '360': 'x', '361': null, '362': true, '363': 1.5, '364': ['m', 'n'] },
      };
      await happened(1, [created, { id: 2, event_type: 'Comment', type: 'Comment', body: 'x' }]);
      expect(await history()).toEqual([
        ['360', 'x'],
        ['361', null],
        ['362', 'true'],
        ['363', '1.5'],
        ['364', ['m', 'n']],
        ['assignee_id', '1111'],
        ['is_public', 'true'],
        ['priority', null],
        ['status', 'new'],
        ['subject', '"Ü"'],
        ['tags', ['a', 'b']],
        ['type', 'incident'],
      ]);
      const [row] = await opened().rows(HISTORY);
      expect(row).toMatchObject({ ticket_id: 7, updated: NOON + 1, user_id: 70 });
    });

    test('read a change in both shapes, and give one row for it', async () => {
      const promise = { minutes: 60, in_business_hours: true };
      await happened(1, [
        { id: 1, event_type: 'Change', status: 'open', previous_value: 'new' },
        { id: 2, event_type: 'Change', field_name: 'priority', value: 'high', previous_value: null },
        { id: 3, type: 'Change', field_name: 'group_id', value: 1111, previous_value: 1 },
        { id: 4, event_type: 'Change', type: 'Change', field_name: 'type', value: 'task' },
        { id: 5, event_type: 'Change', assignee_id: 5, field_name: 'assignee_id', value: 5 },
        { id: 6, event_type: 'Create', field_name: 'first_reply_time', value: promise },
        { id: 7, event_type: 'Change', field_name: '360', value: null, previous_value: 'x' },
        { id: 8, event_type: 'Change', field_name: null, satisfaction_score: 'good' },
        { id: 9, event_type: 'Change', custom_ticket_fields: { '361': '' }, previous_value: 'y' },
      ]);
      expect(await history()).toEqual([
        ['360', null],
        ['361', ''],
        ['assignee_id', '5'],
        ['first_reply_time', promise],
        ['group_id', '1111'],
        ['priority', 'high'],
        ['satisfaction_score', 'good'],
        ['status', 'open'],
        ['type', 'task'],
      ]);
    });

    test('give no row for what is no change of a field', async () => {
      await happened(1, [
        { id: 1, event_type: 'Notification', subject: 'No', body: 'x', recipients: [1] },
        { id: 2, event_type: 'AgentMacroReference', type: 'AgentMacroReference', macro_id: 1 },
        { id: 3, event_type: 'Comment', type: 'Comment', body: 'x', status: 'open' },
        { id: 4, event_type: 'VoiceComment', data: {} },
        { id: 5, event_type: 'ChatStartedEvent', value: {} },
        { id: 6, event_type: 'SatisfactionRating', score: 'good' },
        { id: 7, event_type: 'Change', type: 'Change', via: 'x', via_reference_id: 1, audit_id: 2 },
      ]);
      expect(await history()).toEqual([]);
    });

    test('have the whole list of tags as the value of tags, and what was added where Zendesk sends no more', async () => {
      await happened(1, [
        { id: 1, event_type: 'Change', tags: ['b', 'c'], added_tags: ['c'], removed_tags: ['a'] },
      ]);
      await happened(2, [
        { id: 2, event_type: 'Change', field_name: 'tags', value: [], previous_value: ['b'] },
      ]);
      await happened(3, [{ id: 3, event_type: 'Change', added_tags: ['d'], removed_tags: [] }]);
      expect(await history()).toEqual([
        ['tags', ['b', 'c']],
        ['tags', []],
        ['added_tags', ['d']],
        ['removed_tags', []],
      ]);
    });

    test('keep the last of several changes in one event, and order those of one second by event', async () => {
      await happened(3, [{ id: 30, event_type: 'Change', status: 'solved' }], {}, 5);
      await happened(
        2,
        [
          { id: 29, event_type: 'Change', status: 'open', custom_ticket_fields: { '1': 'a' } },
          { id: 20, event_type: 'Change', field_name: 'status', value: 'pending' },
          { id: 21, event_type: 'Change', custom_ticket_fields: { '1': null } },
        ],
        {},
        5,
      );
      await happened(9, [{ id: 90, event_type: 'Create', status: 'new' }], {}, 4);
      expect(await history()).toEqual([
        ['status', 'new'],
        ['1', null],
        ['status', 'pending'],
        ['status', 'solved'],
      ]);
    });

    test('leave out or empty what is odd, and fail at nothing', async () => {
      for (const [index, children] of [
        null,
        'x',
        5,
        {},
        { id: 1, event_type: 'Create', status: 'x' },
        [],
      ].entries())
        await happened(10 + index, children);
      await happened(20, [
        null,
        5,
        'Comment',
        [],
        [1],
        true,
        {},
        { event_type: 5 },
        { event_type: ['Change'] },
      ]);
      await happened(21, [
        { id: 'x', type: 5, event_type: 'Comment', author_id: '12', public: 'yes', body: 5, created_at: 'x' },
        {
          id: 1.5,
          event_type: 'Comment',
          author_id: {},
          created_at: '2024-02-30T00:00:00Z',
          attachments: 'x',
        },
        { id: null, event_type: 'Comment', created_at: 'infinity', body: ['x'], via: null },
        { id: 1e30, event_type: 'Comment', created_at: 5, body: null },
      ]);
      await happened(22, [
        { event_type: 'Change', field_name: ['x'], value: 'x' },
        { event_type: 'Change', field_name: 'y' },
        { event_type: 'Change', custom_ticket_fields: [1] },
        { event_type: 'Change', custom_ticket_fields: 'x', 'a"b.c': 1, $: 2, '': 3 },
        { event_type: 'Change', custom_ticket_fields: null, tags: null, type: null },
      ]);
      // Of equal keys the last counts.
      await write(
        read(
          `{"id":23,"ticket_id":"x","timestamp":99999999999999,"created_at":"never","updater_id":"y",
        "child_events":[{"event_type":"Change","status":"one","status":"two"}]}`,
          'ticket_events',
        ),
      );
      expect(await history()).toEqual([
        ['', '3'],
        ['$', '2'],
        ['["x"]', 'x'],
        ['a"b.c', '1'],
        ['tags', null],
        ['type', null],
        ['y', null],
        ['status', 'two'],
      ]);
      expect((await opened().rows(HISTORY)).at(-1)).toMatchObject({
        ticket_id: null,
        updated: null,
        user_id: null,
      });
      const found = await comments();
      for (const comment of found) expect(comment).toMatchObject({ id: null, author_id: null, public: null });
      for (const comment of found) expect(comment).toMatchObject({ type: 'Comment', created_at: NOON + 21 });
      expect(new Set(found.map(({ body }) => body))).toEqual(new Set(['5', '["x"]', null]));
      expect(found).toHaveLength(4);
    });

    test('follow what is stored, of each account by itself', async () => {
      await happened(1, [{ id: 1, event_type: 'Create', status: 'new' }]);
      const other = recordOf('ticket_events', 1, NOON, {
        ticket_id: 7,
        child_events: [{ id: 1, event_type: 'Create', status: 'open' }],
      });
      await opened().destination.write(page(99, [other], { stream: 'ticket_events', subdomain: 'beta' }));
      const rows = `SELECT subdomain, value FROM ticket_field_history WHERE ticket_id = 7 ORDER BY subdomain`;
      expect(await opened().rows(rows)).toEqual([
        { subdomain: 'acme', value: 'new' },
        { subdomain: 'beta', value: 'open' },
      ]);
    });
  });
}
