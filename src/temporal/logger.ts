import { DefaultLogger, type Logger, type LogLevel } from '@temporalio/worker';

/** Fields that the SDK adds to its lines and nobody reads; a task token could even be misused. */
const NOISE = [
  'taskToken',
  'activityId',
  'activityType',
  'isLocal',
  'namespace',
  'taskQueue',
  'workflowType',
];

/** Said by the SDK without the account; `activities/logFailure.ts` says it with. */
const SAID_ELSEWHERE = ['Activity failed'];

/** One JSON object per line on stderr. Bigints and errors, which JSON has no form for, become text. */
export function jsonLogger(level: LogLevel): Logger {
  return new DefaultLogger(level, ({ level: severity, timestampNanos, message, meta }) => {
    if (SAID_ELSEWHERE.includes(message)) return;
    const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
    const noise = meta !== undefined && 'sdkComponent' in meta ? NOISE : [];
    const { workflowRunId, ...fields } = Object.fromEntries(
      Object.entries(meta ?? {}).filter(([name]) => !noise.includes(name)),
    ) as Record<string, unknown>;
    // One name for one thing: in workflows the SDK calls it so.
    const run = workflowRunId === undefined ? {} : { runId: workflowRunId };
    const line = { time, level: severity, message, ...run, ...fields };
    process.stderr.write(`${JSON.stringify(line, asText).replace(CONTROLS, escaped)}\n`);
  });
}

/** What JSON leaves as it is, and terminals may obey. */
const CONTROLS = /\p{Cc}/gu;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function asText(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Error) return { name: value.name, message: value.message };
  return value;
}
