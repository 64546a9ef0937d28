import { createLogUpdate } from 'log-update';
import stringWidth from 'string-width';
import { block, newsOf, sentence } from './render';
import type { Sight } from './sight';

/** Where progress is shown. */
export interface Screen {
  show(sights: readonly Sight[]): void;
}

/** A terminal, a file or a pipe, such as `process.stdout`. */
type Output = NodeJS.WritableStream & Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows'>>;

/** Redrawn in place on a terminal; elsewhere a line per export whenever it has news. */
export function screenOn(output: Output): Screen {
  return output.isTTY === true ? new Terminal(output) : new Lines(output);
}

class Terminal implements Screen {
  private readonly draw;

  constructor(private readonly output: Output) {
    // A hidden cursor would stay hidden after kill -9.
    this.draw = createLogUpdate(output, { showCursor: true });
  }

  show(sights: readonly Sight[]): void {
    const { columns = 80, rows = 24 } = this.output;
    const nameWidth = Math.max(0, ...sights.map(({ workflowId }) => stringWidth(workflowId)));
    const lines = sights.flatMap((sight) => block(sight, nameWidth, columns - 1));
    // What has scrolled off the top cannot be redrawn.
    const most = Math.max(1, rows - 2);
    const visible =
      lines.length <= most ? lines : [...lines.slice(0, most - 1), `… ${lines.length - most + 1} lines more`];
    this.draw(visible.join('\n'));
  }
}

class Lines implements Screen {
  private readonly shown = new Map<string, string>();

  constructor(private readonly output: Output) {}

  show(sights: readonly Sight[]): void {
    for (const sight of sights) {
      const news = newsOf(sight);
      if (this.shown.get(sight.workflowId) === news) continue;
      this.shown.set(sight.workflowId, news);
      this.output.write(`${sentence(sight)}\n`);
    }
  }
}
