import { createHmac } from 'node:crypto';
import { post } from '../../src/notices/post';
import { noticeSecret, noticeUrl } from '../../src/notices/target';
import type { Message } from '../../src/notices/text';
import { startReceiver, type Receiver } from './receiver';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const secret = noticeSecret.parse(SECRET);
const never = new AbortController().signal;
const notice: Message = {
  event: 'blocked',
  subdomain: 'acme',
  stream: 'users',
  workflowId: 'zendesk-account-acme',
  runId: 'run',
  reason: 'Forbidden: only admins may export. Grant it, then resume.',
  at: '2026-11-29T20:00:00Z',
};

let receiver: Receiver;
afterEach(async () => receiver.close());

test('a notice is a sentence that says what to do, with its parts beside it', async () => {
  receiver = await startReceiver(204);
  await post({ url: receiver.url, secret: null }, notice, never);
  const [first] = receiver.received;
  expect(JSON.parse(first?.body ?? '')).toEqual({
    text:
      'Zendesk export of acme (users) is blocked. Forbidden: only admins may export. Grant it, then resume. ' +
      'To resume: temporal workflow signal --workflow-id zendesk-account-acme --name resume',
    ...notice,
  });
  expect(first?.headers).toMatchObject({ 'content-type': 'application/json' });
  expect(first?.headers).not.toHaveProperty('webhook-signature');
});

test('it is signed as Standard Webhooks are, over id, time and body; a second attempt has the same id', async () => {
  receiver = await startReceiver(200);
  await post({ url: receiver.url, secret }, notice, never);
  await post({ url: receiver.url, secret }, notice, never);
  for (const { headers, body } of receiver.received) {
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers;
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60);
    const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
    const signed = createHmac('sha256', key)
      .update(`${String(id)}.${String(timestamp)}.${body}`)
      .digest('base64');
    expect(signature).toBe(`v1,${signed}`);
  }
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
});

test('a text commands nothing: no mention, no link behind other words, one line', async () => {
  receiver = await startReceiver(200);
  const reason =
    'Refused: <!channel> <https://evil.example|here> [here](https://evil.example)\n@all\0\ud800 '.repeat(100);
  await post({ url: receiver.url, secret }, { ...notice, reason }, never);
  const { text } = JSON.parse(receiver.received[0]?.body ?? '') as { text: string };
  expect(text).not.toMatch(/[<>\n\0]|\]\(|@\w|\p{Cs}/u);
  expect(text.length).toBeLessThan(2500);
});

test.each([
  ['answers 500', 500, /answered 500\.$/],
  ['redirects', 302, /answered 302\.$/],
] as const)('a receiver that %s is named by its host alone', async (_, answer, problem) => {
  receiver = await startReceiver(answer);
  const failure: unknown = await post({ url: receiver.url, secret }, notice, never).catch(
    (error: unknown) => error,
  );
  expect(String(failure)).toMatch(problem);
  expect(String(failure)).not.toMatch(/path-is-secret|too\b/);
  expect(receiver.received).toHaveLength(1);
});

test('nobody there is said with the reason', async () => {
  receiver = await startReceiver();
  await receiver.close();
  await expect(post({ url: receiver.url, secret }, notice, never)).rejects.toThrow(
    /^A notice was not delivered: 127\.0\.0\.1:\d+ is out of reach \(ECONNREFUSED\)\.$/,
  );
});

test('an answer that never ends counts when it begins', async () => {
  receiver = await startReceiver('endless');
  await post({ url: receiver.url, secret }, notice, never);
  expect(receiver.received).toHaveLength(1);
});

test('URLs are encrypted or stay on this machine, and keys are strong; neither is quoted', () => {
  for (const url of ['https://hooks.example.com/x?y=z', 'http://localhost:8080/x', 'http://[::1]/x'])
    expect(noticeUrl.parse(url)).toBe(url);
  for (const url of [
    'http://hooks.example.com',
    'https://user:password@hooks.example.com',
    'file:///x',
    'x',
  ]) {
    const { error } = noticeUrl.safeParse(url);
    expect(error?.issues).toHaveLength(1);
    if (url.length > 1) expect(String(error)).not.toContain(url);
  }
  for (const key of ['hunter2', 'whsec_', 'whsec_aHVudGVyMg==', SECRET.slice(0, -1)]) {
    const { error } = noticeSecret.safeParse(key);
    expect(error?.issues).toHaveLength(1);
    if (key !== 'whsec_') expect(String(error)).not.toContain(key);
  }
});
