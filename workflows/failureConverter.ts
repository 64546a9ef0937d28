import { DefaultFailureConverter, type FailureConverter, type ProtoFailure } from '@temporalio/common';

const plain = new DefaultFailureConverter();
const encoded = new DefaultFailureConverter({ encodeCommonAttributes: true });

/** Whether a failure has come whose message was in a payload: a worker with a codec sends it like that. */
let cameEncoded = false;

/**
 * Writes failures as they came: a workflow cannot know whether its worker has a codec, and what it fails with is what an
 * activity failed with.
 */
export const failureConverter: FailureConverter = {
  errorToFailure: (error, converter, context) =>
    (cameEncoded ? encoded : plain).errorToFailure(error, converter, context),
  failureToError: (failure, converter, context) => {
    cameEncoded ||= isEncoded(failure);
    return plain.failureToError(failure, converter, context);
  },
};

function isEncoded(failure: ProtoFailure | null | undefined): boolean {
  return failure ? Boolean(failure.encodedAttributes) || isEncoded(failure.cause) : false;
}
