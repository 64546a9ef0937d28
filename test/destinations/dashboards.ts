import type { RecordVersion } from '../../src/streams/record';
import type { StreamName } from '../../src/streams';
import { field } from './fields';
import { isoTime, NOON, page, recordOf } from './pages';
import type { Store } from './store';

/** The columns that dbt_zendesk reads of each table, with the types of its macros; ids of 64 bits. */
const READ: Readonly<Record<string, string>> = {
  ticket: `id bigint, created_at timestamp, updated_at timestamp, status text, priority text, subject text, description text,
    type text, url text, external_id text, recipient text, requester_id bigint, submitter_id bigint, assignee_id bigint,
    organization_id bigint, group_id bigint, brand_id bigint, problem_id bigint, ticket_form_id bigint, due_at timestamp,
    is_public boolean, via_channel text, via_source_from_id bigint, via_source_from_title text, via_source_rel text,
    via_source_to_address text, via_source_to_name text, _fivetran_deleted boolean, _fivetran_synced timestamp`,
  ticket_comment: `id bigint, ticket_id bigint, user_id bigint, body text, created timestamp, public boolean,
    facebook_comment boolean, tweet boolean, voice_comment boolean, _fivetran_deleted boolean, _fivetran_synced timestamp`,
  ticket_field_history: 'ticket_id bigint, field_name text, updated timestamp, value text, user_id bigint',
  user: `id bigint, name text, email text, role text, active boolean, suspended boolean, created_at timestamp,
    updated_at timestamp, last_login_at timestamp, organization_id bigint, phone text, external_id text,
    ticket_restriction text, time_zone text, locale text, _fivetran_deleted boolean, _fivetran_synced timestamp`,
  group: 'id bigint, name text, _fivetran_deleted boolean',
  ticket_tag: 'ticket_id bigint, tag text',
  organization: `id bigint, name text, created_at timestamp, updated_at timestamp, details text, external_id text`,
  organization_tag: 'organization_id bigint, tag text',
  domain_name: 'organization_id bigint, domain_name text, index integer',
  user_tag: 'user_id bigint, tag text',
  brand: 'id bigint, name text, subdomain text, active boolean, brand_url text, _fivetran_deleted boolean',
  ticket_form_history: `id bigint, name text, display_name text, active boolean, created_at timestamp, updated_at timestamp,
    _fivetran_deleted boolean`,
  schedule: `id bigint, name text, time_zone text, created_at timestamp, start_time integer, end_time integer,
    _fivetran_deleted boolean`,
  schedule_holiday: `id bigint, schedule_id bigint, name text, start_date text, end_date text, _fivetran_deleted boolean,
    _fivetran_synced timestamp`,
  ticket_schedule: 'ticket_id bigint, schedule_id bigint, created_at timestamp',
  time_zone: 'time_zone text, standard_offset text',
  daylight_time: `time_zone text, year integer, daylight_start_utc timestamp, daylight_end_utc timestamp,
    daylight_offset integer`,
  sla_policy_metric_history: `sla_policy_id bigint, index integer, sla_policy_updated_at timestamp, metric text, priority text,
    target integer, business_hours boolean, _fivetran_synced timestamp`,
  ticket_sla_policy:
    'ticket_id bigint, sla_policy_id bigint, policy_applied_at timestamp, _fivetran_synced timestamp',
  ticket_custom_field: `id bigint, title text, raw_title text, key text, type text, active boolean, _fivetran_deleted boolean,
    _fivetran_synced timestamp`,
};

/** What the stores call these types. */
const CALLED: Readonly<Record<string, string>> = {
  varchar: 'text',
  'timestamp without time zone': 'timestamp',
};

