import type { PageResult, Position } from '../../src/contract/page';
import { encodeCursor } from '../../src/simulator';
import { passes, placeOfCursor, readCursor, watermarkAt } from '../../src/contract/position';
import { nextPosition, nextWatermark } from '../../workflows/position';
import { EMPTY_PAGE } from './emptyPage';

const page = (more: Partial<PageResult>): PageResult => ({ ...EMPTY_PAGE, received: 10, ...more });
const circumstances = {
  endpoint: 'time',
  hasCursor: true,
  isOrdered: true,
  perPage: 10,
  watermark: 0,
} as const;
const time = (startTime: number): Position => ({ endpoint: 'time', startTime });
const byCursor = (startTime: number): Position => ({ endpoint: 'cursor', startTime });

describe('the next position in time mode', () => {
  test('is the end_time, whatever the tickets say', () => {
    const answered = page({ first: 5, last: 40, endTime: 41 });
    expect(nextPosition(time(5), answered, circumstances)).toEqual(time(41));
  });

  test('never goes back', () => {
    const answered = page({ first: 1, last: 3, endTime: 3, endOfStream: true });
    expect(nextPosition(time(5), answered, circumstances)).toEqual(time(5));
  });

  test('stays after an empty page', () => {
    expect(nextPosition(time(5), { ...EMPTY_PAGE, endOfStream: true }, circumstances)).toEqual(time(5));
  });

  test('is the newest ticket where the last page has no end_time', () => {
    const answered = page({ first: 5, last: 40, endOfStream: true });
    expect(nextPosition(time(5), answered, circumstances)).toEqual(time(40));
  });

  test('is by cursor on a pinned second', () => {
    const answered = page({ first: 5, last: 5, endTime: 5, pinned: true });
    expect(nextPosition(time(5), answered, circumstances)).toEqual(byCursor(5));
  });

  test('is by cursor where a full page would only be repeated', () => {
    const answered = page({ first: 9, last: 9, endTime: 9 });
    expect(nextPosition(time(5), answered, circumstances)).toEqual(byCursor(9));
    expect(nextPosition(time(5), { ...answered, received: 9 }, circumstances)).toEqual(time(9));
    expect(nextPosition(time(5), { ...answered, endOfStream: true }, circumstances)).toEqual(time(9));
  });
});

describe('the next position by cursor', () => {
  const answered = page({ first: 5, last: 9, onLastSecond: 4, afterCursor: 'next' });

  test('is the after_cursor with cursor pagination', () => {
    expect(
      nextPosition(byCursor(5), answered, {
        ...circumstances,
        endpoint: 'cursor',
        hasCursor: true,
        isOrdered: true,
      }),
    ).toEqual({
      endpoint: 'cursor',
      cursor: 'next',
    });
  });

  test('goes back to time mode at a second that began on the page and is small', () => {
    expect(nextPosition(byCursor(5), answered, circumstances)).toEqual(time(9));
  });

  test.each([
    ['began before the page', answered, { ...circumstances, watermark: 9 }],
    ['fills half of it', { ...answered, onLastSecond: 5 }, circumstances],
  ])('stays by cursor at a second that %s', (_, summary, around) => {
    expect(nextPosition(byCursor(5), summary, around)).toEqual({ endpoint: 'cursor', cursor: 'next' });
  });

  test('stays after an empty page without a cursor', () => {
    expect(nextPosition(byCursor(5), { ...EMPTY_PAGE, endOfStream: true }, circumstances)).toEqual(
      byCursor(5),
    );
  });

  test('is the last second of a last page without a cursor', () => {
    const last = { ...answered, afterCursor: null, endOfStream: true };
    expect(
      nextPosition(byCursor(5), last, {
        ...circumstances,
        endpoint: 'cursor',
        hasCursor: true,
        isOrdered: true,
      }),
    ).toEqual(byCursor(9));
  });
});

describe('the watermark', () => {
  test('is the end_time in time mode and the newest ticket by cursor', () => {
    const answered = page({ first: 5, last: 9, endTime: 10 });
    expect(nextWatermark(5, time(5), answered, { isOrdered: true })).toBe(10);
    expect(nextWatermark(5, byCursor(5), answered, { isOrdered: true })).toBe(9);
  });

  test('stays on a pinned and on an empty page', () => {
    expect(
      nextWatermark(5, time(5), page({ first: 5, last: 8, endTime: 5, pinned: true }), { isOrdered: true }),
    ).toBe(5);
    expect(nextWatermark(5, time(5), EMPTY_PAGE, { isOrdered: true })).toBe(5);
    expect(nextWatermark(5, byCursor(5), EMPTY_PAGE, { isOrdered: true })).toBe(5);
  });

  test('is a time, whatever a cursor stands for', () => {
    for (const second of ['99999999999999', '9'.repeat(400)]) {
      const cursor = Buffer.from(`${second}.0||1|`).toString('base64');
      expect(watermarkAt({ endpoint: 'cursor', cursor })).toBe(0);
    }
  });

  test('begins at the second of a cursor that can be read', () => {
    expect(watermarkAt({ endpoint: 'cursor', cursor: encodeCursor({ second: 1_790_201_555, id: 47 }) })).toBe(
      1_790_201_555,
    );
    expect(watermarkAt({ endpoint: 'cursor', cursor: 'opaque' })).toBe(0);
  });
});

describe('of records without an order', () => {
  const unordered = { ...circumstances, isOrdered: false };

  test('a late one does not end a range: what the answer names does', () => {
    expect(passes({ last: 500, endTime: 120 }, 300, false)).toBe(false);
    expect(passes({ last: 120, endTime: 301 }, 300, false)).toBe(true);
  });

  test('a crowded second is left when a whole page lies after it, and where that page begins', () => {
    const inside = page({ first: 5, last: 900, afterCursor: '5.next' });
    expect(nextPosition(byCursor(5), inside, { ...unordered, watermark: 5 })).toEqual({
      endpoint: 'cursor',
      cursor: '5.next',
    });
    expect(nextWatermark(5, byCursor(5), inside, unordered)).toBe(5);
    const beyond = page({ first: 7, last: 900, afterCursor: '5.next' });
    expect(nextPosition(byCursor(5), beyond, { ...unordered, watermark: 5 })).toEqual(time(7));
  });

  test('the end of a list never leads back', () => {
    const withdrawn = page({ first: 1, last: 2, endOfStream: true });
    expect(nextPosition(byCursor(5), withdrawn, { ...unordered, watermark: 5 })).toEqual(byCursor(5));
  });
});

test('an end is passed by a ticket after it, and by an end_time after it', () => {
  expect(passes({ last: 9, endTime: 9 }, 9, true)).toBe(false);
  expect(passes({ last: 9, endTime: 10 }, 9, true)).toBe(true);
  expect(passes({ last: 10, endTime: null }, 9, true)).toBe(true);
  expect(passes({ last: null, endTime: null }, 9, true)).toBe(false);
});

test('a recorded cursor is read, and any other is left alone', () => {
  expect(readCursor('MTc5MDIwMTU1NS4wfHw0N3w=')).toBe('1790201555.0||47|');
  expect(placeOfCursor('MTc5MDIwMTU1NS4wfHw0N3w=')).toEqual({ second: 1_790_201_555, id: 47 });
  for (const other of ['', '=', 'abc', 'MTc5', '%%%']) expect(placeOfCursor(other)).toBeNull();
});
