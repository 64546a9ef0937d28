import { extname, join } from 'node:path';
import { Piscina } from 'piscina';
import { PageMemory } from '../pageMemory';
import { memoryOf, type ParsedPage } from './parsePage';
import type { BodyProblem, RawPage } from './parserThread';

/**
 * One thread parses the bodies of all accounts, so that none blocks the event loop: heartbeats, queries and other pages go
 * on meanwhile. It starts with the first page, and ends when none has come for a while.
 */
const threads = new Piscina<RawPage, ParsedPage | BodyProblem>({
  // TypeScript in tests.
  filename: join(__dirname, `parserThread${extname(__filename)}`),
  minThreads: 0,
  maxThreads: 1,
  idleTimeout: 30_000,
  // With an explicit list, the thread inherits NODE_OPTIONS.
  execArgv: [],
});

/** A page and the memory that its records are parts of. */
export type PageInMemory = ParsedPage & { readonly memory: PageMemory };

/** @param raw its content is handed to the thread, and is empty afterwards */
export async function parseInThread(raw: RawPage): Promise<PageInMemory | BodyProblem> {
  const parsed = await threads.run(raw, { transferList: [raw.content.buffer] });
  if ('problem' in parsed) return parsed;
  return { ...parsed, memory: new PageMemory(memoryOf(parsed) ?? new ArrayBuffer(0)) };
}
