import type { Status } from './status';

/** What the metrics need of a status. */
export type Measured = Pick<Status, 'state' | 'subdomain' | 'watermark' | 'pages'>;

/** Where it goes from inside the sandbox, for the worker's metrics; not on replay. */
// A type alias, since Temporal asks for one that any name can index.
export type MetricSinks = {
  metrics: {
    status: (status: Measured) => void;
    newFields: (subdomain: string, count: number) => void;
  };
};
