import { z } from 'zod';
import { explain, InvalidInput, refuseUnreadable } from './input';
import { accountName, pointInTime } from './inputSchema';
import { iso } from './time';
import { METHODS, VERIFIED_STREAMS, type Method, type VerificationRequest } from './verification';

/** Half of what Zendesk allows to the export of search results, and to incremental exports: the rest is for people and other programs. */
const DEFAULT_PER_MINUTE: Readonly<Record<Method, number>> = { search: 60, reread: 5 };

const FORM = 'must be a JSON object such as {"subdomain": "acme"}';

/** What is typed, and the times that the destination does not say. */
export type VerificationInput = Pick<
  VerificationRequest,
  'subdomain' | 'stream' | 'from' | 'deep' | 'repair' | 'supportTypeScope' | 'requestsPerMinute'
> & { readonly to: number | undefined; readonly method: Method };

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- the type is what zod infers
export function verificationSchema(accounts: readonly string[]) {
  return z
    .strictObject(
      {
        subdomain: accountName(accounts),
        stream: z.enum(VERIFIED_STREAMS).default('tickets'),
        from: pointInTime.default(0),
        to: pointInTime.optional(),
        method: z.enum(METHODS).default('search'),
        deep: z.boolean().default(false),
        repair: z.boolean().default(false),
        supportTypeScope: z.enum(['all', 'agent', 'ai_agent']).default('all'),
        requestsPerMinute: z.number().min(1).max(100_000).optional(),
      },
      { error: ({ code }) => (code === 'invalid_type' ? FORM : undefined) },
    )
    .refine(({ stream, method }) => method === 'search' || stream === 'tickets', {
      path: ['method'],
      error: 'only tickets can be read again: leave it out for other streams',
      when: ({ value }) => typeof value === 'object' && value !== null,
    })
    .refine(({ from, to = Infinity }) => from < to, {
      path: ['to'],
      error: ({ input }) => notAfter(input),
      when: ({ value }) => typeof value === 'object' && value !== null,
    });
}

/** @param input with both of them parsed */
function notAfter(input: unknown): string {
  const { from, to } = input as { readonly from: number; readonly to: number };
  return `${iso(to)} is not after from (${iso(from)})`;
}

/** @throws InvalidInput naming every problem */
export function parseVerificationInput(input: unknown, accounts: readonly string[]): VerificationInput {
  refuseUnreadable("the verification's input", input);
  const parsed = verificationSchema(accounts).safeParse(input, { reportInput: true });
  if (!parsed.success) throw new InvalidInput(explain(parsed.error, "The verification's input"));
  const { to, deep, method, requestsPerMinute = DEFAULT_PER_MINUTE[method], ...rest } = parsed.data;
  // Whatever is read again is compared.
  return { ...rest, to, method, deep: deep || method === 'reread', requestsPerMinute };
}
