import { z } from 'zod';
import { address, InvalidConfig, present, problemsOf, type Environment } from './config';
import { codecKeys, NO_KEYS, type CodecKeys } from './codecKeys';

const variables = z.object({
  EXPORT_CODEC_KEYS: z.string({ error: "is required: the worker's own" }).pipe(codecKeys),
  EXPORT_CODEC_ADDRESS: z.string().default('8081').pipe(address),
  // Where `temporal server start-dev` shows the Web UI.
  EXPORT_CODEC_ORIGINS: z
    .string()
    .default('http://localhost:8233')
    .transform((list) => list.split(',').map((origin) => origin.trim()))
    .refine(
      (origins) => origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
      {
        error:
          'must be origins such as https://temporal.example.com, comma separated: no path, no trailing slash',
      },
    ),
  EXPORT_CODEC_TOKEN: z.string().optional(),
});

/**
 * The codec server's configuration from its environment.
 * @throws InvalidConfig
 */
export function readCodecServer(environment: Environment): {
  readonly keys: CodecKeys;
  readonly host: string;
  readonly port: number;
  readonly origins: readonly string[];
  readonly token: string | undefined;
} {
  const parsed = variables.safeParse(present(environment));
  if (!parsed.success) {
    throw new InvalidConfig(problemsOf(parsed.error), 'The codec server cannot start');
  }
  const { data } = parsed;
  return {
    keys: data.EXPORT_CODEC_KEYS,
    ...data.EXPORT_CODEC_ADDRESS,
    origins: data.EXPORT_CODEC_ORIGINS,
    token: data.EXPORT_CODEC_TOKEN,
  };
}

/**
 * The keys alone, for clients.
 * @throws InvalidConfig
 */
export function readCodecKeys(environment: Environment): CodecKeys {
  const parsed = z.object({ EXPORT_CODEC_KEYS: codecKeys.default(NO_KEYS) }).safeParse(present(environment));
  if (parsed.success) return parsed.data.EXPORT_CODEC_KEYS;
  throw new InvalidConfig(problemsOf(parsed.error));
}
