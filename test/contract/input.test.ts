import type { ExportRequest } from '../../src/contract/request';
import { InvalidInput, parseInput } from '../../src/contract/input';

const NOW = 1_800_000_000;

function parse(input: unknown, lastResult?: unknown): ExportRequest {
  return parseInput(input, { now: NOW, accounts: ['acme', 'globex'], lastResult });
}

/** An input with what is needed, and these changes. */
function parseWith(changes: object): ExportRequest {
  return parse({ subdomain: 'acme', startTime: 5, ...changes });
}

function problemsOf(input: unknown, lastResult?: unknown): string[] {
  try {
    parse(input, lastResult);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const [heading = '', ...problems] = error.message.split('\n- ');
    expect(heading).toBe(
      `The export's input has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:`,
    );
    return problems;
  }
  return [];
}

function problemsWith(changes: object): string[] {
  return problemsOf({ subdomain: 'acme', startTime: 5, ...changes });
}

describe('an input', () => {
  test('needs subdomain and startTime only; the rest has its documented defaults', () => {
    expect(parse({ subdomain: 'acme', startTime: '2024-01-01T00:00:00Z' })).toEqual({
      subdomain: 'acme',
      streams: ['tickets'],
      startTime: 1_704_067_200,
      continued: {},
      pagination: null,
      follow: false,
      lists: { everySeconds: 3600 },
      perPage: 1000,
      include: [],
      supportTypeScope: 'all',
      excludeSystemUpdates: false,
      excludeDeleted: false,
      requestsPerMinute: null,
      ranges: 1,
      onBlocked: 'wait',
    });
  });

  test('needs no startTime where it names lists alone', () => {
    expect(parse({ subdomain: 'acme', streams: ['groups', 'tags'] })).toMatchObject({
      streams: ['groups', 'tags'],
      startTime: 0,
    });
    expect(() => parse({ subdomain: 'acme', streams: ['groups', 'users'] })).toThrow(
      'startTime: is required',
    );
  });

  test('keeps every option it is given', () => {
    const options = {
      pagination: 'cursor',
      follow: { everySeconds: 60 },
      perPage: 1,
      lists: { everySeconds: 300 },
      include: ['users', 'metric_sets'],
      supportTypeScope: 'ai_agent',
      excludeSystemUpdates: true,
      excludeDeleted: true,
      requestsPerMinute: 2.5,
      onBlocked: 'fail',
    };
    expect(parseWith({ ...options, endTime: '1970-01-02' })).toEqual({
      ...options,
      subdomain: 'acme',
      ranges: 1,
      endTime: 86_400,
      streams: ['tickets'],
      startTime: 5,
      continued: {},
    });
  });

  test('names every problem at once', () => {
    expect(
      problemsOf({
        subdomain: 'evil.com/',
        startTime: 'yesterday',
        endTime: 'tomorrow',
        pagination: 'offset',
        follow: true,
        perPage: 0,
        include: ['last_audits', 'audits'],
        supportTypeScope: 'human',
        excludeSystemUpdates: 'no',
        excludeDeleted: 1,
        requestsPerMinute: 0,
        ranges: 0,
        onBlocked: 'panic',
        startDate: 1,
        token: 's3cret',
      }).map((problem) => /^[\w.]+( field)?/.exec(problem)?.[0]),
    ).toEqual([
      'subdomain',
      'startTime',
      'endTime',
      'pagination',
      'follow',
      'perPage',
      'include.0',
      'include.1',
      'supportTypeScope',
      'excludeSystemUpdates',
      'excludeDeleted',
      'requestsPerMinute',
      'ranges',
      'onBlocked',
      'unknown field',
    ]);
  });

  test('says what is required when it is empty', () => {
    expect(problemsOf({})).toEqual([
      "subdomain: is required: acme, acme.zendesk.com or the account's URL",
      'startTime: is required: ISO 8601 (2024-01-01T00:00:00Z), Unix seconds, or 0 for everything',
    ]);
  });

  test.each([undefined, null, 5, 'acme', [], true])('must be an object, not %j', (input) => {
    expect(problemsOf(input)).toEqual([expect.stringMatching(/^the input must be a JSON object such as /)]);
  });

  test('names unknown fields without their values', () => {
    expect(problemsWith({ token: 's3cret', startDate: 1 })).toEqual(['unknown field token, startDate']);
  });
});

