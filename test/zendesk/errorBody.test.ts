import { isHtml, readErrorBody, summaryOf } from '../../src/zendesk/errorBody';

describe('readErrorBody', () => {
  test.each([
    [
      'code and description',
      '{"error":"RecordInvalid","description":"Record validation errors","details":{"base":[]}}',
      'RecordInvalid',
      'RecordInvalid: Record validation errors',
    ],
    [
      'error as an object',
      '{"error":{"title":"Forbidden","message":"You do not have access to this page."}}',
      'Forbidden',
      'Forbidden: You do not have access to this page.',
    ],
    [
      'a list of errors',
      '{"errors":[{"code":"StartTimeTooRecent","status":"400","title":"start_time must be more than 60 seconds ago"}]}',
      'StartTimeTooRecent',
      'StartTimeTooRecent: start_time must be more than 60 seconds ago',
    ],
    [
      'a list of errors with details',
      '{"errors":[{"code":"InvalidCursor","title":"bad","detail":"cursor is invalid or expired"}]}',
      'InvalidCursor',
      'InvalidCursor: cursor is invalid or expired',
    ],
    [
      "OAuth's",
      '{"error":"invalid_token","error_description":"The access token provided is expired."}',
      'invalid_token',
      'invalid_token: The access token provided is expired.',
    ],
    [
      'status and error',
      '{"status":500,"error":"Internal Server Error"}',
      'Internal Server Error',
      'Internal Server Error',
    ],
    [
      'a description alone, of what is called an error',
      '{"error":{"description":"No such page"}}',
      '',
      'No such page',
    ],
    [
      'a code alone',
      `{"error":"Couldn't authenticate you"}`,
      "Couldn't authenticate you",
      "Couldn't authenticate you",
    ],
    ["a gateway's message", '{"message":"no Route matched"}', '', 'no Route matched'],
    [
      'plain text',
      'Requester creation collision - please try again',
      '',
      'Requester creation collision - please try again',
    ],
    [
      'HTML',
      '<html>\n<head><title>502\n Bad Gateway</title></head></html>',
      '',
      'HTML page "502 Bad Gateway"',
    ],
    ['HTML without a title', ' <!DOCTYPE html><p>x', '', 'HTML page'],
    ['nothing', '', '', 'empty answer'],
    ['a blank', ' \n', '', 'empty answer'],
  ])('reads %s', (_shape, body, code, text) => {
    expect(readErrorBody(body)).toEqual({ code, text });
  });

  test.each([
    '{}',
    '{"error":{}}',
    '{"error":null}',
    '{"errors":[]}',
    '{"errors":{"base":["x"]}}',
    '{"error":[1]}',
  ])('always has a text, for %s too', (body) => {
    expect(readErrorBody(body)).toEqual({ code: '', text: 'JSON without an explanation' });
  });

  test.each(['null', '"text"'])('takes %s for plain text', (body) => {
    expect(readErrorBody(body)).toEqual({ code: '', text: body });
  });

  test.each([
    '{"tickets":[{"id":1,"subject":"private',
    '[{"id":1,"subject":"private"}]',
    '{"id":1,"subject":"private","description":"private"}',
    '{"ticket":{"id":1,"description":"private"}}',
  ])('quotes nothing of a record in place of an error: %s', (body) => {
    expect(readErrorBody(body)).toEqual({ code: '', text: 'JSON without an explanation' });
  });

  test.each(['{"error":"a\\ud800b \\u001b[2J \\u009b2J"}', `a\ud800b \u001b[2J \u009b2J`])(
    'has no control characters, and no halves of others: %j',
    (body) => {
      expect(readErrorBody(body).text).toBe('a\ufffdb [2J 2J');
    },
  );

  test('cuts no character in two', () => {
    expect(readErrorBody('😀'.repeat(200) + 'x').text).toBe(`${'😀'.repeat(100)}…`);
    expect(readErrorBody(`x${'😀'.repeat(200)}`).text).toBe(`x${'😀'.repeat(99)}…`);
  });

  test('keeps one short line of a long body', () => {
    const { text } = readErrorBody(`first line\n\n${'x'.repeat(10_000)}`);
    expect(text).toMatch(/^first line x+…$/);
    expect(text.length).toBeLessThan(210);
  });
});

test.each([
  ['{"error":"RecordInvalid","description":"Subject private is too long"}', 'RecordInvalid'],
  ['{"error":"private words"}', 'an explanation that privacy rules keep back'],
  ['private words', 'an explanation that privacy rules keep back'],
  ['{"tickets":[{"subject":"private', 'an explanation that privacy rules keep back'],
  ['<title>private</title>', 'HTML page'],
  [' ', 'empty answer'],
])('a summary has no words of the answer: %s', (body, summary) => {
  expect(summaryOf(body)).toBe(summary);
});

describe('isHtml', () => {
  test('tells a page from JSON', () => {
    expect(['\n <html>', '<!doctype html>', '{"a":"<html>"}', 'text', ''].map(isHtml)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
