import { dirname } from 'node:path';

/** The system calls that {@link renamesIn} understands, for `strace -f -y -s 0 -e trace=…`. */
export const TRACED = 'write,writev,pwrite64,pwritev,fsync,fdatasync,rename,renameat,renameat2';

/** A system call that has succeeded; begin and end are lines of the trace. */
interface Call {
  readonly name: string;
  /** Of the file that is written or flushed; of a rename the old one, and the new one. */
  readonly paths: readonly string[];
  readonly begin: number;
  readonly end: number;
}

/** A file that was put into its place by its name alone. */
export interface Rename {
  readonly path: string;
  /** Whether all of it was on disk before. */
  readonly wasFlushed: boolean;
  readonly begin: number;
  /** When its folder was on disk, too; undefined: never. */
  readonly settled: number | undefined;
}

/** The renames that a trace shows, in their order. */
export function renamesIn(trace: string): Rename[] {
  const calls = callsIn(trace);
  const flushes = calls.filter(({ name }) => name.startsWith('f'));
  const writes = calls.filter(({ name }) => name.includes('write'));
  return calls
    .filter(({ name }) => name.startsWith('rename'))
    .map(({ paths: [from = '', to = ''], begin, end }) => {
      const written = Math.max(
        ...writes.filter(({ paths: [path], begin: at }) => path === from && at < begin).map((one) => one.end),
      );
      const flushed = flushes.some(
        ({ paths: [path], ...flush }) => path === from && flush.begin > written && flush.end < begin,
      );
      const settled = flushes.find(
        ({ paths: [path], ...flush }) => path === dirname(to) && flush.begin > end,
      );
      return { path: to, wasFlushed: flushed, begin, settled: settled?.end };
    });
}

function callsIn(trace: string): Call[] {
  const begun = new Map<string, Omit<Call, 'end'>>();
  const calls: Call[] = [];
  trace.split('\n').forEach((line, at) => {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const [, name] = /^(\w+)\(/.exec(rest) ?? [];
    if (name !== undefined) begun.set(thread, { name, paths: pathsIn(name, rest), begin: at });
    const call = begun.get(thread);
    if (call === undefined || rest.endsWith('<unfinished ...>')) return;
    begun.delete(thread);
    if (/= \d+$/.test(rest)) calls.push({ ...call, end: at });
  });
  return calls;
}

/** As `-y` shows them: of an open file behind its number, of a rename as they are given. */
function pathsIn(name: string, call: string): string[] {
  const pattern = name.startsWith('rename') ? /"([^"]*)"/g : /\(\d+<([^>]*)>/g;
  return [...call.matchAll(pattern)].map(([, path = '']) => path);
}
