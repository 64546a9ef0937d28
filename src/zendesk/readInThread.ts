import { extname, join } from 'node:path';
import { Piscina } from 'piscina';
import { markAsBody } from '../bytes';
import type { PageBody, ReadBody } from './pageThread';

/**
 * One thread reads the bodies of all accounts, so that none blocks the event loop: heartbeats, queries and other pages go
 * on meanwhile. It starts with the first page, and ends when none has come for a while.
 */
const threads = new Piscina<PageBody, ReadBody>({
  // TypeScript in tests.
  filename: join(__dirname, `pageThread${extname(__filename)}`),
  minThreads: 0,
  maxThreads: 1,
  idleTimeout: 30_000,
  // Has NODE_OPTIONS hold for the thread, too.
  execArgv: [],
});

/** @param body loses its content to the thread */
export async function readInThread(body: PageBody): Promise<ReadBody> {
  const read = await threads.run(body, { transferList: [body.content.buffer] });
  if ('page' in read) for (const { json } of read.page.records) markAsBody(json);
  return read;
}
