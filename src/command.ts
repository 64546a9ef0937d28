import { nodeProblem, refuseOldNode } from './nodeVersion.cjs';

// Before anything is loaded that such a Node cannot load: every command imports this file first.
refuseOldNode();

import { parseArgs, types, type ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

interface Read<T extends Options> {
  readonly values: ReturnType<typeof parseArgs<{ options: T }>>['values'];
  readonly positionals: readonly string[];
}

/** What a command understands, apart from `--help`. */
export interface CommandLine<T extends Options> {
  /** What `--help` prints. */
  readonly usage: string;
  readonly options: T;
  /** Whether it takes arguments other than options. */
  readonly positionals?: boolean;
}

/** Not a failure: the answer to `--help`. */
export class Help extends Error {}

/** A command line that cannot be understood. */
export class Misuse extends Error {}

const HELP = { help: { type: 'boolean', short: 'h' } } as const satisfies Options;

/**
 * The options and arguments of a command line.
 * @throws Help, Misuse
 */
export function readCommandLine<T extends Options>(
  args: readonly string[],
  { usage, options, positionals = false }: CommandLine<T>,
): Read<T> {
  const config = { args: [...args], options: { ...options, ...HELP } };
  const { help } = parseArgs({ ...config, strict: false }).values;
  if (help === true) throw new Help(usage);
  try {
    return parseArgs({ ...config, allowPositionals: positionals });
  } catch (error) {
    // Node's first sentence says what is wrong.
    const [what = ''] = messageOf(error).split('. ');
    throw new Misuse(`${what.replace(/\.$/, '')}. Try --help.`, { cause: error });
  }
}

export interface Running {
  /** The exit code of a command that failed. Default 1. */
  readonly failed?: number;
  /** What is printed of a failure. Default: its message. */
  readonly explain?: (error: unknown) => string;
  /** Where a warning goes. Default: to stderr, as it is. */
  readonly warn?: (text: string) => void;
  /** Ends a command whose output nobody reads any more, as after `| head`. Default: at once. */
  readonly stop?: () => void;
}

/**
 * Runs a command, and ends its process with the exit code that `main` returns; 2 where it was misused. A failure is a
 * sentence on stderr.
 */
export function runCommand(main: () => Promise<number>, running: Running = {}): void {
  const { failed = 1, explain = messageOf, stop = leave, warn = complain } = running;
  const problem = nodeProblem(process.versions.node, Date.now());
  if (problem !== undefined) warn(problem.text);
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      stop();
    });
  }
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      if (error instanceof Help) process.stdout.write(error.message);
      else {
        complain(error instanceof Misuse ? error.message : explain(error));
        // Not by exitCode: what a failure left open may keep the process alive.
        process.exit(error instanceof Misuse ? 2 : failed);
      }
    },
  );
}

/** What an error says; of one that says nothing, its name. */
export function messageOf(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  return error.message === '' ? error.name : error.message;
}

function complain(text: string): void {
  // It may quote what somebody else wrote, who may know how to steer a terminal.
  process.stderr.write(`${text.replace(/[^\P{Cc}\n\t]/gu, ' ')}\n`);
}

function leave(): never {
  process.exit();
}
