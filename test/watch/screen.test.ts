import { Writable } from 'node:stream';
import { Terminal } from '@xterm/headless';
import { screenOn } from '../../src/watch/screen';
import type { Sight } from '../../src/watch/sight';

function sight(name: string, tickets: number, note?: string): Sight {
  return { workflowId: name, glance: { state: 'running', tickets, percent: 50 }, note, ended: undefined };
}

/** A real terminal's screen, without a window. */
function terminal(rows: number) {
  const screen = new Terminal({ cols: 80, rows, convertEol: true, allowProposedApi: true });
  const output = new Writable({
    write: (chunk: Buffer, _, done) => {
      screen.write(chunk, done);
    },
  });
  return Object.assign(output, {
    isTTY: true,
    columns: 80,
    rows,
    /** The lines on the screen, once all that was written is there. */
    shown: async (): Promise<string[]> => {
      await new Promise<void>((resolve) => {
        output.write('', () => {
          resolve();
        });
      });
      const { active } = screen.buffer;
      const lines = Array.from({ length: rows }, (_, row) => active.getLine(active.baseY + row));
      return lines
        .map((line) => line?.translateToString(true) ?? '')
        .join('\n')
        .trimEnd()
        .split('\n');
    },
  });
}

test('a terminal shows the newest picture only, also when it has become shorter', async () => {
  const output = terminal(24);
  const screen = screenOn(output);
  screen.show([sight('one', 1, 'attempt 1 failed'), sight('two', 2)]);
  expect(await output.shown()).toHaveLength(3);
  screen.show([sight('one', 10), sight('two', 20)]);
  expect((await output.shown()).map((line) => line.replace(/\s.*%/, ''))).toEqual([
    'one  10 ticket versions',
    'two  20 ticket versions',
  ]);
});

test('a picture taller than the terminal is cut, since what has scrolled away cannot be redrawn', async () => {
  const output = terminal(10);
  const many = Array.from({ length: 50 }, (_, index) => sight(`export-${index}`, index));
  const screen = screenOn(output);
  screen.show(many);
  screen.show(many);
  const shown = await output.shown();
  expect(shown).toHaveLength(8);
  expect(shown.at(-1)).toBe('… 43 lines more');
});

test('elsewhere an export is a line only when it has news', () => {
  const written: string[] = [];
  const output = new Writable({
    write: (chunk: Buffer, _, done) => {
      written.push(chunk.toString());
      done();
    },
  });
  const screen = screenOn(output);
  screen.show([sight('one', 1), sight('two', 1)]);
  screen.show([sight('one', 1), sight('two', 2)]);
  expect(written).toEqual([
    'one: running, 50 %, 1 ticket versions\n',
    'two: running, 50 %, 1 ticket versions\n',
    'two: running, 50 %, 2 ticket versions\n',
  ]);
});
