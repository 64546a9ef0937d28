import { screenOn } from '../../src/watch/screen';
import type { Sight } from '../../src/watch/sight';

function sight(name: string, tickets: number, note?: string): Sight {
  return { workflowId: name, glance: { state: 'running', tickets, percent: 50 }, note, ended: undefined };
}

/** What a terminal shows after it was written to: knows only the three codes that the screen uses. */
function terminal(rows: number) {
  let lines: string[] = [''];
  return {
    isTTY: true,
    columns: 80,
    rows,
    write(text: string) {
      // eslint-disable-next-line no-control-regex
      for (const [, up, clear, plain] of text.matchAll(/\x1b\[(\d+)A|(\x1b\[J)|([^\x1b]+)/g)) {
        if (up !== undefined) lines = lines.slice(0, Math.max(1, lines.length - Number(up)));
        else if (clear !== undefined) lines = [...lines.slice(0, -1), ''];
        else if (plain !== undefined) {
          const [rest = '', ...more] = plain.replace('\r', '').split('\n');
          lines = [...lines.slice(0, -1), (lines.at(-1) ?? '') + rest, ...more];
        }
      }
    },
    shown: () => lines.slice(0, -1),
  };
}

test('a terminal shows the newest picture only, also when it has become shorter', () => {
  const output = terminal(24);
  const screen = screenOn(output);
  screen.show([sight('one', 1, 'attempt 1 failed'), sight('two', 2)]);
  expect(output.shown()).toHaveLength(3);
  screen.show([sight('one', 10), sight('two', 20)]);
  expect(output.shown().map((line) => line.replace(/\s.*%/, ''))).toEqual([
    'one  10 ticket versions',
    'two  20 ticket versions',
  ]);
});

test('a picture taller than the terminal is cut, since what has scrolled away cannot be redrawn', () => {
  const output = terminal(10);
  const many = Array.from({ length: 50 }, (_, index) => sight(`export-${index}`, index));
  const screen = screenOn(output);
  screen.show(many);
  screen.show(many);
  expect(output.shown()).toHaveLength(8);
  expect(output.shown().at(-1)).toBe('… 43 lines more');
});

test('elsewhere an export is a line only when it has news', () => {
  const written: string[] = [];
  const screen = screenOn({ write: (text) => written.push(text) });
  screen.show([sight('one', 1), sight('two', 1)]);
  screen.show([sight('one', 1), sight('two', 2)]);
  expect(written).toEqual([
    'one: running, 50 %, 1 ticket versions\n',
    'two: running, 50 %, 1 ticket versions\n',
    'two: running, 50 %, 2 ticket versions\n',
  ]);
});
