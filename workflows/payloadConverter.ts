import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';

/** Stands for a payload that cannot be read, such as a signal's with a misspelt encoding. */
export class UnreadablePayload {
  constructor(readonly unreadable: string) {}
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
      return defaultPayloadConverter.fromPayload(payload);
    } catch (error) {
      return new UnreadablePayload(error instanceof Error ? error.message : String(error)) as T;
    }
  },
};
