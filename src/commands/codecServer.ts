import { readCommandLine, runCommand } from '../command';
import { listen } from '../listen';
import { readCodecServer } from '../account/codecServerConfig';
import { codecServer } from '../temporal/codec/server';

const USAGE = `Decrypts for the Web UI and the CLI what exports with EXPORT_CODEC_KEYS have written, until SIGTERM or SIGINT.

  npm run codec-server

Its variables are in docs/encryption.md: EXPORT_CODEC_KEYS, EXPORT_CODEC_ADDRESS, EXPORT_CODEC_ORIGINS, EXPORT_CODEC_TOKEN.
`;

/** `npm run codec-server` */
async function main(): Promise<number> {
  readCommandLine(process.argv.slice(2), { usage: USAGE, options: {} });
  const { host, port, ...options } = readCodecServer(process.env);
  const say = (text: string): void => void process.stderr.write(text);
  const server = codecServer({ ...options, say });
  await listen(server, { host, port }, 'EXPORT_CODEC_ADDRESS');
  say(`Codec server at http://${host}:${port} for pages of ${options.origins.join(', ')}\n`);
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        server.close(() => {
          resolve(0);
        });
        server.closeAllConnections();
      });
    }
  });
}

runCommand(main);
