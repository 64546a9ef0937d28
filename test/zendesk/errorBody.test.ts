import { isHtml, readErrorBody } from '../../src/zendesk/errorBody';

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

  test.each(['null', '"text"', '[1]', '{"error":'])('takes %s for plain text', (body) => {
    expect(readErrorBody(body)).toEqual({ code: '', text: body });
  });

  test('keeps one short line of a long body', () => {
    const { text } = readErrorBody(`first line\n\n${'x'.repeat(10_000)}`);
    expect(text).toMatch(/^first line x+…$/);
    expect(text.length).toBeLessThan(210);
  });
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
