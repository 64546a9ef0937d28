import { parseSubdomain } from './subdomain';

/** What the workflow needs of its input as it was typed, because its check may be what fails. */
export interface TypedInput {
  /** Null where it names none. */
  readonly subdomain: string | null;
  readonly failsWhenBlocked: boolean;
}

export function readTypedInput(input: unknown): TypedInput {
  const { subdomain, onBlocked } = fieldsOf(input);
  return {
    subdomain: typeof subdomain === 'string' ? (parseSubdomain(subdomain) ?? null) : null,
    failsWhenBlocked: onBlocked === 'fail',
  };
}

function fieldsOf(input: unknown): { readonly subdomain?: unknown; readonly onBlocked?: unknown } {
  return typeof input === 'object' && input !== null ? input : {};
}
