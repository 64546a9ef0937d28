import { totalmem } from 'node:os';

const MEGABYTE = 2 ** 20;
/** The rest is for the pages themselves. */
const SHARE = 0.6;

/**
 * What one instance of DuckDB may use at most, in megabytes. By itself it takes most of the machine's memory, and does not
 * know a container's limit.
 */
export function mostMegabytes(): number {
  // Without a limit this is some number beyond every machine, or 0.
  const available = Math.min(process.constrainedMemory() || Infinity, totalmem());
  return Math.min(Math.floor((available * SHARE) / MEGABYTE), 4096);
}
