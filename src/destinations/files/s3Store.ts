import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { DestinationRefused } from '../destination';
import type { ObjectStore } from './objectStore';
import { s3Failure } from './s3Failure';

/** Temporal does the retrying; these make an outage a failed attempt instead of a hang. */
const LIMITS: S3ClientConfig = {
  maxAttempts: 2,
  requestHandler: {
    connectionTimeout: 5_000,
    requestTimeout: 60_000,
    throwOnRequestTimeout: true,
    socketTimeout: 30_000,
  },
};

export interface S3Options {
  readonly bucket: string;
  /** Without slashes at its ends; may be empty. */
  readonly prefix: string;
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  /** Whether the bucket is named in the path instead of the host name. */
  readonly pathStyle: boolean;
}

/** Objects below a prefix of a bucket, with the credentials that the AWS SDK finds where it always looks. */
export class S3Store implements ObjectStore {
  readonly name: string;
  /** Made at the first use, and again after a refusal. */
  private client: S3Client | undefined;
  private readonly bucket: string;
  private readonly root: string;
  private readonly config: S3ClientConfig;

  constructor({ bucket, prefix, endpoint, region, pathStyle }: S3Options) {
    this.bucket = bucket;
    this.root = prefix === '' ? '' : `${prefix}/`;
    this.name = `s3://${bucket}/${prefix}`;
    this.config = {
      ...LIMITS,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(region === undefined ? {} : { region }),
      forcePathStyle: pathStyle,
    };
  }

  async put(key: string, body: Uint8Array): Promise<void> {
    await this.explain(async () =>
      this.connected().send(new PutObjectCommand({ Bucket: this.bucket, Key: this.root + key, Body: body })),
    );
  }

  async get(key: string): Promise<Buffer | undefined> {
    return this.explain(async () => {
      try {
        const found = await this.connected().send(
          new GetObjectCommand({ Bucket: this.bucket, Key: this.root + key }),
        );
        return Buffer.from((await found.Body?.transformToByteArray()) ?? []);
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    });
  }

  async list(prefix: string): Promise<string[]> {
    return this.explain(async () => {
      const keys: string[] = [];
      const query = { Bucket: this.bucket, Prefix: this.root + prefix };
      for await (const found of paginateListObjectsV2({ client: this.connected() }, query)) {
        for (const { Key } of found.Contents ?? [])
          if (Key !== undefined) keys.push(Key.slice(this.root.length));
      }
      return keys;
    });
  }

  async delete(key: string): Promise<void> {
    await this.explain(async () =>
      this.connected().send(new DeleteObjectCommand({ Bucket: this.bucket, Key: this.root + key })),
    );
  }

  async clean(): Promise<void> {
    // An object is there as a whole or not at all.
  }

  /** The client connects again when it is used again, and keeps the credentials it has been given. */
  close(): void {
    this.client?.destroy();
  }

  private connected(): S3Client {
    // Files of credentials are read again, not used as they were when this process first read them.
    this.client ??= new S3Client({ ...this.config, credentials: defaultProvider({ ignoreCache: true }) });
    return this.client;
  }

  private async explain<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const failure = s3Failure(error, this.name);
      // A client keeps credentials and region for good: only a new one sees what has been corrected. Requests under way on the
      // old one may end there.
      if (failure instanceof DestinationRefused) this.client = undefined;
      throw failure;
    }
  }
}
