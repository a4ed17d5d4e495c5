import { monitorEventLoopDelay } from 'node:perf_hooks'
import { counter, gauge, type Measure } from './metric.ts'

// Node's own timer of the histogram; finer ones cost more than they tell.
const resolutionMs = 10
const nanosecondsPerSecond = 1e9
const microsecondsPerSecond = 1e6

/** What a process has to say about itself: memory, processor, event loop. Names are those that dashboards know. */
export function processMetrics(): Measure {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  const startedAt = Date.now() / 1000 - process.uptime()
  return () => {
    const { rss, heapUsed, external } = process.memoryUsage()
    const { user, system } = process.cpuUsage()
    const loop = [0.5, 0.99].map((quantile) => ({
      labels: { part: `p${quantile * 100}` },
      value: loopDelay(delay.percentile(quantile * 100)),
    }))
    // Each scrape tells of the time since the one before.
    delay.reset()
    return [
      gauge('process_start_time_seconds', 'When the process began.', 'each', startedAt),
      counter('process_cpu_seconds_total', 'Processor time spent.', [
        { labels: {}, value: (user + system) / microsecondsPerSecond },
      ]),
      gauge('process_resident_memory_bytes', 'Memory in use.', 'each', rss),
      gauge('sallyport_heap_used_bytes', "V8's heap in use.", 'each', heapUsed),
      gauge('sallyport_external_memory_bytes', "Buffers outside of V8's heap.", 'each', external),
      gauge(
        'sallyport_event_loop_delay_seconds',
        'How late the event loop was since the last scrape, by percentile.',
        'each',
        loop,
      ),
    ]
  }
}

/** The histogram counts the whole interval of its timer; nothing has come yet right after a reset. */
function loopDelay(nanoseconds: number): number {
  if (!Number.isFinite(nanoseconds)) return 0
  return Math.max(0, nanoseconds / nanosecondsPerSecond - resolutionMs / 1000)
}
