import { renamesIn } from '../../src/faults/trace';

const trace = (...calls: string[]): string => calls.map((call) => `7 ${call}`).join('\n');

const WRITE = 'write(3</lake/_tmp/a>, ""..., 9) = 9';
const FLUSH = 'fsync(3</lake/_tmp/a>) = 0';
const RENAME = 'rename("/lake/_tmp/a", "/lake/day/a") = 0';
const FOLDER = 'fsync(4</lake/day>) = 0';

test.each([
  ['in order', [WRITE, FLUSH, RENAME, FOLDER], { wasFlushed: true, settled: 3 }],
  ['without a flush', [WRITE, RENAME, FOLDER], { wasFlushed: false, settled: 2 }],
  ['flushed before its last write', [FLUSH, WRITE, RENAME, FOLDER], { wasFlushed: false, settled: 3 }],
  ['its folder flushed too early', [WRITE, FLUSH, FOLDER, RENAME], { wasFlushed: true, settled: undefined }],
  [
    'a flush that failed',
    [WRITE, 'fsync(3</lake/_tmp/a>) = -1 EIO (Input/output error)', RENAME, FOLDER],
    { wasFlushed: false, settled: 3 },
  ],
])('a file that is written %s', (_, calls, expected) => {
  expect(renamesIn(trace(...calls))).toEqual([expect.objectContaining({ path: '/lake/day/a', ...expected })]);
});

test('a flush that other threads interrupt counts from where it ends', () => {
  const lines = [
    `1 ${WRITE}`,
    '1 fsync(3</lake/_tmp/a> <unfinished ...>',
    `2 ${RENAME}`,
    '1 <... fsync resumed>) = 0',
    `2 ${FOLDER}`,
  ];
  expect(renamesIn(lines.join('\n'))).toEqual([expect.objectContaining({ wasFlushed: false, settled: 4 })]);
});