describe('subdomain', () => {
  test.each(['acme', 'Acme.zendesk.com', 'https://acme.zendesk.com/agent'])(
    'is normalised from %s',
    (subdomain) => {
      expect(parseWith({ subdomain }).subdomain).toBe('acme');
    },
  );

  test.each(['evil.com/', 'x@evil.com#', 'acme.evil.com', '', 'acme\nx'])('%j is refused', (subdomain) => {
    expect(problemsWith({ subdomain })).toEqual([
      expect.stringMatching(/^subdomain: .* is not a Zendesk subdomain$/),
    ]);
  });

  test('of another account is refused: its credentials are not here', () => {
    expect(problemsWith({ subdomain: 'initech' })).toEqual([
      'subdomain: this worker has credentials for acme, globex, not for initech',
    ]);
  });

  test('that is refused is never quoted with a password, nor at length', () => {
    const [problem = ''] = problemsWith({ subdomain: 'https://me:hunter2@acme.zendesk.com' });
    expect(problem).toContain('@acme.zendesk.com');
    expect(problem).not.toMatch(/me:|hunter2/);
    expect(problemsWith({ subdomain: 'x'.repeat(5000) })[0]?.length).toBeLessThan(150);
  });
});

describe('startTime', () => {
  test.each([0, '0', '1970-01-01'])('%j means everything', (startTime) => {
    expect(parseWith({ startTime }).startTime).toBe(0);
  });

  test.each([
    [NOW - 62, NOW - 62],
    [NOW - 61, NOW - 61],
    [NOW - 60, NOW - 61],
    [NOW, NOW - 61],
  ])('%i starts at %i: the last 61 s are not served yet', (startTime, start) => {
    expect(parseWith({ startTime }).startTime).toBe(start);
  });

  test('in the future is refused, and named', () => {
    expect(problemsWith({ startTime: NOW + 1 })).toEqual([
      'startTime: 2027-01-15T08:00:01Z is in the future (now 2027-01-15T08:00:00Z): nothing to export yet',
    ]);
  });

  test.each(['yesterday', '', null, -5, '2023-02-30', {}])('%j is not a valid time', (startTime) => {
    const [problem = '', ...more] = problemsWith({ startTime });
    expect(more).toEqual([]);
    expect(problem).toMatch(/^startTime: .* is not a valid time: ISO 8601/);
    expect(problem).toContain(JSON.stringify(startTime));
  });

  test.each([1_704_067_200_000, '1704067200000'])('%j is taken for a slip', (startTime) => {
    expect(problemsWith({ startTime })).toEqual([
      `startTime: ${JSON.stringify(startTime)} looks like milliseconds: did you mean 1704067200 (2024-01-01T00:00:00Z)?`,
    ]);
  });

  test('that is refused is never quoted at length', () => {
    expect(problemsWith({ startTime: 'x'.repeat(5000) })[0]?.length).toBeLessThan(200);
  });
});

describe('endTime', () => {
  test('may be in the future, or the start itself', () => {
    expect(parseWith({ endTime: NOW + 1000 }).endTime).toBe(NOW + 1000);
    expect(parseWith({ endTime: 5 }).endTime).toBe(5);
  });

  test('before startTime is refused, together with problems of other fields', () => {
    expect(problemsWith({ endTime: 4 })).toEqual([
      'endTime: 1970-01-01T00:00:04Z is before startTime (1970-01-01T00:00:05Z)',
    ]);
    expect(problemsWith({ endTime: 4, perPage: 'x', subdomain: 'initech' })).toHaveLength(3);
  });
});

