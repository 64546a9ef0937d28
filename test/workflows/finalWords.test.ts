import { finalWords } from '../../workflows/finalWords';

test.each([
  [
    'The credentials are not known. Check them, then resume.',
    'The credentials are not known. Check them, then start the export again.',
  ],
  ['Resume to ask again, or send resetCursor.', 'Start the export again.'],
  ['Send resetCursor with a startTime.', 'Start the export again with a startTime.'],
  ['a worker that has them, then resume.', 'a worker that has them, then start the export again.'],
  ['DuckDB: out of space', 'DuckDB: out of space'],
])('of an export that has ended, %j says %j', (message, words) => {
  expect(finalWords(message)).toBe(words);
});
