import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createEnrolmentToken } from '../src/run/demo-seed.ts'
import { GraphClient, type Json } from '../src/run/graph-client.ts'
import { RunningCommand } from './process.ts'

const domain = 'contoso.localhost'

/** `sallyport edge`, started by hand, with an administrator's client of its management API. */
export interface RunningEdge extends AsyncDisposable {
  readonly command: RunningCommand
  readonly port: number
  /** What the edge said when it was ready. */
  readonly facts: Readonly<Record<string, unknown>>
  readonly ca: string
  readonly graph: GraphClient
  /** `https://<host>.contoso.localhost:<port>/` */
  external(host: string): string
}

export interface EdgeOptions {
  readonly host?: string
  readonly ports?: readonly number[]
  readonly logFile?: string
  /** Further arguments of the command line; of two alike the last one counts. */
  readonly more?: readonly string[]
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Its limit on open files. */
  readonly descriptors?: number
}

/**
 * Starts an edge with its data in `folder` and waits until it listens; its token comes from `sallyport token`. Its log
 * goes to `logFile` if there is one.
 */
export async function startEdge(folder: string, options: EdgeOptions = {}): Promise<RunningEdge> {
  const { host = '127.0.0.1', ports = [0], more = [] } = options
  const where = ['--host', host, '--port', ...ports.map(String), '--domain', domain]
  const args = ['edge', '--json', '--drain', '2', '--data', folder, ...where, ...more]
  const command = startProgram(args, options)
  const ready = JSON.parse(await command.line((line) => line.startsWith('{')))
  const ca = await readFile(ready.ca, 'utf8')
  await using token = sallyport('token', '--data', folder)
  const graph = new GraphClient(ready.graph, await token.line(() => true), ca)
  const end = async () => {
    await graph.close()
    await command.stop()
  }
  let ended: Promise<void> | undefined
  return {
    command,
    port: ready.port,
    facts: ready,
    ca,
    graph,
    external: (host) => `https://${host}.${domain}:${ready.port}/`,
    // Some tests end it themselves.
    async [Symbol.asyncDispose]() {
      ended ??= end()
      await ended
    },
  }
}

/** `sallyport connector`, started by hand, with more options. Resolves when the edge counts it. */
export async function startConnector(
  { graph }: Pick<RunningEdge, 'graph'>,
  folder: string,
  ...options: readonly string[]
): Promise<RunningCommand & { readonly connectorId: string }> {
  const token = await createEnrolmentToken(graph)
  const own = ['--json', '--data', folder, '--token', token]
  const command = sallyport('connector', ...own, ...options)
  const { connectorId } = JSON.parse(await command.line((line) => line.startsWith('{')))
  await untilConnectors(graph, (active) => active.includes(connectorId))
  return Object.assign(command, { connectorId })
}

/** Any `sallyport` command. */
export function sallyport(...args: readonly string[]): RunningCommand {
  return new RunningCommand(process.execPath, ['src/main.ts', ...args])
}

function startProgram(args: readonly string[], options: EdgeOptions): RunningCommand {
  const { logFile = '', descriptors = '', env = {} } = options
  const script = 'test -z "$1" || ulimit -n "$1"; test -z "$2" || exec 2>>"$2"; shift 2; exec "$@"'
  const program = [process.execPath, 'src/main.ts', ...args]
  return new RunningCommand('sh', ['-c', script, 'sh', String(descriptors), logFile, ...program], {
    env,
  })
}

// The API has no feed of connectors, so it is asked again and again.
const pollMs = 20

/** Asks until the ids of the connected connectors are as wanted. */
export async function untilConnectors(
  graph: GraphClient,
  isWanted: (active: readonly string[]) => boolean,
): Promise<void> {
  for (;;) {
    const path = '/onPremisesPublishingProfiles/applicationProxy/connectors'
    const connectors = (await graph.call('GET', path))?.['value'] as readonly Json[]
    const active = connectors.filter(({ status }) => status === 'active')
    if (isWanted(active.map(({ id }) => String(id)))) return
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

/** The edge's database as another process sees it. */
export function databaseFile(folder: string): string {
  return join(folder, 'sallyport.sqlite')
}
