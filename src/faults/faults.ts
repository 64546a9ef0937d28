import type { Fault } from './fault';
import { postgresCut } from './postgresCut';
import { postgresKilled } from './postgresKilled';
import { postgresSilent } from './postgresSilent';
import { postgresSlow } from './postgresSlow';

/** In the order in which they run. */
export const FAULTS: readonly Fault[] = [postgresKilled, postgresCut, postgresSlow, postgresSilent];
