import { DefaultLogger, type Logger, type LogLevel } from '@temporalio/worker';

/** What the SDK adds to every line and nobody reads; a task token could even be misused. */
const NOISE = [
  'taskToken',
  'activityId',
  'activityType',
  'isLocal',
  'namespace',
  'taskQueue',
  'workflowType',
];

/** One JSON object per line on stderr. Bigints and errors, which JSON has no form for, become text. */
export function jsonLogger(level: LogLevel): Logger {
  return new DefaultLogger(level, ({ level: severity, timestampNanos, message, meta }) => {
    const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
    const fields = Object.entries(meta ?? {}).filter(([name]) => !NOISE.includes(name));
    const line = { time, level: severity, message, ...Object.fromEntries(fields) };
    process.stderr.write(`${JSON.stringify(line, asText)}\n`);
  });
}

function asText(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Error) return { name: value.name, message: value.message };
  return value;
}
