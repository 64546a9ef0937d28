import { readArguments } from '../../src/bench/arguments';

describe('the arguments of the benchmark', () => {
  test('are all suites, where none is named', () => {
    const { suites, ranges, sizes, only } = readArguments([]);
    expect(suites).toEqual(['throughput', 'privacy', 'quota', 'accounts', 'followers', 'growth']);
    expect(ranges).toEqual([1, 3]);
    expect(sizes).toEqual([10_000, 100_000, 1_000_000]);
    expect(only).toBeUndefined();
  });

  test('name the suites, and what is in them', () => {
    const args = ['growth', 'quota', '--only', 'loop,files', '--sizes', '10,1e3', '--minutes', '2'];
    expect(readArguments(args)).toMatchObject({
      suites: ['growth', 'quota'],
      only: ['loop', 'files'],
      sizes: [10, 1000],
      minutes: 2,
    });
  });

  test('are refused with every problem, and with what is known', () => {
    const args = ['speed', '--tickets', 'many', '--rounds', '0', '--only', 'loop,mysql', '--sizes', '10,'];
    expect(() => readArguments(args)).toThrow(
      [
        'suite: "speed" is unknown; known are throughput, privacy, quota, accounts, followers, growth',
        '--tickets: must be a whole number from 1, not "many"',
        '--rounds: must be a whole number from 1, not "0"',
        '--only: "mysql" is unknown; known are loop, prefetch, files, parquet, duckdb, postgres',
        '--sizes: must be a whole number from 1, not ""',
      ].join('\n'),
    );
  });

  test('say how large tickets are, here and to the simulator', () => {
    expect(readArguments([])).toMatchObject({
      shapes: [{ bytes: 2900 }],
      shapeArguments: ['--ticket-bytes', '2900'],
    });
    expect(readArguments(['--custom-fields', '60'])).toMatchObject({
      shapes: [{ bytes: 2900, customFields: 60 }],
      shapeArguments: ['--ticket-bytes', '2900', '--custom-fields', '60'],
    });
    expect(readArguments(['--shape', 'large'])).toMatchObject({
      shapes: [{ bytes: 14_000, customFields: 60 }],
      shapeArguments: ['--shape', 'large'],
    });
  });

  test('leave growth a destination', () => {
    expect(() => readArguments(['growth', '--only', 'loop'])).toThrow('growth needs one of files');
    expect(readArguments(['throughput', '--only', 'loop']).only).toEqual(['loop']);
  });

  test('keep the password of a URL that is refused', () => {
    expect(() => readArguments(['--postgres', 'mysql://user:secret@host'])).toThrow(
      /^--postgres: must be a postgres:\/\/ URL$/,
    );
  });
});
