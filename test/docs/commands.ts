import { codeBlocks, codeSpans, pages } from './markdown';

/** A command line in the documentation, as its words; quotes taken off. */
export interface Command {
  /** For messages: the file, and the line as it stands there. */
  readonly where: string;
  readonly words: readonly string[];
  /** Shown with its answer, which may be a refusal. */
  readonly isSession: boolean;
}

/** Every command line in code blocks and code spans. */
export function commands(): Command[] {
  return pages().flatMap((page) => {
    const lines = codeBlocks(page)
      .filter(({ language }) => ['', 'sh'].includes(language))
      .flatMap(({ text }) => text.replace(/ *\\\n\s*/g, ' ').split('\n'));
    return [...lines, ...codeSpans(page)].flatMap((line) => {
      const isSession = line.startsWith('$ ');
      return line
        .replace(/^\$ /, '')
        .split(/ && |; /)
        .map((command) => ({ where: `${page.path}: ${command}`, words: wordsOf(command), isSession }));
    });
  });
}

function wordsOf(command: string): string[] {
  const words = [...command.trim().matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
  const first = words.findIndex((word) => !/^\w+=/.test(word));
  return first === -1 ? [] : words.slice(first);
}

/** The part of the README's table whose heading says `temporal workflow …`. */
const SHORT = /^(query|signal|cancel|terminate|describe|update)$/;

export interface TemporalCommand extends Command {
  /** Such as `workflow start`. */
  readonly subcommand: string;
  readonly flags: readonly string[];
}

export function temporalCommands(): TemporalCommand[] {
  return commands().flatMap((command) => {
    const [first = '', second = ''] = command.words;
    const short = SHORT.test(first) && second.startsWith('--');
    const isCommand = first === 'temporal' && /^[a-z]/.test(second);
    if (!isCommand && !short) return [];
    const words = short ? ['workflow', ...command.words] : command.words.slice(1);
    const end = words.findIndex((word) => word.startsWith('-'));
    // Prose names the CLI, too.
    if (words.includes('…') && end === -1) return [];
    const flags = words.filter((word) => /^--?[a-z]/.test(word)).map((flag) => flag.replace(/=.*/, ''));
    return [{ ...command, subcommand: words.slice(0, end === -1 ? undefined : end).join(' '), flags }];
  });
}

/** The words that follow a flag, wherever it stands. */
export function valuesOf({ words }: Command, flag: string): string[] {
  return words.filter((_, at) => words[at - 1] === flag);
}
