import { types } from 'node:util';
import { z } from 'zod';
import type { ReadText } from './memoise';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * A text in which `${VARIABLE}` stands for a variable of the environment and `${file:/run/secrets/x}` for what a file
 * holds, so that secrets need not be in the text. What they bring is taken as it is, without space at its ends.
 */
export function textWithReferences(variables: Variables, read: ReadText): z.ZodType<string, string> {
  return z.string().transform((text, context) => {
    const found = [...text.matchAll(REFERENCE)].map(([, name = '']) => lookUp(name, variables, read));
    const problems = found.flatMap((each) => ('problem' in each ? [each.problem] : []));
    const values = found.flatMap((each) => ('value' in each ? [each.value] : []));
    const whole = text.replace(REFERENCE, () => values.shift() ?? '').trim();
    if (problems.length === 0 && whole === '') problems.push('is empty');
    for (const message of problems) context.addIssue({ code: 'custom', message });
    return problems.length === 0 ? whole : z.NEVER;
  });
}

const REFERENCE = /\$\{([^}]*)\}/g;

type Found = { readonly value: string } | { readonly problem: string };

function lookUp(name: string, variables: Variables, read: ReadText): Found {
  if (name.startsWith('file:')) return textOf(name.slice('file:'.length), read);
  // Anything else may be part of a secret, and is not quoted.
  if (!/^[A-Z_][A-Z0-9_]*$/i.test(name)) {
    return { problem: 'holds a ${…} that is neither ${VARIABLE} nor ${file:/path}' };
  }
  const value = variables[name];
  return value === undefined ? { problem: `the variable ${name} is not set` } : { value };
}

function textOf(path: string, read: ReadText): Found {
  try {
    const value = read(path).trim();
    return value === '' ? { problem: `the file ${path} is empty` } : { value };
  } catch (error) {
    return { problem: `the file ${path} cannot be read (${codeOf(error)})` };
  }
}

/** The system's code, such as ENOENT. */
export function codeOf(error: unknown): string {
  return types.isNativeError(error) && 'code' in error ? String(error.code) : String(error);
}
