import { clockAhead, clockAheadS3, clockBehind } from './clockOff';
import { duckDbDiskFull, filesDiskFull } from './diskFull';
import type { Fault } from './fault';
import { fsyncOrder } from './fsyncOrder';
import { postgresCut } from './postgresCut';
import { postgresKilled } from './postgresKilled';
import { postgresSilent } from './postgresSilent';
import { postgresSlow } from './postgresSlow';
import { s3Failing } from './s3Failing';
import { s3Slow } from './s3Slow';
import { soak } from './soak';
import { temporalGone } from './temporalGone';
import {
  workerStoppedDuckDb,
  workerStoppedFiles,
  workerStoppedInTransaction,
  workerStoppedPostgres,
} from './workerStopped';

/** In the order in which they run. */
export const FAULTS: readonly Fault[] = [
  postgresKilled,
  postgresCut,
  postgresSlow,
  postgresSilent,
  duckDbDiskFull,
  filesDiskFull,
  s3Failing,
  s3Slow,
  temporalGone,
  workerStoppedDuckDb,
  workerStoppedFiles,
  workerStoppedPostgres,
  workerStoppedInTransaction,
  clockAhead,
  clockAheadS3,
  clockBehind,
  fsyncOrder,
  soak,
];
