import { fileURLToPath } from 'node:url'
import { run } from '../commands.ts'
import { type Outcome, rounded } from '../outcome.ts'

// Pieces of Sallyport without the rest around them, each in a process of its own that prints one JSON line.

/** 10,000 applications with 100,000 segments: how long compiling takes, and one look-up. */
export async function measureRouteTable(): Promise<Outcome> {
  const found = await runScript<RouteTableFigures>('route-table.ts')
  const { compileMs, compileAfterOneChangeMs, heapMiB, lookUpNs } = found
  const slowest = Math.max(...Object.values(lookUpNs))
  return {
    ratios: {},
    figures: {
      'routes-compile-ms': compileMs,
      'routes-compile-after-one-change-ms': compileAfterOneChangeMs,
      'routes-heap-mib': heapMiB,
      'routes-slowest-look-up-ns': slowest,
    },
    table: [
      ['10,000 applications, 100,000 segments', '', ''],
      ['compiled in', `${compileMs} ms`, ''],
      ['compiled again after one change in', `${compileAfterOneChangeMs} ms`, ''],
      ['memory', `${heapMiB} MiB`, ''],
      ...Object.entries(lookUpNs).map(([name, ns]) => [`look-up, ${name}`, `${ns} ns`, '']),
    ],
  }
}

interface RouteTableFigures {
  readonly compileMs: number
  readonly compileAfterOneChangeMs: number
  readonly heapMiB: number
  readonly lookUpNs: Readonly<Record<string, number>>
}

/** What one small exchange costs the two ends of the tunnel alone. */
export async function measureTunnel(): Promise<Outcome> {
  const found = await runScript<TunnelFigures>('tunnel.ts')
  const { exchangesPerSecond, edgeUs, connectorUs } = found
  return {
    ratios: {},
    figures: {
      'tunnel-exchanges-per-s': Math.round(exchangesPerSecond),
      'tunnel-edge-cpu-us': rounded(edgeUs),
      'tunnel-connector-cpu-us': rounded(connectorUs),
    },
    table: [
      ['the tunnel alone', 'exchanges/s', 'CPU time per exchange'],
      [
        '64 at once, both ends on one core',
        Math.round(exchangesPerSecond).toString(),
        `edge ${edgeUs.toFixed(1)} µs, connector ${connectorUs.toFixed(1)} µs`,
      ],
    ],
  }
}

interface TunnelFigures {
  readonly exchangesPerSecond: number
  readonly edgeUs: number
  readonly connectorUs: number
}

/** How fast the links of a body are translated. */
export async function measureLinkTranslation(): Promise<Outcome> {
  const found = await runScript<LinkTranslationFigures>('link-translation.ts')
  const { linkHeavyMbPerS, textMbPerS, styleSheetMbPerS } = found
  return {
    ratios: {},
    figures: {
      'link-heavy-page-mb-per-s': linkHeavyMbPerS,
      'text-page-mb-per-s': textMbPerS,
      'style-sheet-mb-per-s': styleSheetMbPerS,
    },
    table: [
      ['links in bodies', 'MB/s per core', ''],
      ['a page with 24,000 links, two of three translated', linkHeavyMbPerS.toString(), ''],
      ['a page of text', textMbPerS.toString(), ''],
      ['a style sheet with 24,000 URLs', styleSheetMbPerS.toString(), ''],
    ],
  }
}

interface LinkTranslationFigures {
  readonly linkHeavyMbPerS: number
  readonly textMbPerS: number
  readonly styleSheetMbPerS: number
}

async function runScript<Figures>(name: string): Promise<Figures> {
  const script = fileURLToPath(new URL(`../${name}`, import.meta.url))
  return JSON.parse(await run('front', [process.execPath, '--expose-gc', script])) as Figures
}
