import { onOneLine } from '../foreignText';

/** One line of what a check found. `fail` alone keeps an export from running. */
export interface Fact {
  readonly kind: 'ok' | 'warn' | 'fail';
  /** The account, or another part that the line is about. */
  readonly about: string;
  readonly text: string;
}

/** As it is printed; what runs has nothing to resume yet. */
export function lineOf({ kind, about, text }: Fact): string {
  const sentence = onOneLine(text.replace(/, then resume\.$/, '.'));
  return `${kind.padEnd(4)}  ${about}: ${sentence}\n`;
}
