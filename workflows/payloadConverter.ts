import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';

/** Encoding of what a worker's codec hands on in place of a payload that it cannot decrypt: the reason, as UTF-8. */
export const UNDECRYPTABLE = 'binary/undecryptable';

/** Stands for a payload that cannot be read, such as a signal's with a misspelt encoding. */
export class UnreadablePayload {
  constructor(
    readonly unreadable: string,
    /** Whether a worker with other keys might read it. */
    readonly encrypted = false,
  ) {}
}

/**
 * The SDK's own conversion, but reading never throws: a signal that it could not read would fail the workflow task over and
 * over, and the export with it. What becomes of the payload is for the checks of the input and of the signals to say.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the SDK's own signature
  fromPayload: <T>(payload: Payload): T => {
    try {
      const reason = undecryptable(payload);
      return reason === undefined
        ? defaultPayloadConverter.fromPayload(payload)
        : (new UnreadablePayload(reason, true) as T);
    } catch (error) {
      return new UnreadablePayload(error instanceof Error ? error.message : String(error)) as T;
    }
  },
};

function undecryptable({ metadata, data }: Payload): string | undefined {
  const text = (bytes: Uint8Array | null | undefined): string => new TextDecoder().decode(bytes ?? undefined);
  return text(metadata?.['encoding']) === UNDECRYPTABLE ? text(data) : undefined;
}
