import type { ReadText } from './memoise';
import { InvalidConfig } from './problems';
import { codeOf } from './secrets';

/**
 * What a file of the configuration holds.
 * @param variable that names it
 * @throws InvalidConfig
 */
export function readJson(variable: string, path: string, read: ReadText): unknown {
  let text: string;
  try {
    text = read(path);
  } catch (error) {
    throw new InvalidConfig([`${variable}: the file ${path} cannot be read (${codeOf(error)})`]);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's own message would quote the file.
    const [, position] = /position (\d+)/.exec(String(error)) ?? [];
    const line = text.slice(0, Number(position)).split('\n').length;
    const where = position === undefined ? '' : `: see line ${line}`;
    throw new InvalidConfig([`${variable}: the file ${path} is not valid JSON${where}`]);
  }
}
