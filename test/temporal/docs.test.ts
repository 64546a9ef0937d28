import { spawnSync } from 'node:child_process';
import { temporalCommands } from '../docs/commands';

function cli(...args: string[]): string {
  return spawnSync(process.env['TEMPORAL_CLI'] ?? 'temporal', args, { encoding: 'utf8' }).stdout;
}

/** Where newer ones tell the options that every command takes; older ones tell them with each. */
const COMMON = cli('options');

/** The help of a subcommand; undefined when there is none of that name (then the CLI shows that of its parent). */
function helpOf(subcommand: string): string | undefined {
  const help = cli(...subcommand.split(' '), '--help');
  return new RegExp(`^ +temporal ${subcommand}\\b`, 'm').test(help) ? `${help}${COMMON}` : undefined;
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
