import { ACCESS_KEY, BUCKET, SECRET_KEY, type S3Server } from '../development/s3';
import { lakeAt, type Place } from './place';

/** How few days the tickets span: each is a file of its own on every page. */
export const DAYS = 10;

/** What a worker needs to sign its requests. */
export const CREDENTIALS = { AWS_ACCESS_KEY_ID: ACCESS_KEY, AWS_SECRET_ACCESS_KEY: SECRET_KEY };

/** The bucket by way of another port than the server's own. */
export function bucketBehind(s3: S3Server, port: number): Place {
  const query = s3.query.replace(`:${portOf(s3)}&`, `:${port}&`);
  return lakeAt(`s3://${BUCKET}/lake?${query}`, `${s3.folder}/lake`);
}

export function portOf({ query }: S3Server): number {
  return Number(new URL(new URLSearchParams(query).get('endpoint') ?? '').port);
}

/** Since when the tickets are. */
export function someDaysAgo(): number {
  return Date.now() / 1000 - DAYS * 86_400;
}
