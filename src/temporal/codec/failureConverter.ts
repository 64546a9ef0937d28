import { DefaultFailureConverter } from '@temporalio/common';

/** For what is thrown outside of workflows: message and stack go into a payload, which the codec encrypts. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
