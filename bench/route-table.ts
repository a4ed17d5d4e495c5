import type { Application } from '../src/publishing/application.ts'
import { compileRoutes, type RouteTable, resolve } from '../src/publishing/route-table.ts'
import { countingIds, sampleApplication } from '../src/publishing/sample.ts'

// How long compiling and looking up take with 10,000 applications of 10 segments each. Prints one JSON line.
// node --expose-gc bench/route-table.ts

const applicationCount = 10_000
const segmentsEach = 10
const lookUps = 2_000_000

const corsRules = [
  {
    resource: '/',
    allowedOrigins: ['https://home.contoso.net'],
    allowedHeaders: ['*'],
    allowedMethods: ['*'],
  },
]

function publish(index: number): Application {
  const domain = `app${index}.contoso.net`
  const segments = Array.from({ length: segmentsEach }, (_, each) => ({
    externalUrl: `https://s${each}.${domain}/`,
    internalUrl: `http://10.${index % 250}.${Math.floor(index / 250)}.${each}:8080/svc${each}/`,
    corsRules,
  }))
  return sampleApplication(`${index}`, {
    externalUrl: `https://*.${domain}/`,
    internalUrl: `http://*.inside${index}.test/`,
    segments,
  })
}

const id = countingIds()
const timed = <Value>(run: () => Value): { value: Value; ms: number } => {
  const started = performance.now()
  const value = run()
  return { value, ms: performance.now() - started }
}

const applications = Array.from({ length: applicationCount }, (_, index) => publish(index))
globalThis.gc?.()
const before = process.memoryUsage().heapUsed
const first = timed(() => compileRoutes(applications))
globalThis.gc?.()
const heapMiB = Math.round((process.memoryUsage().heapUsed - before) / 2 ** 20)
const afterChange = timed(() =>
  compileRoutes([{ ...publish(0), id: id() }, ...applications.slice(1)]),
)
const table = afterChange.value

/** Nanoseconds per look-up over hosts drawn beforehand, so that only the look-up is measured. */
function measure(routes: RouteTable, hostOf: (index: number) => string, path: string): number {
  const hosts = Array.from({ length: 10_000 }, (_, i) => hostOf((i * 7_919) % applicationCount))
  const run = () => {
    let found = 0
    for (let i = 0; i < lookUps; i++) {
      const host = hosts[i % hosts.length] as string
      if (resolve(routes, 'https', host, 443, path).found) found++
    }
    return found
  }
  run()
  const { ms } = timed(run)
  return Math.round((ms * 1e6) / lookUps)
}

const oneHost = compileRoutes(
  Array.from({ length: 1_000 }, (_, i) =>
    sampleApplication(`${i}`, {
      externalUrl: `https://one.contoso.net/area${i}/app/`,
      internalUrl: `http://h${i}/`,
    }),
  ),
)

console.log(
  JSON.stringify({
    applications: applicationCount,
    segments: applicationCount * segmentsEach,
    compileMs: Math.round(first.ms),
    compileAfterOneChangeMs: Math.round(afterChange.ms),
    heapMiB,
    lookUpNs: {
      segment: measure(table, (i) => `s${i % segmentsEach}.app${i}.contoso.net`, '/api/items/1'),
      notListed: measure(table, (i) => `other.app${i}.contoso.net`, '/'),
      unknownHost: measure(table, (i) => `nothing${i}.example.org`, '/'),
      thousandPathsOnOneHost: measure(oneHost, () => 'one.contoso.net', '/area777/app/x/y/z'),
    },
  }),
)
