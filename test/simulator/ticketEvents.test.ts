import { changeAtRandom, type Simulator } from '../../src/simulator';
import { randomStream } from '../../src/simulator/random';
import { closeAll, getJson, now, simulate, to } from './reader';
import { newest, path, readByTime, rowsOf, truth, type Body, type Row } from './streamReader';

afterEach(closeAll);

interface Child extends Record<string, unknown> {
  readonly event_type: string;
}

const childrenOf = (event: Row): Child[] => event.child_events as Child[];

/** The events of each ticket, in their order. */
function byTicket(simulator: Simulator): Map<number, Row[]> {
  const events = [...truth(simulator, 'ticket_events').values()].sort(
    (a, b) => Number(a.timestamp) - Number(b.timestamp) || a.id - b.id,
  );
  const groups = new Map<number, Row[]>();
  for (const event of events) {
    const ticket = event.ticket_id as number;
    groups.set(ticket, [...(groups.get(ticket) ?? []), event]);
  }
  return groups;
}

/** What a ticket is like after its events. */
function replay(events: readonly Row[]): Record<string, unknown> {
  const ticket: Record<string, unknown> = {};
  const fields: Record<string, unknown> = {};
  let tags: string[] = [];
  for (const child of events.flatMap(childrenOf)) {
    const { custom_ticket_fields: changed, added_tags: added, removed_tags: removed, ...properties } = child;
    if (typeof child.field_name === 'string') {
      const [name, value] = [child.field_name, child.value];
      if (name === 'tags') tags = value as string[];
      else Object.assign(/^\d+$/.test(name) ? fields : ticket, { [name]: value });
      continue;
    }
    if (child.event_type === 'Create' || child.event_type === 'Change') Object.assign(ticket, properties);
    Object.assign(fields, changed);
    tags = [
      ...tags.filter((tag) => !(removed as string[] | undefined)?.includes(tag)),
      ...((added as string[] | undefined) ?? []),
    ];
  }
  return { ...ticket, tags: tags.sort(), fields };
}

/** What events say of a ticket, of its own JSON. */
function expected(ticket: Row): Record<string, unknown> {
  const { status, priority, subject, assignee_id, requester_id, group_id } = ticket;
  const fields = ticket.custom_fields as { id: number; value: unknown }[];
  return {
    ...{ status, priority, subject, assignee_id, requester_id, group_id },
    tags: [...(ticket.tags as string[])].sort(),
    fields: Object.fromEntries(fields.map(({ id, value }) => [String(id), value])),
  };
}

