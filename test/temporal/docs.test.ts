import { spawnSync } from 'node:child_process';
import { temporalCommands } from '../docs/commands';

/** The help of a subcommand; undefined when there is none of that name (then the CLI shows that of its parent). */
function helpOf(subcommand: string): string | undefined {
  const help = outputOf(...subcommand.split(' '), '--help');
  // Newer versions list the flags of all commands apart.
  const found = new RegExp(`^ +temporal ${subcommand}\\b`, 'm').test(help);
  return found ? `${help}\n${outputOf('options')}` : undefined;
}

function outputOf(...words: readonly string[]): string {
  return spawnSync(process.env['TEMPORAL_CLI'] ?? 'temporal', words, { encoding: 'utf8' }).stdout;
}

test('the Temporal CLI knows every command of the documentation, with its flags', () => {
  const documented = temporalCommands();
  const subcommands = [...new Set(documented.map(({ subcommand }) => subcommand))];
  expect(subcommands).toEqual(
    expect.arrayContaining(['workflow start', 'workflow signal', 'schedule create']),
  );
  const help = new Map(subcommands.map((subcommand) => [subcommand, helpOf(subcommand)]));
  const unknown = documented.flatMap(({ where, subcommand, flags }) => {
    const text = help.get(subcommand);
    if (text === undefined) return [`${where}: no such command`];
    return flags
      .filter((flag) => !new RegExp(`(^|\\s)${flag}(\\s|,|$)`, 'm').test(text))
      .map((flag) => `${where}: ${flag}`);
  });
  expect(unknown).toEqual([]);
});
