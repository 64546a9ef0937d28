import { readdirSync, readFileSync } from 'node:fs';

/** Of `/proc`, on every Linux. */
const TICKS_PER_SECOND = 100;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly program: string;
  /** With that of its children which have ended. */
  readonly ticks: number;
}

/**
 * CPU seconds so far of all processes of one program, whose name may end with a version, that this process has started, itself or
 * through others; Linux only.
 */
export function cpuTimeOf(program: string): number {
  const all = processes();
  const ours = new Set([process.pid]);
  for (let before = 0; before < ours.size;) {
    before = ours.size;
    for (const { pid, parent } of all) if (ours.has(parent)) ours.add(pid);
  }
  const ticks = all
    .filter((each) => ours.has(each.pid) && each.program.startsWith(program))
    .reduce((sum, each) => sum + each.ticks, 0);
  return ticks / TICKS_PER_SECOND;
}

function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [processIn(Number(name), readFileSync(`/proc/${name}/stat`, 'utf8'))];
      } catch {
        return []; // It has ended.
      }
    });
}

/** The name is in parentheses, and may hold any character. */
function processIn(pid: number, stat: string): Process {
  const end = stat.lastIndexOf(')');
  const [, parent, ...rest] = stat.slice(end + 2).split(' ');
  const ticks = rest.slice(9, 13).reduce((sum, value) => sum + Number(value), 0);
  return { pid, parent: Number(parent), program: stat.slice(stat.indexOf('(') + 1, end), ticks };
}
