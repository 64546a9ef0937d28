import { noopMetricMeter, type MetricMeter, type MetricTags } from '@temporalio/common';

/** Temporal's meter interface, remembering what Prometheus would show. */
export class RecordingMeter {
  private readonly values = new Map<string, number>();

  value(name: string, tags: MetricTags): number | undefined {
    return this.values.get(seriesOf(name, tags));
  }

  readonly meter: MetricMeter = {
    createHistogram: (...args) => noopMetricMeter.createHistogram(...args),
    withTags: () => this.meter,
    createCounter: (name, ...rest) => ({
      ...noopMetricMeter.createCounter(name, ...rest),
      add: (value, tags = {}) => {
        this.values.set(seriesOf(name, tags), (this.value(name, tags) ?? 0) + value);
      },
    }),
    createGauge: (name, ...rest) => ({
      ...noopMetricMeter.createGauge(name, ...rest),
      set: (value, tags = {}) => {
        this.values.set(seriesOf(name, tags), value);
      },
    }),
  };
}

function seriesOf(name: string, tags: MetricTags): string {
  return JSON.stringify([name, Object.entries(tags).sort()]);
}
