import { closeAll, cursorPage, get, getJson, now, simulate, timePage, type Page } from './reader';

afterEach(closeAll);

describe('parameters of the export', () => {
  test.each([
    [
      'missing start_time',
      '',
      400,
      { error: 'ParameterMissing', description: 'Parameter start_time is required' },
    ],
    ['malformed start_time', 'start_time=yesterday', 400, { error: 'InvalidValue' }],
    ['negative start_time', 'start_time=-1', 400, { error: 'InvalidValue' }],
    [
      'start_time younger than a minute',
      `start_time=${now - 59}`,
      400,
      { errors: [{ code: 'StartTimeTooRecent' }] },
    ],
    ['start_time in the future', `start_time=${now + 9}`, 400, { errors: [{ code: 'StartTimeTooRecent' }] }],
    ['include=last_audits', 'start_time=0&include=users,last_audits', 400, { error: 'InvalidValue' }],
    ['unknown support_type_scope', 'start_time=0&support_type_scope=robots', 400, { error: 'InvalidValue' }],
  ])('refuses %s on both endpoints', async (_, query, status, body) => {
    const simulator = await simulate();
    for (const path of ['tickets', 'tickets/cursor']) {
      const response = await get(simulator, `/api/v2/incremental/${path}?${query}`);
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject(body);
    }
  });

  test('accepts a start_time of exactly sixty seconds ago', async () => {
    expect((await timePage(await simulate(), `start_time=${now - 60}`)).end_of_stream).toBe(true);
  });

  test('answers InvalidEndpoint to what it does not know', async () => {
    const response = await get(await simulate(), '/api/v2/incremental/calls?start_time=0');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: 'InvalidEndpoint' });
  });

  test('hides AI-agent tickets unless support_type_scope asks for them', async () => {
    const simulator = await simulate({ tickets: 900 });
    const count = async (scope: string): Promise<number> =>
      ((await getJson(simulator, `/api/v2/incremental/tickets?start_time=0${scope}`)) as Page).tickets.length;
    const ai = await count('&support_type_scope=ai_agent');
    expect(ai).toBe(
      [...simulator.truth().values()].filter(({ supportType }) => supportType === 'ai_agent').length,
    );
    expect(ai).toBeGreaterThan(9);
    expect(await count('')).toBe(900 - ai);
    expect(await count('&support_type_scope=agent')).toBe(900 - ai);
    expect(await count('&support_type_scope=all')).toBe(900);
  });

  test('leaves deleted tickets out with exclude_deleted, and only then', async () => {
    const simulator = await simulate({ tickets: 300 });
    const deleted = (page: Page): number => page.tickets.filter(({ status }) => status === 'deleted').length;
    expect(deleted(await timePage(simulator, 'start_time=0'))).toBeGreaterThan(5);
    expect(deleted(await timePage(simulator, 'start_time=0&exclude_deleted=true'))).toBe(0);
    expect(deleted(await cursorPage(simulator, 'start_time=0&exclude_deleted=true'))).toBe(0);
  });
});

describe('sideloads', () => {
  const include =
    'start_time=0&include=users,groups,organizations,metric_sets,comment_count,dates,slas,incident_counts';

  test('puts users, groups and organizations beside the tickets, each once, and only those of the page', async () => {
    const page = await timePage(await simulate(), `${include}&per_page=20`);
    const users = page.users as { id: number }[];
    const wanted = page.tickets
      .flatMap((ticket) => [ticket.requester_id, ticket.assignee_id])
      .filter((id) => id !== null);
    expect(new Set(users.map(({ id }) => id))).toEqual(new Set(wanted));
    expect(users).toHaveLength(new Set(wanted).size);
    expect(page.groups).not.toHaveLength(0);
    expect(page.organizations).not.toHaveLength(0);
  });

  test('nests metric_set in the ticket, null for deleted ones, beside the other ticket sideloads', async () => {
    const page = await timePage(await simulate({ tickets: 300 }), include);
    for (const ticket of page.tickets) {
      if (ticket.status === 'deleted') expect(ticket.metric_set).toBeNull();
      else expect(ticket.metric_set).toMatchObject({ ticket_id: ticket.id });
      expect(ticket).toMatchObject({ dates: {}, slas: {}, incident_count: 0 });
      expect(typeof ticket.comment_count).toBe('number');
    }
    expect(page).not.toHaveProperty('metric_sets');
  });

  test('can put metric_sets beside the tickets, as other recordings have it', async () => {
    const page = await cursorPage(await simulate({ metricSets: 'toplevel' }), include);
    expect(page.metric_sets).not.toHaveLength(0);
    expect(page.tickets[0]).not.toHaveProperty('metric_set');
  });
});
