import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createEnrolmentToken, untilConnected } from '../src/run/demo-seed.ts'
import { GraphClient, type Json } from '../src/run/graph-client.ts'
import type { RunningCommand } from '../test/process.ts'
import { start } from './commands.ts'
import { person, signIn } from './sign-in.ts'

/** An application somebody is signed in to. */
export interface Published {
  /** External URL. */
  readonly url: string
  /** Value of the Cookie field of a signed-in browser. */
  readonly cookie: string
  /** The application's two ids in the directory. */
  readonly id: string
  readonly appId: string
}

/** Edge and connector as processes of their own, as they ship. */
export interface RunningSallyport extends AsyncDisposable {
  /** Process groups. */
  readonly edge: number
  readonly connector: number
  readonly port: number
  readonly ca: string
  readonly edgeFolder: string
  readonly graph: GraphClient
  /** The only origin that may call applications from outside their own. */
  readonly callerOrigin: string
  /** Publishes an internal URL at `https://<name>.…` and signs in there. */
  publish(name: string, internalUrl: string): Promise<Published>
}

export interface SallyportOptions {
  /** Given the edge's port, the port at which the connector is to find it. */
  readonly connectThrough?: (port: number) => Promise<number>
}

const domain = 'contoso.localhost'
const customTemplate = '8adf8e6e-67b2-4cf2-a259-e3dc5476c621'

/** Starts both in `folder`, with one person. Rejects with what the process that failed said. */
export async function startSallyport(
  folder: string,
  options: SallyportOptions = {},
): Promise<RunningSallyport> {
  await using started = new AsyncDisposableStack()
  const edgeFolder = join(folder, 'edge')
  const edge = started.use(sallyport('front', edgeArguments(edgeFolder)))
  const ready = JSON.parse(await edge.line((line) => line.startsWith('{')))
  const ca = await readFile(String(ready['ca']), 'utf8')
  const graph = new GraphClient(String(ready['graph']), apiToken(edgeFolder), ca)
  started.defer(() => graph.close())
  await addPerson(graph)
  const token = await createEnrolmentToken(graph)
  const data = join(folder, 'connector')
  const chosen = await connectorOptions(options, Number(ready['port']))
  const connector = started.use(
    sallyport('inside', ['connector', '--data', data, '--token', token, ...chosen]),
  )
  await untilConnected(graph)
  const at = (host: string) => `https://${host}.${domain}:${ready['port']}`
  const callerOrigin = at('caller')
  const running = started.move()
  return {
    edge: edge.pid,
    connector: connector.pid,
    port: Number(ready['port']),
    ca,
    edgeFolder,
    graph,
    callerOrigin,
    async publish(name, internalUrl) {
      const url = `${at(name)}/`
      const ids = await publish(graph, name, publishing(url, internalUrl, callerOrigin))
      return { url, ...ids, cookie: await signIn(url, ca) }
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

function sallyport(role: 'front' | 'inside', args: readonly string[]): RunningCommand {
  // For a look inside: SALLYPORT_BENCH_NODE=--cpu-prof writes a profile of each process where this is run.
  const options = process.env['SALLYPORT_BENCH_NODE']?.split(' ') ?? []
  return start(role, [process.execPath, ...options, 'src/main.ts', ...args, '--json'])
}

function edgeArguments(folder: string): string[] {
  return ['edge', '--data', folder, '--host', '127.0.0.1', '--port', '0', '--domain', domain]
}

async function connectorOptions(options: SallyportOptions, port: number): Promise<string[]> {
  const { connectThrough } = options
  return connectThrough ? ['--edge', `127.0.0.1:${await connectThrough(port)}`] : []
}

function apiToken(edgeFolder: string): string {
  const args = ['src/main.ts', 'token', '--data', edgeFolder]
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  assert.notEqual(stdout, '', stderr)
  return stdout.trim()
}

function publishing(externalUrl: string, internalUrl: string, callerOrigin: string) {
  const rule = {
    resource: '/',
    allowedOrigins: [callerOrigin],
    allowedHeaders: ['content-type', 'x-custom'],
    allowedMethods: ['PUT'],
  }
  return {
    externalAuthenticationType: 'aadPreAuthentication',
    externalUrl,
    internalUrl,
    corsConfigurations: [rule],
  }
}

async function publish(
  graph: GraphClient,
  displayName: string,
  onPremisesPublishing: Json,
): Promise<Pick<Published, 'id' | 'appId'>> {
  const path = `/applicationTemplates/${customTemplate}/instantiate`
  const made = await graph.call('POST', path, { displayName })
  const application = made?.['application'] as Json
  const principal = made?.['servicePrincipal'] as Json
  const open = { appRoleAssignmentRequired: false }
  await graph.call('PATCH', `/servicePrincipals/${principal['id']}`, open)
  await graph.call('PATCH', `/applications/${application['id']}`, { onPremisesPublishing })
  return { id: String(application['id']), appId: String(application['appId']) }
}

async function addPerson(graph: GraphClient): Promise<void> {
  const { userPrincipalName, displayName, password } = person
  await graph.call('POST', '/users', {
    accountEnabled: true,
    userPrincipalName,
    displayName,
    mail: userPrincipalName,
    mailNickname: 'ada',
    passwordProfile: { password },
  })
}
