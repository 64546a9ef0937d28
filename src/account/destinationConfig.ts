import { z } from 'zod';
import { openDestination } from '../destinations/open';

export interface NamedDestination {
  /** For people. */
  readonly name: string;
  /** May hold a password, so it is never printed whole. */
  readonly url: string;
}

/** The URL of a destination of any kind. */
export const destinationUrl = z.string().superRefine((url, context) => {
  try {
    openDestination(url);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
});
