import { types } from 'node:util';
import { z } from 'zod';
import { DestinationRefused, DestinationUnavailable, isBug } from '../destination';

const CREDENTIALS =
  'Check the credentials that the AWS SDK finds (variables such as AWS_ACCESS_KEY_ID, a profile, a role)';
const REGION = 'Name the region of the bucket with ?region= or AWS_REGION';
const RIGHTS =
  'Check the bucket and the credentials; allow s3:GetObject and s3:PutObject below the prefix, and s3:ListBucket on ' +
  'the bucket';
const CLOCK = 'Set the clock of the worker’s machine';

/** What an operator can do, by the name of the error. */
const REMEDIES: Readonly<Record<string, string>> = {
  NoSuchBucket: 'Create the bucket, or name another one',
  InvalidBucketName: 'Name the bucket as s3://bucket/prefix',
  AccessDenied: RIGHTS,
  AllAccessDisabled: RIGHTS,
  MethodNotAllowed: RIGHTS,
  InvalidAccessKeyId: CREDENTIALS,
  SignatureDoesNotMatch: CREDENTIALS,
  InvalidToken: CREDENTIALS,
  ExpiredToken: CREDENTIALS,
  ExpiredTokenException: CREDENTIALS,
  TokenRefreshRequired: CREDENTIALS,
  CredentialsProviderError: CREDENTIALS,
  RequestTimeTooSkewed: CLOCK,
  PermanentRedirect: REGION,
  AuthorizationHeaderMalformed: REGION,
  IllegalLocationConstraintException: REGION,
  QuotaExceeded: 'Free some space',
  XMinioStorageFull: 'Free some space',
  NotImplemented: 'Where the server lacks checksums, set AWS_REQUEST_CHECKSUM_CALCULATION=WHEN_REQUIRED',
};

/** Also while the service that renews credentials is away. */
const MAY_PASS: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'TokenRefreshRequired',
  'CredentialsProviderError',
]);

/**
 * What a failure means: an operator's business ({@link DestinationRefused}), or something that may pass.
 * @param name for people: bucket and prefix
 */
export function s3Failure(error: unknown, name: string): Error {
  if (error instanceof DestinationRefused || isBug(error)) return error;
  const said = `${name}: ${described(error)}`;
  const refusal = types.isNativeError(error) ? refusalFor(error) : undefined;
  return refusal === undefined
    ? new DestinationUnavailable(said)
    : new DestinationRefused(`${said}. ${refusal.remedy}, then resume.`, refusal.mayPass);
}

interface Refusal {
  readonly remedy: string;
  readonly mayPass: boolean;
}

function refusalFor(error: Error): Refusal | undefined {
  if (error.message === 'Region is missing') return { remedy: REGION, mayPass: false };
  const named = REMEDIES[error.name];
  if (named !== undefined) return { remedy: named, mayPass: MAY_PASS.has(error.name) };
  // Servers have names of their own; the status says the same. A proxy or a server in trouble says it for a while only.
  const status = statusOf(error) ?? 0;
  if (status === 301 || status === 307) return { remedy: REGION, mayPass: false };
  return [401, 403, 404].includes(status) ? { remedy: RIGHTS, mayPass: true } : undefined;
}

function described(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  // A connection that was tried on several addresses fails without a message of its own.
  const code = 'code' in error ? String(error.code) : '';
  const [said = ''] = (error.message || code || 'no answer').split('\n');
  const message = said.replace(/\.$/, '');
  const named =
    error.name === 'Error' || message.includes(error.name) ? message : `${error.name}: ${message}`;
  const status = statusOf(error);
  return status === undefined ? named : `${named} (HTTP ${status})`;
}

const answered = z.object({ $metadata: z.object({ httpStatusCode: z.number() }) });

function statusOf(error: Error): number | undefined {
  return answered.safeParse(error).data?.$metadata.httpStatusCode;
}