/** For destinations that have views; each test names what `?views=` says. */
export function describeDashboards(name: string, open: (views: string | null) => Promise<Store>): void {
  describe(`${name}: views for dashboards`, () => {
    let store: Store;
    const opened = async (views: string | null): Promise<Store> => {
      store = await open(views);
      await store.destination.prepare();
      return store;
    };
    afterEach(async () => {
      await store.destination.close();
      await store.remove();
    });

    let pages = 0;
    const write = async (
      stream: StreamName,
      records: readonly RecordVersion[],
      subdomain = 'acme',
    ): Promise<void> => {
      pages += 1;
      await store.destination.write(page(pages, records, { stream, subdomain }));
    };
    const made = async (subdomain = 'acme'): Promise<unknown> => store.destination.makeViews(subdomain);
    const ok = (schema: string): object => ({ schema, problem: null });
    const rows = async (columns: string, from: string): Promise<unknown[][]> =>
      (await store.rows(`SELECT ${columns} FROM ${from}`)).map((row) => Object.values(row));
    const columnsIn = async (schema: string): Promise<Map<string, Map<string, string>>> => {
      const found = new Map<string, Map<string, string>>();
      for (const [table, column, type] of await rows(
        'table_name, column_name, data_type',
        `information_schema.columns WHERE table_schema = '${schema}' ORDER BY table_name, ordinal_position`,
      )) {
        const columns = found.get(String(table)) ?? new Map<string, string>();
        const called = String(type).toLowerCase();
        found.set(String(table), columns.set(String(column), CALLED[called] ?? called));
      }
      return found;
    };

    test('have the columns and types that the package reads, and no rows before there are any', async () => {
      await opened('zendesk_{subdomain}');
      expect(await made('ac-me')).toEqual(ok('zendesk_ac_me'));
      const found = await columnsIn('zendesk_ac_me');
      expect([...found.keys()].sort()).toEqual(Object.keys(READ).sort());
      for (const [table, list] of Object.entries(READ)) {
        const wanted = list.split(',').map((pair) => pair.trim().split(/\s+/) as [string, string]);
        expect([table, Object.fromEntries(found.get(table) ?? [])]).toEqual([
          table,
          expect.objectContaining(Object.fromEntries(wanted)),
        ]);
        const { length } = await rows('1 AS one', `zendesk_ac_me."${table}"`);
        expect([table, length > 0]).toEqual([table, ['time_zone', 'daylight_time'].includes(table)]);
      }
    });

    test('show the records of one account, times in UTC', async () => {
      await opened('zendesk_{subdomain}');
      await write('tickets', [
        recordOf('tickets', 1, NOON, {
          status: 'open',
          created_at: '2023-11-14T23:13:20+01:00',
          due_at: '2023-12-24T00:00:00Z',
          tags: ['vip', 'très'],
          via: {
            channel: 'email',
            source: { from: { id: '77', title: 'Shop' }, to: { address: 'a@b', name: 'B' }, rel: 'r' },
          },
        }),
        recordOf('tickets', 2, NOON, {
          status: 'deleted',
          via: { channel: 7, source: { from: { id: 'x' } } },
        }),
      ]);
      await write('tickets', [recordOf('tickets', 3, NOON, { status: 'new', tags: ['theirs'] })], 'other');
      await write('users', [recordOf('users', 9_007_199_254_740_001, NOON, { name: 'Ann', tags: ['a'] })]);
      await write('groups', [recordOf('groups', 4, NOON, { name: 'Sales', deleted: true })]);
      await write('organizations', [
        recordOf('organizations', 5, NOON, { tags: ['o'], domain_names: ['one.example', 'two.example'] }),
      ]);
      await write('brands', [recordOf('brands', 6, NOON, { name: 'Shoes', subdomain: 'acme-shoes' })]);
      await write('ticket_forms', [recordOf('ticket_forms', 7, NOON, { name: 'Form', active: true })]);
      await made();
      await made('other');
      const ticket = 'id, status, created_at, due_at, _fivetran_deleted';
      expect(await rows(ticket, 'zendesk_acme.ticket ORDER BY id')).toEqual([
        [
          1,
          'open',
          expect.stringMatching(/^2023-11-14.22:13:20$/),
          expect.stringMatching(/^2023-12-24.00/),
          false,
        ],
        [2, 'deleted', null, null, true],
      ]);
      const source = ['from_id', 'from_title', 'rel', 'to_address', 'to_name'].map(
        (key) => `via_source_${key}`,
      );
      expect(await rows(`via_channel, ${source.join(', ')}`, 'zendesk_acme.ticket ORDER BY id')).toEqual([
        ['email', 77, 'Shop', 'r', 'a@b', 'B'],
        ['7', null, null, null, null, null],
      ]);
      expect(await rows('ticket_id, tag', 'zendesk_acme.ticket_tag ORDER BY tag')).toEqual([
        [1, 'très'],
        [1, 'vip'],
      ]);
      expect(await rows('ticket_id, tag', 'zendesk_other.ticket_tag')).toEqual([[3, 'theirs']]);
      expect(await rows('CAST(id AS text) AS id, name', 'zendesk_acme."user"')).toEqual([
        ['9007199254740001', 'Ann'],
      ]);
      expect(await rows('tag', 'zendesk_acme.user_tag')).toEqual([['a']]);
      expect(await rows('id, name, _fivetran_deleted', 'zendesk_acme."group"')).toEqual([[4, 'Sales', true]]);
      expect(await rows('tag', 'zendesk_acme.organization_tag')).toEqual([['o']]);
      expect(
        await rows('organization_id, domain_name, "index"', 'zendesk_acme.domain_name ORDER BY "index"'),
      ).toEqual([
        [5, 'one.example', 0],
        [5, 'two.example', 1],
      ]);
      expect(await rows('id, subdomain', 'zendesk_acme.brand')).toEqual([[6, 'acme-shoes']]);
      expect(await rows('id, name, active', 'zendesk_acme.ticket_form_history')).toEqual([[7, 'Form', true]]);
      expect(await rows('_fivetran_synced IS NOT NULL AS synced', 'zendesk_acme.brand')).toEqual([[true]]);
    });

    test('show what happened to tickets: comments, fields, schedules, and the policies that were applied', async () => {
      await opened('zendesk');
      const event = (id: number, at: number, ...child_events: object[]): RecordVersion =>
        recordOf('ticket_events', id, at, {
          ticket_id: 1,
          updater_id: 9,
          created_at: isoTime(at),
          child_events,
        });
      const comment = (id: number, kind: string): object => ({
        id,
        event_type: kind,
        author_id: 9,
        body: kind,
        public: id === 11,
        created_at: isoTime(NOON),
      });
      await write('ticket_events', [
        event(1, NOON, { event_type: 'Create', status: 'new' }, comment(11, 'Comment')),
        event(2, NOON + 60, { event_type: 'Change', status: 'open' }, comment(12, 'VoiceComment')),
        // In one second, the last one stands.
        event(3, NOON + 120, { event_type: 'Change', status: 'pending' }),
        event(4, NOON + 120, { event_type: 'Change', status: 'solved' }),
        event(5, NOON + 180, { event_type: 'ScheduleAssignment', new_schedule_id: 360_000_001 }),
      ]);
      const applied = (id: number, metric: string, rest: object = {}): RecordVersion =>
        recordOf('ticket_metric_events', id, NOON, {
          ticket_id: 1,
          metric,
          type: 'apply_sla',
          sla: { policy: { id: 360_000_901 } },
          ...rest,
        });
      await write('ticket_metric_events', [
        applied(1, 'reply_time'),
        applied(2, 'agent_work_time'),
        applied(3, 'reply_time', { sla: { policy: { id: 5 } }, deleted: true }),
        applied(4, 'reply_time', { type: 'breach' }),
      ]);
      await made();
      expect(
        await rows('id, user_id, public, voice_comment, tweet', 'zendesk.ticket_comment ORDER BY id'),
      ).toEqual([
        [11, 9, true, false, false],
        [12, 9, false, true, false],
      ]);
      const history = await rows(
        'field_name, value, user_id, updated',
        'zendesk.ticket_field_history ORDER BY updated',
      );
      expect(history.map(([name, value, user]) => [name, value, user])).toEqual([
        ['status', 'new', 9],
        ['status', 'open', 9],
        ['status', 'solved', 9],
      ]);
      expect(history[0]?.[3]).toMatch(/^2023-11-14.22:13:20$/);
      expect(await rows('ticket_id, schedule_id', 'zendesk.ticket_schedule')).toEqual([[1, 360_000_001]]);
      expect(await rows('ticket_id, sla_policy_id, policy_applied_at', 'zendesk.ticket_sla_policy')).toEqual([
        [1, 360_000_901, expect.stringMatching(/^2023-11-14.22:13:20$/)],
      ]);
    });

    test('show business hours and targets, a row for each of a list, and time zones by every name', async () => {
      await opened('zendesk');
      await write('schedules', [
        recordOf('schedules', 1, NOON, {
          name: 'Office',
          time_zone: 'Berlin',
          intervals: [
            { start_time: 1980, end_time: 2460 },
            { start_time: 3420, end_time: 3900 },
          ],
        }),
        recordOf('schedules', 2, NOON, { name: 'Never', time_zone: 'UTC', intervals: null }),
      ]);
      const holiday = { schedule_id: 1, name: 'Day', start_date: '2026-05-01', end_date: '2026-05-01' };
      await write('schedule_holidays', [recordOf('schedule_holidays', 3, NOON, holiday)]);
      const metric = { priority: 'urgent', metric: 'first_reply_time', target: 60, business_hours: true };
      await write('sla_policies', [
        recordOf('sla_policies', 4, NOON, {
          title: 'Gold',
          policy_metrics: [metric, { ...metric, target: 'x' }],
        }),
      ]);
      await made();
      expect(await rows('id, start_time, end_time', 'zendesk.schedule ORDER BY start_time')).toEqual([
        [1, 1980, 2460],
        [1, 3420, 3900],
      ]);
      expect(await rows('id, schedule_id, start_date', 'zendesk.schedule_holiday')).toEqual([
        [3, 1, '2026-05-01'],
      ]);
      expect(
        await rows(
          'sla_policy_id, "index", metric, priority, target, business_hours',
          'zendesk.sla_policy_metric_history ORDER BY "index"',
        ),
      ).toEqual([
        [4, 0, 'first_reply_time', 'urgent', 60, true],
        [4, 1, 'first_reply_time', 'urgent', null, true],
      ]);
      const named = `time_zone IN ('Berlin', 'Europe/Berlin', 'Pacific Time (US & Canada)', 'Kathmandu')`;
      expect(await rows('time_zone, standard_offset', `zendesk.time_zone WHERE ${named} ORDER BY 1`)).toEqual(
        [
          ['Berlin', '+01:00'],
          ['Europe/Berlin', '+01:00'],
          ['Kathmandu', '+05:45'],
          ['Pacific Time (US & Canada)', '-08:00'],
        ],
      );
      expect(
        await rows(
          'daylight_start_utc, daylight_end_utc, daylight_offset',
          `zendesk.daylight_time WHERE time_zone = 'Berlin' AND "year" = 2024`,
        ),
      ).toEqual([
        [expect.stringMatching(/^2024-03-31.01:00:00$/), expect.stringMatching(/^2024-10-27.01:00:00$/), 1],
      ]);
    });

    test('have the custom fields of the account, and follow them', async () => {
      await opened('zendesk_{subdomain}');
      const values = [
        { id: 1, value: 'gold' },
        { id: 2, value: 7 },
        { id: 3, value: ['a'] },
      ];
      await write('tickets', [recordOf('tickets', 1, NOON, { status: 'open', custom_fields: values })]);
      const fields = [field(1, 'Status'), field(2, 'Seats', 'integer')];
      await store.destination.describeFields('acme', fields);
      await store.destination.describeFields('other', [field(9, 'Status')]);
      await made();
      await made('other');
      const custom = async (schema: string): Promise<unknown> =>
        [...((await columnsIn(schema)).get('ticket') ?? [])].filter(([name]) => name.startsWith('custom_'));
      expect(await custom('zendesk_acme')).toEqual([
        ['custom_status', 'text'],
        ['custom_seats', 'bigint'],
      ]);
      expect(await custom('zendesk_other')).toEqual([['custom_status', 'text']]);
      expect(await rows('custom_status, custom_seats, status', 'zendesk_acme.ticket')).toEqual([
        ['gold', 7, 'open'],
      ]);
      await store.destination.describeFields('acme', [
        field(1, 'Status'),
        field(2, 'Seats', 'integer', { active: false }),
        field(3, 'status', 'multiselect'),
      ]);
      expect(await made()).toEqual(ok('zendesk_acme'));
      expect(await custom('zendesk_acme')).toEqual([
        ['custom_status', 'text'],
        ['custom_seats', 'bigint'],
        ['custom_status_3', expect.stringMatching(/^(varchar\[\]|array)$/)],
      ]);
      expect(await rows('id, title, active', 'zendesk_acme.ticket_custom_field ORDER BY id')).toEqual([
        [1, 'Status', true],
        [2, 'Seats', false],
        [3, 'status', true],
      ]);
    });

    test('of one account in a schema: a second one gets none, and its pages are written', async () => {
      await opened('zendesk');
      await write('tickets', [recordOf('tickets', 1, NOON, { status: 'open' })]);
      expect(await made()).toEqual(ok('zendesk'));
      expect(await made('other')).toEqual({
        schema: 'zendesk',
        problem: expect.stringMatching(/those of the account acme.*\?views=zendesk_\{subdomain\}/) as unknown,
      });
      await write('tickets', [recordOf('tickets', 2, NOON, { status: 'open' })], 'other');
      expect(await rows('id', 'zendesk.ticket')).toEqual([[1]]);
      expect(await rows('id', 'tickets ORDER BY id')).toEqual([[1], [2]]);
    });

    test('of an account that is called as a schema of the store is called: none', async () => {
      await opened('{subdomain}');
      expect(await made('main')).toEqual({
        schema: '{subdomain}',
        problem: expect.stringMatching(/The schema main is taken.*zendesk_\{subdomain\}/) as unknown,
      });
      expect(await made('acme')).toEqual(ok('acme'));
    });

    test('are made only where they are asked for', async () => {
      await opened(null);
      expect(await made()).toBeNull();
      expect([...(await columnsIn('zendesk')).keys()]).toEqual([]);
    });
  });
}