describe('ticket events', () => {
  test('led every ticket to what it is, from its creation on', async () => {
    const simulator = await simulate({ tickets: 300 });
    for (const id of [3, 4, 5, 6]) simulator.update(id);
    simulator.update(4);
    simulator.delete(5);
    simulator.create(2);
    const events = byTicket(simulator);
    for (const ticket of truth(simulator, 'tickets').values()) {
      const [first, ...others] = events.get(ticket.id) ?? [];
      expect(first).toMatchObject({ created_at: ticket.created_at, event_type: 'Audit' });
      expect(childrenOf(first ?? { id: 0 }).map(({ event_type: type }) => type)).toContain('Create');
      for (const child of others.flatMap(childrenOf)) expect(child.event_type).not.toBe('Create');
      // A scrubbed ticket has lost what its events still tell.
      if (ticket.subject !== 'SCRUBBED')
        expect(replay([...(first ? [first] : []), ...others])).toMatchObject(expected(ticket));
      expect(Date.parse(String([first, ...others].at(-1)?.created_at))).toBeLessThanOrEqual(
        Date.parse(String(ticket.updated_at)),
      );
    }
  });

  test('are two to three a ticket', async () => {
    const simulator = await simulate({ tickets: 1000 });
    const { size } = simulator.truthOf('ticket_events');
    expect(size).toBeGreaterThan(2000);
    expect(size).toBeLessThan(3000);
  });

  test('never change, whatever becomes of their tickets', async () => {
    const simulator = await simulate();
    const before = truth(simulator, 'ticket_events');
    changeAtRandom(simulator, randomStream(4), 100);
    const after = truth(simulator, 'ticket_events');
    expect(after.size).toBeGreaterThan(before.size);
    for (const [id, event] of before) expect(after.get(id)).toEqual(event);
    const [id = 0] = before.keys();
    expect(() => {
      simulator.change('ticket_events', id);
    }).toThrow('never changes');
  });

  test('are the same whether they were looked at before the tickets changed or not', async () => {
    const [one, two] = [await simulate(), await simulate()];
    one.truthOf('ticket_events');
    for (const simulator of [one, two]) simulator.updateMany([3, 1, 2]);
    expect(truth(one, 'ticket_events')).toEqual(truth(two, 'ticket_events'));
  });

  test('come with an update of a ticket, and not with one of the system', async () => {
    const simulator = await simulate();
    const { size } = simulator.truthOf('ticket_events');
    simulator.update(7, { system: true });
    expect(simulator.truthOf('ticket_events').size).toBe(size);
    simulator.update(7);
    expect([...simulator.truthOf('ticket_events').values()].at(-1)).toMatchObject({ version: now });
    expect([...truth(simulator, 'ticket_events').values()].at(-1)).toMatchObject({
      ticket_id: 7,
      timestamp: now,
    });
  });

  test('have comments in full with include=comment_events alone', async () => {
    const simulator = await simulate();
    const children = async (include: string): Promise<Child[]> => {
      const body = await getJson(simulator, `${path('ticket_events')}?start_time=0${include}`);
      return rowsOf('ticket_events', body as Body).flatMap(childrenOf);
    };
    const comments = (list: readonly Child[]): Child[] =>
      list.filter(({ event_type: type }) => /Comment$|^Tweet$/.test(type));
    const [brief, whole] = [
      comments(await children('')),
      comments(await children('&include=comment_events')),
    ];
    expect(brief.length).toBeGreaterThan(100);
    expect(whole).toHaveLength(brief.length);
    for (const one of brief) expect(one).toMatchObject({ comment_present: true });
    for (const one of brief) expect(one).not.toHaveProperty('body');
    for (const one of whole) {
      for (const key of ['attachments', 'author_id', 'body', 'html_body', 'public', 'audit_id', 'created_at'])
        expect(one).toHaveProperty(key);
    }
    expect(whole.some((one) => !('plain_body' in one))).toBe(true);
    const vias = new Set(whole.map(({ via }) => typeof via));
    expect(vias).toEqual(new Set(['string', 'object']));
  });

  test('of AI agents are hidden unless support_type_scope asks for them', async () => {
    const simulator = await simulate({ tickets: 300 });
    const count = async (scope: string): Promise<number> => {
      const body = await getJson(simulator, `${path('ticket_events')}?start_time=0${scope}`);
      return rowsOf('ticket_events', body as Body).length;
    };
    const [byDefault, agents, robots, all] = [
      await count(''),
      await count('&support_type_scope=agent'),
      await count('&support_type_scope=ai_agent'),
      await count('&support_type_scope=all'),
    ];
    expect(byDefault).toBe(agents);
    expect(robots).toBeGreaterThan(0);
    expect(agents + robots).toBe(all);
  });

  test('can be added to the past of tickets, which leaves these as they are', async () => {
    const simulator = await simulate();
    const at = to - 500_000;
    const before = simulator.truth();
    const ids = simulator.add('ticket_events', 20, { at });
    expect(new Set(ids).size).toBe(20);
    const events = simulator.truthOf('ticket_events');
    for (const id of ids) expect(events.get(id)).toMatchObject({ version: at });
    for (const { id, generatedTimestamp } of before.values())
      if (generatedTimestamp > at) expect(simulator.newestVersion(id)).toMatchObject({ generatedTimestamp });
    expect(newest((await readByTime(simulator, 'ticket_events', 7)).rows)).toEqual(
      truth(simulator, 'ticket_events'),
    );
    const empty = await simulate({ tickets: 0 });
    expect(() => empty.add('ticket_events', 1)).toThrow('there is no ticket');
  });
});