describe('options', () => {
  test('refuse last_audits by name, with the reason', () => {
    expect(problemsWith({ include: ['users', 'last_audits'] })).toEqual([
      'include.1: last_audits is not supported by the incremental export',
    ]);
  });

  test('list the known sideloads when one is unknown', () => {
    expect(problemsWith({ include: ['audits'] })).toEqual([
      expect.stringMatching(/^include\.0: unknown sideload "audits"; known: users, groups, .*slas$/),
    ]);
  });

  test.each([
    { follow: true },
    { follow: { everySeconds: 59 } },
    { follow: { everySeconds: 1e15 } },
    { follow: { every: 60 } },
    { follow: 60 },
    { perPage: 1001 },
    { perPage: 1.5 },
    { perPage: '100' },
    { requestsPerMinute: 0.5 },
    { ranges: 11 },
    { include: 'users' },
  ])('refuse %j by the name of the field', (options) => {
    const [field = ''] = Object.keys(options);
    expect(problemsWith(options)).toEqual([expect.stringMatching(new RegExp(`^${field}[.:]`))]);
  });

  test.each([
    [{ perPage: '100' }, 'perPage: Invalid input: expected number, received string (got "100")'],
    [{ perPage: 1001 }, /^perPage: .* \(got 1001\)$/],
    [{ supportTypeScope: 'human' }, /^supportTypeScope: .* \(got "human"\)$/],
    [{ follow: 60 }, /^follow: must be .* \(got 60\)$/],
    [{ requestsPerMinute: 0.5 }, /\(got 0\.5\)$/],
  ])('are refused with the value that was given: %j', (options, problem) => {
    const matching: unknown = typeof problem === 'string' ? problem : expect.stringMatching(problem);
    expect(problemsWith(options)).toEqual([matching]);
  });
});

describe("a schedule's last result", () => {
  const checkpoint = { exportId: 'run', epoch: 1, page: 7 };
  const last = {
    subdomain: 'acme',
    position: { startTime: 1000 },
    checkpoint,
    state: 'completed',
    tickets: 5,
  };

  test('says where to start, whatever the input says', () => {
    for (const input of [{ subdomain: 'acme' }, { subdomain: 'acme', startTime: 5 }]) {
      expect(parse(input, last).continued.tickets).toMatchObject({
        position: { endpoint: 'time', startTime: 1000 },
        previous: checkpoint,
      });
    }
  });

  test('holds for the same account however its name is written', () => {
    const { continued } = parse({ subdomain: 'https://ACME.zendesk.com' }, last);
    expect(continued.tickets?.position).toMatchObject({ startTime: 1000 });
  });

  test('may hold a cursor, and no checkpoint', () => {
    const { continued } = parse(
      { subdomain: 'acme' },
      { ...last, position: { cursor: 'c' }, checkpoint: null },
    );
    expect(continued.tickets?.position).toEqual({ endpoint: 'cursor', cursor: 'c' });
    expect(continued.tickets).not.toHaveProperty('previous');
  });

  test('is followed with the pagination of the input', () => {
    const { continued } = parse({ subdomain: 'acme', pagination: 'cursor' }, last);
    expect(continued.tickets?.position).toEqual({ endpoint: 'cursor', startTime: 1000 });
  });

  test('of another account is left alone: startTime is required again', () => {
    expect(problemsOf({ subdomain: 'globex' }, last)).toEqual([
      expect.stringMatching(/^startTime: is required/),
    ]);
    expect(parse({ subdomain: 'globex', startTime: 5 }, last)).toMatchObject({ startTime: 5, continued: {} });
  });

  test.each([undefined, null, 'text', {}, { ...last, position: null }, { ...last, position: {} }])(
    'that says nothing is left alone: %j',
    (lastResult) => {
      expect(problemsOf({ subdomain: 'acme' }, lastResult)).toHaveLength(1);
      expect(parse({ subdomain: 'acme', startTime: 5 }, lastResult)).toMatchObject({
        startTime: 5,
        continued: {},
      });
    },
  );

  test.each([
    { startTime: 1_794_873_605_000 },
    { startTime: -1 },
    { cursor: Buffer.from('99999999999999.0||1|').toString('base64') },
    { cursor: 'a b' },
  ])('whose place cannot have been reached is left alone, and everything is read again: %j', (position) => {
    expect(parse({ subdomain: 'acme', startTime: 5 }, { ...last, position })).toMatchObject({
      startTime: 5,
      continued: {},
    });
  });

  test('with a checkpoint that makes no sense is followed without it', () => {
    const odd = { ...last, checkpoint: { ...checkpoint, epoch: '/../..' } };
    const { tickets } = parse({ subdomain: 'acme' }, odd).continued;
    expect(tickets).not.toHaveProperty('previous');
    expect(tickets?.position).toMatchObject({ startTime: 1000 });
  });

  test('does not spare an input its other problems', () => {
    expect(problemsOf({ subdomain: 'acme', startTime: 'x', perPage: 0 }, last)).toHaveLength(2);
  });
});
