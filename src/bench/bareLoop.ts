import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

interface Page {
  readonly tickets: readonly unknown[];
  readonly end_time: number;
  readonly end_of_stream: boolean;
}

/** The least that a Node program can do to export tickets to NDJSON, without checks, checkpoints or a database. */
async function toNdjson(url: string, path: string): Promise<number> {
  const file = createWriteStream(path);
  let tickets = 0;
  for (let startTime = 0, ended = false; !ended;) {
    const page = (await (await fetchPage(url, startTime)).json()) as Page;
    for (const ticket of page.tickets) {
      if (!file.write(`${JSON.stringify(ticket)}\n`)) await once(file, 'drain');
    }
    tickets += page.tickets.length;
    startTime = page.end_time;
    ended = page.end_of_stream;
  }
  file.end();
  await once(file, 'finish');
  return tickets;
}

/**
 * The most that such a program can do to keep the server busy: it asks for the next page before it parses this one, and
 * writes nothing. Where the next page starts is in the last bytes of this one, an order that Zendesk does not promise.
 */
async function withPrefetch(url: string): Promise<number> {
  let tickets = 0;
  let next: Promise<string> | undefined = fetchText(url, 0);
  while (next !== undefined) {
    const text: string = await next;
    const [, ended, endTime] =
      /"end_of_stream":(true|false),"end_time":(\d+)\}$/.exec(text.slice(-200)) ?? [];
    next = ended === 'true' ? undefined : fetchText(url, Number(endTime));
    const page = JSON.parse(text) as Page;
    if (page.end_time !== Number(endTime)) throw new Error('a page does not end with its end_time');
    tickets += page.tickets.length;
  }
  return tickets;
}

async function fetchPage(url: string, startTime: number): Promise<Response> {
  return fetch(
    `${url}/api/v2/incremental/tickets?start_time=${startTime}&per_page=1000&support_type_scope=all`,
    { headers: { authorization: 'Bearer bench' } },
  );
}

async function fetchText(url: string, startTime: number): Promise<string> {
  return (await fetchPage(url, startTime)).text();
}

/** What the exporter is compared with. Arguments: the account's URL, the file to write; without one it is `withPrefetch`. */
async function main(): Promise<void> {
  const [url = '', path] = process.argv.slice(2);
  const began = performance.now();
  const tickets = await (path === undefined ? withPrefetch(url) : toNdjson(url, path));
  process.stdout.write(`done ${tickets} in ${performance.now() - began} ms\n`);
  // Stays until it has been measured.
  setInterval(() => undefined, 1000);
  process.once('SIGTERM', () => process.exit());
}

void main();
