import { listCursor } from '../../src/zendesk/listCursor';
import { exportUrl, type PageQuery } from '../../src/zendesk/exportUrl';

const query: PageQuery = {
  stream: 'tickets',
  position: { endpoint: 'time', startTime: 1_700_000_000 },
  perPage: 1000,
  include: [],
  supportTypeScope: 'all',
  excludeDeleted: false,
};
const BASE = 'https://acme.zendesk.com';

function parametersOf(changes: Partial<PageQuery>): Record<string, string> {
  return Object.fromEntries(exportUrl(BASE, { ...query, ...changes }).searchParams);
}

describe('exportUrl', () => {
  test('asks the time based endpoint for a start time', () => {
    expect(exportUrl(BASE, query).href).toBe(
      `${BASE}/api/v2/incremental/tickets?start_time=1700000000&per_page=1000&support_type_scope=all`,
    );
  });

  test('sends the start time 0, which means everything', () => {
    expect(parametersOf({ position: { endpoint: 'time', startTime: 0 } })['start_time']).toBe('0');
  });

  test('asks the cursor endpoint for a start time first', () => {
    const url = exportUrl(BASE, { ...query, position: { endpoint: 'cursor', startTime: 5 } });
    expect(url.pathname).toBe('/api/v2/incremental/tickets/cursor');
    expect(url.searchParams.get('start_time')).toBe('5');
  });

  test('replaces the start time by a cursor, and encodes it', () => {
    const position = { endpoint: 'cursor', cursor: 'a+b/c= &start_time=1#' } as const;
    const url = exportUrl(BASE, { ...query, position });
    expect(url.search).toContain('cursor=a%2Bb%2Fc%3D+%26start_time%3D1%23&');
    expect(url.searchParams.get('cursor')).toBe(position.cursor);
    expect(url.searchParams.has('start_time')).toBe(false);
  });

  test('sends every option with every page, with a cursor too', () => {
    const options = {
      perPage: 17,
      include: ['users', 'metric_sets'],
      supportTypeScope: 'agent',
      excludeDeleted: true,
    } as const;
    const sent = {
      per_page: '17',
      include: 'users,metric_sets',
      support_type_scope: 'agent',
      exclude_deleted: 'true',
    };
    expect(parametersOf(options)).toEqual({ start_time: '1700000000', ...sent });
    expect(parametersOf({ ...options, position: { endpoint: 'cursor', cursor: 'c' } })).toEqual({
      cursor: 'c',
      ...sent,
    });
  });

  test('asks for a list by its own names, at most a hundred a page, and with the start_time on every page', () => {
    const list = { stream: 'ticket_metric_events', include: [], perPage: 1000 } as const;
    const first = { position: { endpoint: 'cursor', startTime: 1_700_000_000 } } as const;
    expect(parametersOf({ ...list, ...first })).toEqual({ start_time: '1700000000', 'page[size]': '100' });
    const cursor = listCursor('a.b+c=', first.position);
    const next = { endpoint: 'cursor', cursor } as const;
    expect(parametersOf({ ...list, position: next })).toEqual({
      start_time: '1700000000',
      'page[size]': '100',
      'page[after]': 'a.b+c=',
    });
    expect(listCursor('d', next)).toBe('1700000000.d');
  });

  test('keeps the path of a base URL', () => {
    expect(exportUrl('http://127.0.0.1:8080/proxy', query).href).toMatch(
      /^http:\/\/127\.0\.0\.1:8080\/proxy\/api\/v2\/incremental\/tickets\?/,
    );
  });
});
