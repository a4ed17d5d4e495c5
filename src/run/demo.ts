import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { App } from '../../demos/contoso/app.ts'
import { startCorsWebClient } from '../../demos/contoso/web-client.ts'
import { startCorsWebService } from '../../demos/contoso/web-service.ts'
import { Fault } from '../base/fault.ts'
import type { SignalsAddress } from '../signals/listener.ts'
import { createApiToken } from './api-token.ts'
import { type Child, startChild, untilTold } from './child.ts'
import { type DemoFacts, readyLine, welcome } from './demo-announcement.ts'
import {
  createEnrolmentToken,
  moveSample,
  type SampleUrls,
  type SampleUser,
  seedAdministrator,
  seedSample,
  untilConnected,
} from './demo-seed.ts'
import { seedTour, type TourPlaces } from './demo-tour.ts'
import { GraphClient } from './graph-client.ts'
import { openKeys } from './keys.ts'
import { writeWholeFile } from './whole-file.ts'

export interface DemoSettings {
  /** Where files go; a temporary folder, removed at the end, when undefined. */
  readonly dataDir: string | undefined
  readonly port: number
  readonly json: boolean
  readonly sessionLifetimeSeconds: number
  /** Where the edge tells metrics and health; the connector does at the next port. Nowhere if unsaid. */
  readonly signals?: SignalsAddress | undefined
  /** The collector of edge and connector. */
  readonly otlp?: string | undefined
}

const domain = 'contoso.localhost'
const tokenLifetimeSeconds = 86_400

// Everything has to be gone 5 s after Ctrl-C: long enough for an answer under way, too short for an open stream.
const drainSeconds = 1

/** The seeds' story on one machine: applications, edge and connector, joined by the real tunnel, until told to end. */
export async function runDemo(settings: DemoSettings): Promise<void> {
  // With --json, stdout carries the one line for scripts and nothing else.
  const tell = (line: string): void =>
    void (settings.json ? process.stderr : process.stdout).write(`${line}\n`)
  const told = untilTold()
  await using demo = new Demo(settings, tell)
  await Promise.race([demo.start(), told])
  await Promise.race([told, demo.broken])
}

type AppName = 'client' | 'service' | 'shop' | 'stock'

interface Kept {
  readonly users: readonly SampleUser[]
  /** Absent in folders of earlier versions, as are the ports of the shop. */
  readonly administrator?: SampleUser
  /** False until the sample is published: a start that was cut short is made good by the next one. */
  readonly seeded: boolean
  readonly ports: Readonly<Partial<Record<AppName, number>>> & { readonly edge: number }
}

class Demo implements AsyncDisposable {
  readonly #settings: DemoSettings
  readonly #tell: (line: string) => void
  readonly #closers: (() => Promise<unknown>)[] = []
  readonly broken: Promise<never>
  #break: (error: Error) => void = () => {}
  #ending = false

  constructor(settings: DemoSettings, tell: (line: string) => void) {
    this.#settings = settings
    this.#tell = tell
    this.broken = new Promise((_resolve, reject) => {
      this.#break = reject
    })
    // Whoever awaits it last hears of it; until then it must not count as unhandled.
    this.broken.catch(() => {})
  }

  async start(): Promise<void> {
    const dataDir = await this.#dataDir()
    const kept = await readKept(dataDir)
    this.#tell('  starting the edge')
    const edge = this.#child(
      'edge',
      edgeArguments(this.#settings, dataDir),
      join(dataDir, 'edge.log'),
    )
    const ready = await edge.ready
    const port = Number(ready['port'])
    this.#tell('  starting the applications')
    const apps = await this.#applications(port, kept)
    const ca = await readFile(String(ready['ca']), 'utf8')
    const keys = await openKeys(join(dataDir, 'edge'))
    const graphToken = await createApiToken(keys.apiToken, tokenLifetimeSeconds)
    const graph = new GraphClient(String(ready['graph']), graphToken, ca)
    this.#closers.push(() => graph.close())
    const users = kept?.users ?? ['Alice', 'Bob'].map(makeUser)
    const administrator = kept?.administrator ?? makeUser('Ada')
    this.#tell('  publishing them as complex applications')
    const people = { users, administrator, ports: { edge: port, ...apps.ports } }
    const isSeeded = kept?.seeded === true && kept.administrator !== undefined
    // Before the people are there: passwords that were lost could not be told to anybody.
    await writeKept(dataDir, { ...people, seeded: isSeeded })
    const moved = kept?.seeded ? await moveSample(graph, apps.urls) : undefined
    const application = moved ?? (await seedSample(graph, { urls: apps.urls, users }))
    await seedTour(graph, apps.tour)
    if (!isSeeded) await seedAdministrator(graph, administrator)
    await writeKept(dataDir, { ...people, seeded: true })
    this.#tell('  starting the connector')
    const token = await createEnrolmentToken(graph)
    const connectorReady = await this.#child(
      'connector',
      connectorArguments(token, dataDir, port, this.#settings),
      join(dataDir, 'connector.log'),
    ).ready
    await untilConnected(graph)
    const { urls, tour } = apps
    const who = { users, administrator }
    const signals = { edge: ready['signals'], connector: connectorReady['signals'] }
    this.#announce({ ...who, port, ready, signals, graphToken, application, urls, tour, dataDir })
  }

