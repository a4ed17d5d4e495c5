/** What a ratio or a figure has to reach. */
type Aim = { readonly atLeast: number } | { readonly atMost: number }

/** Ratios and figures that have an aim; README.md says what each of them is. */
export const aims: Readonly<Record<string, Aim>> = {
  'get-vs-nginx': { atLeast: 0.6 },
  'get-vs-best-authenticating': { atLeast: 1.5 },
  'get-vs-nginx-oauth2-proxy-frp': { atLeast: 4 },
  'http2-8x32-vs-nginx': { atLeast: 0.5 },
  'http2-64x1-vs-nginx': { atLeast: 0.5 },
  'preflight-vs-nginx-204': { atLeast: 0.6 },
  // At most 1.5 times what nginx adds.
  'added-latency-p50-vs-nginx': { atLeast: 1 / 1.5 },
  'added-latency-p99-vs-nginx': { atLeast: 1 / 1.5 },
  'download-vs-nginx': { atLeast: 0.6 },
  'upload-vs-nginx': { atLeast: 0.6 },
  'far-download-mb-per-s': { atLeast: 60 },
  'far-upload-mb-per-s': { atLeast: 60 },
  'streams-memory-growth-mib': { atMost: 128 },
  'slow-reader-memory-growth-mib': { atMost: 8 },
  'websocket-memory-kib': { atMost: 40 },
  'websocket-burst-p99-ms': { atMost: 100 },
  // 2,000 a minute on one core.
  'sign-in-cpu-ms': { atMost: 30 },
  // 100,000 of them in 200 MB.
  'session-memory-kib': { atMost: 1.95 },
  'session-miss-ms': { atMost: 2 },
  // No one has set these two: they are what it is today, with some room, so that it stays that way.
  'links-at-rest-cpu-percent': { atMost: 6 },
  'link-memory-kib': { atMost: 80 },
  'link-heavy-page-mb-per-s': { atLeast: 60 },
  'routes-compile-ms': { atMost: 2_000 },
  'routes-slowest-look-up-ns': { atMost: 1_000 },
}

/** A sentence for each aim that was measured and missed. */
export function missedAims(found: Readonly<Record<string, number>>): string[] {
  return Object.entries(aims).flatMap(([name, aim]) => {
    const value = found[name]
    if (value === undefined) return []
    if ('atLeast' in aim) {
      const least = aim.atLeast.toPrecision(2)
      return value >= aim.atLeast ? [] : [`missed: ${name} is ${value}, wanted at least ${least}`]
    }
    return value <= aim.atMost ? [] : [`missed: ${name} is ${value}, wanted at most ${aim.atMost}`]
  })
}
