import type { DevServer } from '../development/devServer';

/** Something that goes wrong with a real part while an export runs. */
export interface Fault {
  readonly name: string;
  /** For `--help`, in one line. */
  readonly what: string;
  /**
   * Starts the parts and an export, does the fault, waits until the export is done, and compares.
   * @throws NotRun when a part is missing here; any other error: the export did not hold
   */
  run(circumstances: Circumstances): Promise<Outcome>;
}

export interface Circumstances {
  readonly server: DevServer;
  /** Of the soak. */
  readonly minutes: number;
  /** Says how far it is. */
  readonly say: (line: string) => void;
}

export interface Outcome {
  /** What the fault did, and what the export did then, measured. */
  readonly happened: string;
  /** Records that were compared with the account, and are the same. */
  readonly compared: number;
}

/** A fault needs something that is not here: it is neither passed nor failed. */
export class NotRun extends Error {}
