import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createEnrolmentToken, untilConnected } from '../src/run/demo-seed.ts'
import { GraphClient, type Json } from '../src/run/graph-client.ts'
import { HttpClient, type TestResponse } from '../test/http-client.ts'
import { RunningCommand } from '../test/process.ts'
import { onCore } from './cpu.ts'

/** Edge and connector as processes of their own, one published application, and somebody who is signed in to it. */
export interface RunningSallyport extends AsyncDisposable {
  readonly edgePid: number
  readonly connectorPid: number
  /** External URL of the application. */
  readonly url: string
  /** The only origin that may call it from outside its own. */
  readonly callerOrigin: string
  /** Value of the Cookie field of a signed-in browser. */
  readonly cookie: string
  readonly ca: string
}

const domain = 'contoso.localhost'
const customTemplate = '8adf8e6e-67b2-4cf2-a259-e3dc5476c621'
const person = { userPrincipalName: 'ada@contoso.com', password: 'a long one, typed once' }

/** Starts both, publishes `internalUrl`, signs in. Rejects with what the process that failed said. */
export async function startSallyport(
  folder: string,
  internalUrl: string,
): Promise<RunningSallyport> {
  await using started = new AsyncDisposableStack()
  const edgeFolder = join(folder, 'edge')
  const edge = started.use(sallyport('front', edgeArguments(edgeFolder)))
  const ready = JSON.parse(await edge.line((line) => line.startsWith('{')))
  const ca = await readFile(String(ready['ca']), 'utf8')
  const graph = new GraphClient(String(ready['graph']), apiToken(edgeFolder), ca)
  const at = (host: string) => `https://${host}.${domain}:${ready['port']}`
  const url = `${at('bench')}/`
  const callerOrigin = at('caller')
  try {
    await publish(graph, publishing(url, internalUrl, callerOrigin))
    await addPerson(graph)
    const token = await createEnrolmentToken(graph)
    const connector = started.use(
      sallyport('connector', ['connector', '--data', join(folder, 'connector'), '--token', token]),
    )
    await untilConnected(graph)
    const cookie = await signIn(url, ca)
    const running = started.move()
    return {
      edgePid: edge.pid,
      connectorPid: connector.pid,
      url,
      callerOrigin,
      cookie,
      ca,
      [Symbol.asyncDispose]: () => running.disposeAsync(),
    }
  } finally {
    await graph.close()
  }
}

function sallyport(core: 'front' | 'connector', args: readonly string[]): RunningCommand {
  // For a look inside: SALLYPORT_BENCH_NODE=--cpu-prof writes a profile of each process where this is run.
  const node = [process.execPath, ...(process.env['SALLYPORT_BENCH_NODE']?.split(' ') ?? [])]
  const [command, ...rest] = onCore(core, [...node, 'src/main.ts', ...args, '--json'])
  return new RunningCommand(command as string, rest)
}

function edgeArguments(folder: string): string[] {
  return ['edge', '--data', folder, '--host', '127.0.0.1', '--port', '0', '--domain', domain]
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

async function publish(graph: GraphClient, onPremisesPublishing: Json): Promise<void> {
  const path = `/applicationTemplates/${customTemplate}/instantiate`
  const made = await graph.call('POST', path, { displayName: 'Bench' })
  const application = made?.['application'] as Json
  const principal = made?.['servicePrincipal'] as Json
  const open = { appRoleAssignmentRequired: false }
  await graph.call('PATCH', `/servicePrincipals/${principal['id']}`, open)
  await graph.call('PATCH', `/applications/${application['id']}`, { onPremisesPublishing })
}

async function addPerson(graph: GraphClient): Promise<void> {
  await graph.call('POST', '/users', {
    accountEnabled: true,
    userPrincipalName: person.userPrincipalName,
    displayName: 'Ada',
    mailNickname: 'ada',
    passwordProfile: { password: person.password },
  })
}

async function signIn(url: string, ca: string): Promise<string> {
  await using browser = new HttpClient({ ca })
  const page = await pastScripts(browser, await browser.navigate(url))
  const { userPrincipalName: username, password } = person
  const sent = await browser.navigate(page.url, {
    method: 'POST',
    headers: {
      origin: page.url.origin,
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ username, password }).toString(),
  })
  const landed = await pastScripts(browser, sent)
  assert.equal(landed.url.href, url, `the sign-in ended at ${landed.url}: ${landed.text}`)
  assert.equal(landed.status, 200)
  return browser.cookies.header(new URL(url)) ?? ''
}

/** Pages on the way go on by script, or by a refresh in <noscript> for browsers such as this one. */
async function pastScripts(browser: HttpClient, from: TestResponse): Promise<TestResponse> {
  let page = from
  for (;;) {
    const onward = /<noscript><meta http-equiv="refresh" content="0;url=([^"]+)">/.exec(page.text)
    if (!onward?.[1]) return page
    page = await browser.navigate(new URL(onward[1].replaceAll('&amp;', '&'), page.url))
  }
}
