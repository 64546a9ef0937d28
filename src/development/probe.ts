import { monitorEventLoopDelay } from 'node:perf_hooks';

/** What a measured process has used since its start. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  /** What it holds now. */
  readonly megabytes: number;
  /** The longest time that its event loop was blocked since it was last asked. */
  readonly longestBlockMs: number;
}

// Loaded by `node --require` into the process that is measured, which knows nothing of it.
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on('message', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage: Usage = {
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    peakMegabytes: maxRSS / 1024,
    megabytes: process.memoryUsage.rss() / 2 ** 20,
    longestBlockMs: delay.max / 1e6,
  };
  delay.reset();
  process.send?.(usage);
});
// The channel must not keep a process alive that is done.
process.channel?.unref();
