import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

/**
 * What everything is compared with: the least that a Node program can do to export tickets to NDJSON, without checks,
 * checkpoints or a database. Arguments: the account's URL, the file to write.
 */
async function main(): Promise<void> {
  const [url = '', path = ''] = process.argv.slice(2);
  const file = createWriteStream(path);
  const began = performance.now();
  let tickets = 0;
  for (let startTime = 0, ended = false; !ended;) {
    const response = await fetch(
      `${url}/api/v2/incremental/tickets?start_time=${startTime}&per_page=1000&support_type_scope=all`,
      {
        headers: { authorization: 'Bearer bench' },
      },
    );
    const page = (await response.json()) as { tickets: unknown[]; end_time: number; end_of_stream: boolean };
    for (const ticket of page.tickets) {
      if (!file.write(`${JSON.stringify(ticket)}\n`)) await once(file, 'drain');
    }
    tickets += page.tickets.length;
    startTime = page.end_time;
    ended = page.end_of_stream;
  }
  file.end();
  await once(file, 'finish');
  process.stdout.write(`done ${tickets} in ${performance.now() - began} ms\n`);
  // Stays until it has been measured.
  setInterval(() => undefined, 1000);
  process.once('SIGTERM', () => process.exit());
}

void main();
