import { block, newsOf, sentence } from './render';
import type { Sight } from './sight';

/** Where progress is shown. */
export interface Screen {
  show(sights: readonly Sight[]): void;
}

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Redrawn in place on a terminal; elsewhere a line per export whenever it has news. */
export function screenOn(output: Output): Screen {
  return output.isTTY === true ? new Terminal(output) : new Lines(output);
}

class Terminal implements Screen {
  private drawn = 0;

  constructor(private readonly output: Output) {}

  show(sights: readonly Sight[]): void {
    const { columns = 80, rows = 24 } = this.output;
    const nameWidth = Math.max(0, ...sights.map(({ workflowId }) => workflowId.length));
    const lines = sights.flatMap((sight) => block(sight, nameWidth, columns - 1));
    // What has scrolled off the top cannot be redrawn.
    const most = Math.max(1, rows - 2);
    const visible =
      lines.length <= most ? lines : [...lines.slice(0, most - 1), `… ${lines.length - most + 1} lines more`];
    const back = this.drawn === 0 ? '' : `\x1b[${this.drawn}A`;
    this.output.write(`${back}\r\x1b[J${visible.join('\n')}\n`);
    this.drawn = visible.length;
  }
}

class Lines implements Screen {
  private readonly told = new Map<string, string>();

  constructor(private readonly output: Output) {}

  show(sights: readonly Sight[]): void {
    for (const sight of sights) {
      const news = newsOf(sight);
      if (this.told.get(sight.workflowId) === news) continue;
      this.told.set(sight.workflowId, news);
      this.output.write(`${sentence(sight)}\n`);
    }
  }
}