  async #dataDir(): Promise<string> {
    const { dataDir } = this.#settings
    if (dataDir !== undefined) {
      await mkdir(dataDir, { recursive: true, mode: 0o700 })
      return dataDir
    }
    const made = await mkdtemp(join(tmpdir(), 'sallyport-demo-'))
    this.#closers.push(() => rm(made, { recursive: true, force: true, maxRetries: 3 }))
    return made
  }

  #child(name: string, args: readonly string[], logFile: string): Child {
    // Told to end while it starts: whatever is on its way here would be left behind.
    if (this.#ending) throw new Error('the demo is ending')
    const child = startChild(args, logFile)
    let stopping = false
    this.#closers.push(() => {
      stopping = true
      return child.stop()
    })
    child.exited.then((code) => {
      if (!stopping)
        this.#break(new Error(`the ${name} ended with exit code ${code}; see ${logFile}`))
    })
    return child
  }

  async #applications(port: number, kept: Kept | undefined) {
    const external = (host: string) => `https://${host}.${domain}${port === 443 ? '' : `:${port}`}/`
    const ports: Partial<Record<AppName, number>> = {}
    const run = async (name: AppName, start: (port: number) => Promise<App>): Promise<string> => {
      const app = await onPort(kept?.ports[name], start)
      this.#closers.push(() => app.close())
      ports[name] = app.port
      return `http://127.0.0.1:${app.port}/`
    }
    const service = (port: number) => startCorsWebService({ port })
    const client = (serviceUrl: string) => (port: number) =>
      startCorsWebClient({ port, serviceUrl })
    const urls: SampleUrls = {
      apiExternal: external('api'),
      apiInternal: await run('service', service),
      homeExternal: external('home'),
      homeInternal: await run('client', client(external('api'))),
      wildcardExternal: external('*'),
    }
    const place = (label: string, internalUrl: string) => {
      return { label, externalUrl: external(label), internalUrl }
    }
    const tour: TourPlaces = {
      stock: place('stock', await run('stock', service)),
      shop: place('shop', await run('shop', client(external('stock')))),
    }
    return { urls, tour, ports }
  }

  #announce(facts: DemoFacts): void {
    if (this.#settings.json) process.stdout.write(`${JSON.stringify(readyLine(facts))}\n`)
    else for (const line of welcome(facts)) this.#tell(line)
  }

  /** Everything that was started ends, the last first; the folder goes when all are gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending = true
    for (const close of this.#closers.reverse()) await close()
  }
}

function edgeArguments(settings: DemoSettings, dataDir: string): string[] {
  return [
    'edge',
    ...['--data', join(dataDir, 'edge')],
    ...['--host', '127.0.0.1'],
    ...['--port', String(settings.port)],
    ...['--domain', domain],
    ...['--session-lifetime', String(settings.sessionLifetimeSeconds)],
    ...['--drain', String(drainSeconds)],
    ...signalArguments(settings.signals),
    ...collectorArguments(settings),
  ]
}

function connectorArguments(
  token: string,
  dataDir: string,
  port: number,
  settings: DemoSettings,
): string[] {
  const { signals } = settings
  const next = signals && { ...signals, port: signals.port === 0 ? 0 : signals.port + 1 }
  return [
    'connector',
    ...['--data', join(dataDir, 'connector')],
    ...['--token', token],
    // An earlier run enrolled it at another port.
    ...['--edge', `localhost:${port}`],
    ...['--drain', String(drainSeconds)],
    ...signalArguments(next),
    ...collectorArguments(settings),
  ]
}

function collectorArguments({ otlp }: DemoSettings): string[] {
  return otlp === undefined ? [] : ['--otlp', otlp]
}

function signalArguments(at: SignalsAddress | undefined): string[] {
  return at ? ['--signals', `${isIPv6(at.host) ? `[${at.host}]` : at.host}:${at.port}`] : []
}

/** An earlier run's port when it is still free, else any. */
async function onPort(
  port: number | undefined,
  start: (port: number) => Promise<App>,
): Promise<App> {
  if (port === undefined) return start(0)
  try {
    return await start(port)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return start(0)
  }
}

function makeUser(displayName: string): SampleUser {
  const name = displayName.toLowerCase()
  const password = `${name}-${randomBytes(9).toString('base64url')}`
  return { userPrincipalName: `${name}@contoso.com`, displayName, password }
}

async function readKept(dataDir: string): Promise<Kept | undefined> {
  const path = join(dataDir, 'demo.json')
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Kept
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    if (!(error instanceof SyntaxError)) throw error
    throw new Fault('storage-failed', `${path} is damaged. Remove it to get new passwords.`)
  }
}

async function writeKept(dataDir: string, kept: Kept): Promise<void> {
  await writeWholeFile(join(dataDir, 'demo.json'), JSON.stringify(kept, null, 2))
}
