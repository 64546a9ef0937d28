import { Help, messageOf, Misuse, readCommandLine } from '../src/command';
import { nodeProblem } from '../src/nodeVersion.cjs';

const LINE = {
  usage: 'Does nothing.\n',
  options: { tickets: { type: 'string' }, loud: { type: 'boolean' } },
} as const;

describe('a command line', () => {
  test('is its options and its arguments', () => {
    const read = readCommandLine(['--loud', 'acme', '--tickets=7'], { ...LINE, positionals: true });
    expect(read.values).toEqual({ loud: true, tickets: '7' });
    expect(read.positionals).toEqual(['acme']);
  });

  test.each([[['--help']], [['-h']], [['acme', '--tickets', '7', '--help']], [['--unknown', '--help']]])(
    'with %j asks for the usage, and for nothing else',
    (args) => {
      expect(() => readCommandLine(args, LINE)).toThrow(new Help(LINE.usage));
    },
  );

  test.each([
    [['--colour', 'red'], "Unknown option '--colour'. Try --help."],
    [['acme'], "Unexpected argument 'acme'. Try --help."],
    [['--loud=very'], /--loud.* does not take an argument. Try --help\.$/],
    [['--tickets'], /--tickets.* missing. Try --help\.$/],
  ])('with %j is misused, in a sentence', (args, message) => {
    const read = (): unknown => readCommandLine(args, LINE);
    expect(read).toThrow(Misuse);
    expect(read).toThrow(message);
  });
});

test('an error that says nothing is reported by its name', () => {
  expect(messageOf(new AggregateError([], ''))).toBe('AggregateError');
  expect(messageOf(new RangeError('too far'))).toBe('too far');
  expect(messageOf('a text')).toBe('a text');
});

describe('a version of Node', () => {
  const NOW = Date.parse('2026-11-27');

  test.each(['24.21.0', '26.10.0', '22.13.0', '28.0.0'])('is fine: %s', (version) => {
    expect(nodeProblem(version, NOW)).toBeUndefined();
  });

  test.each(['20.19.0', '20.20.2', '21.7.3', '23.11.1', '25.9.0'])(
    'past its end is reported by name: %s',
    (version) => {
      const [major = ''] = version.split('.');
      expect(nodeProblem(version, NOW)).toEqual({
        refused: false,
        text: expect.stringMatching(
          new RegExp(`^Node ${major} is past its end \\(20\\d\\d-\\d\\d-\\d\\d\\).*use 24 or 26\\.$`),
        ) as unknown,
      });
    },
  );

  test.each(['12.22.12', '18.20.8', '20.18.3'])('that is too old is refused: %s', (version) => {
    expect(nodeProblem(version, NOW)).toEqual({
      refused: true,
      text: `Node ${version} is too old: this program needs 20.19 or newer; use 24 or 26.`,
    });
  });

  test('comes to its end by the calendar', () => {
    expect(nodeProblem('22.23.3', Date.parse('2027-04-29'))).toBeUndefined();
    expect(nodeProblem('22.23.3', Date.parse('2027-04-30'))).toMatchObject({ refused: false });
  });
});
