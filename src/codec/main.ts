import { InvalidConfig } from '../config';
import { readCodecServer } from './options';
import { codecServer } from './server';

/** `npm run codec-server`: shows the Web UI and the CLI what exports with EXPORT_CODEC_KEYS have written. */
function main(): void {
  const { host, port, ...options } = readCodecServer(process.env);
  const say = (text: string): void => void process.stderr.write(text);
  const server = codecServer({ ...options, say });
  server.once('error', fail).listen(port, host, () => {
    say(`Codec server at http://${host}:${port} for pages of ${options.origins.join(', ')}\n`);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      server.close();
      server.closeAllConnections();
    });
  }
}

function fail(error: unknown): void {
  const message = error instanceof InvalidConfig ? error.message : `No codec server: ${String(error)}`;
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}

try {
  main();
} catch (error) {
  fail(error);
}
