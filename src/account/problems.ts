import type { z } from 'zod';

/** A configuration that cannot be used. The problems never quote a value that may be secret. */
export class InvalidConfig extends Error {
  override readonly name = 'InvalidConfig';

  constructor(
    readonly problems: readonly string[],
    heading = 'The configuration cannot be used',
  ) {
    super(`${heading}:\n- ${problems.join('\n- ')}`);
  }
}

/** Every issue as `path: what is wrong`. */
export function problemsOf(error: z.ZodError | undefined): string[] {
  return (error?.issues ?? []).map((issue) => {
    const what =
      issue.code === 'unrecognized_keys' ? `unknown field ${issue.keys.join(', ')}` : issue.message;
    return issue.path.length === 0 ? what : `${issue.path.join('.')}: ${what}`;
  });
}
