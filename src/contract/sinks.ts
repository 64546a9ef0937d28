import type { StreamName } from '../streams';
import type { Status, StreamStatus } from './status';

/** What the metrics need of a status. */
export interface Measured extends Pick<Status, 'state' | 'subdomain'> {
  readonly streams: Readonly<Partial<Record<StreamName, MeasuredStream>>>;
}

export type MeasuredStream = Pick<StreamStatus, 'state' | 'watermark' | 'sweptAt' | 'pages'>;

/** Where it goes from inside the sandbox, for the worker's metrics; not on replay. */
// A type alias, since Temporal asks for one that any name can index.
export type MetricSinks = {
  metrics: {
    status: (status: Measured) => void;
    newFields: (subdomain: string, stream: StreamName, count: number) => void;
  };
};
