import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Json } from '../../src/run/graph-client.ts'
import { temporaryFolder } from '../folder.ts'
import { signInByForms } from '../form-sign-in.ts'
import { HttpClient, type TestRequest, type TestResponse } from '../http-client.ts'
import {
  type RunningEdge,
  sallyport,
  startConnector,
  startEdge,
  untilConnectors,
} from '../pieces.ts'
import { runCommandLine, type Said, type TerminalOptions } from '../terminal.ts'
import { wordsOf } from './sample-command.ts'
import { startBackends } from './stage-backends.ts'
import { blocked, entraFiles, fillFolder } from './stage-files.ts'

/** What the names in the documents stand for: an edge with a connector, applications that answer, people and policies. */
export interface Stage extends AsyncDisposable {
  readonly edge: RunningEdge
  /** Where commands are typed; it holds the files that they name. */
  readonly folder: string
  readonly connectorId: string
  /** Which edge it is, and that an administrator asks. */
  readonly environment: Readonly<Record<string, string>>
  /** What the program Robot says who it is. */
  readonly robot: { SALLYPORT_CLIENT_ID: string; SALLYPORT_CLIENT_SECRET: string }
  /** What stands in a document as it is here. */
  translate(text: string): string
  /** Types a command of a document as an administrator. An `environment` in `options` takes the place of theirs. */
  type(line: string, options?: TerminalOptions): Promise<Said>
  /** Types one that has to work. */
  expect(line: string): Promise<Said>
  /** Asks the edge for what a document calls so; as Ann, who is signed in, if `signedIn`. */
  ask(url: string, request?: TestRequest, signedIn?: boolean): Promise<TestResponse>
  /** Takes everything back that was changed since the last time. */
  restore(): Promise<void>
}

const domain = 'contoso.localhost'
const pollMs = 50
const ann = { userPrincipalName: 'ann@contoso.com', password: 'lent until tonight' }

const setting = [
  'connector-groups create --name Berlin',
  'users create --user-name ann@contoso.com --name Ann',
  'users create --user-name bob@contoso.com --name Bob',
  'users create --user-name root@contoso.com --name Root',
  "roles add 'Global Administrator' root@contoso.com",
  'groups create --name Sales --member bob@contoso.com',
  "apps create --name Shop --external 'https://*.contoso.com/' --internal 'http://*.test/' --assign ann@contoso.com",
  'segments create --app Shop --external https://shop.contoso.com/ --internal http://shop.test/',
  'segments create --app Shop --external https://api.contoso.com/ --internal http://api.test:8080/',
  'apps create --name Wiki --external https://wiki.contoso.com/ --internal http://wiki2.test/ --assign ann@contoso.com',
  'locations create --name Office --range 198.51.100.0/24 --trusted',
  'token-lifetimes create --name "Eight hours" --minutes 480',
  'providers create --file providers.json',
  'policies create --file policies.json',
  'programs create --name Robot --permission Application.Read.All,AuditLog.Read.All',
  'certificates upload --chain fullchain.pem --key privkey.pem',
]

// Where Ann has been, so that a session is there.
const visited = ['https://wiki.contoso.com/', 'https://api.contoso.com/']

// What documents look at and take back.
const lastChange = 'users update bob@contoso.com --mail bob@contoso.com'

/** Starts all of it; `options` are more words for the edge. */
export async function openStage(options: readonly string[] = []): Promise<Stage> {
  const cleanUp = new AsyncDisposableStack()
  try {
    return await fillStage(cleanUp, options)
  } catch (error) {
    await cleanUp.disposeAsync()
    throw error
  }
}

async function fillStage(
  cleanUp: AsyncDisposableStack,
  options: readonly string[],
): Promise<OpenStage> {
  const home = cleanUp.use(await temporaryFolder())
  const folder = join(home.path, 'typed')
  const backends = cleanUp.use(await startBackends())
  const voucher = await fillFolder(folder, domain, backends.authority)
  const data = join(folder, 'edge-data')
  const edge = cleanUp.use(await startEdge(data, { more: options }))
  await writeFile(join(folder, 'ca.pem'), edge.ca)
  const trust = ['--ca', join(folder, 'authority.pem')]
  const connector = cleanUp.use(await startConnector(edge, join(folder, 'connector'), ...trust))
  await using said = sallyport('token', '--data', data)
  const token = await said.line(() => true)
  const trusted = [edge.ca, voucher]
  const { connectorId } = connector
  const stage = new OpenStage(
    { edge, folder, connectorId, trusted, token, cleanUp },
    backends.names,
  )
  await stage.set()
  return stage
}

interface Facts {
  readonly edge: RunningEdge
  readonly folder: string
  readonly connectorId: string
  /** An administrator's. */
  readonly token: string
  /** Authorities that browsers trust. */
  readonly trusted: readonly string[]
  readonly cleanUp: AsyncDisposableStack
}

class OpenStage implements Stage {
  readonly edge: RunningEdge
  readonly folder: string
  readonly connectorId: string
  readonly robot = { SALLYPORT_CLIENT_ID: '', SALLYPORT_CLIENT_SECRET: '' }
  readonly environment: Readonly<Record<string, string>>
  readonly #names: Map<string, string>
  readonly #cleanUp: AsyncDisposableStack
  readonly #root = process.cwd()
  readonly #trusted: readonly string[]
  readonly #stranger: HttpClient
  #visitor: HttpClient | undefined
  /** The last revision that is part of the stage. */
  #revision = 0
  /** The number that stands for those in the documents. */
  #lookedAt = 0

  constructor(facts: Facts, names: ReadonlyMap<string, string>) {
    const { edge, folder, connectorId, token, trusted, cleanUp } = facts
    this.edge = edge
    this.folder = folder
    this.connectorId = connectorId
    this.#trusted = trusted
    this.#names = new Map([
      ...names,
      ['host1', connectorId],
      ['gateway-1', connectorId],
      ['/var/lib/sallyport-connector', join(folder, 'connector')],
      ['Access to fetch at … has been blocked by CORS policy: …', blocked],
      // What came from Entra: fixtures of their own.
      ['applications.json principals.json assignments.json', entraFiles.join(' ')],
      ['*.json', entraFiles.join(' ')],
    ])
    this.#cleanUp = cleanUp
    this.environment = {
      SALLYPORT_SERVER: `https://localhost:${edge.port}`,
      SALLYPORT_CA: join(folder, 'ca.pem'),
      SALLYPORT_TOKEN: token,
      XDG_CONFIG_HOME: join(folder, 'config'),
    }
    this.#stranger = cleanUp.use(new HttpClient({ ca: trusted }))
  }

  /** What is typed once, and what documents could not know. */
  async set(): Promise<void> {
    for (const line of setting) await this.expect(line)
    await this.#setPassword()
    const secret = await this.expect('programs secret Robot --name stage -q')
    const robot = JSON.parse((await this.expect('programs show Robot --json')).stdout)
    const shop = JSON.parse((await this.expect('apps show Shop --json')).stdout)
    this.robot.SALLYPORT_CLIENT_ID = robot.appId
    this.robot.SALLYPORT_CLIENT_SECRET = secret.stdout.trim()
    const wiki = JSON.parse((await this.expect('apps show Wiki --json')).stdout)
    this.#names.set('{id}', wiki.id)
    this.#names.set('4f6f4f6e-0a1c-4f5e-9d36-0b7b4c2d9a10', shop.appId)
    await this.#name()
  }

  async #setPassword(): Promise<void> {
    await this.edge.graph.call('PATCH', `/users/${ann.userPrincipalName}`, {
      passwordProfile: { password: ann.password, forceChangePasswordNextSignIn: false },
    })
  }

  /** The ids of a request, a sign-in and a change that documents take out of the air. */
  async #name(): Promise<void> {
    const refused = await this.ask('https://api.contoso.com/orders', {
      method: 'OPTIONS',
      headers: { origin: 'https://shop.contoso.com', 'access-control-request-method': 'PUT' },
    })
    for (const url of visited) await this.ask(url, {}, true)
    await this.expect(lastChange)
    const signIn = await this.#firstSignIn()
    const [revision] = await this.#revisions()
    this.#revision = Number(revision?.['id'])
    this.#lookedAt = this.#revision
    this.#names.set('01JF8Z', String(refused.headers['x-request-id']))
    this.#names.set('3f2504e0-4f89-11d3-9a0c-0305e82c3301', String(signIn['id']))
  }

  /** The log is written a little later than people are let in; there is nothing that tells when. */
  async #firstSignIn(): Promise<Json> {
    for (;;) {
      const { value } = (await this.edge.graph.call('GET', '/auditLogs/signIns?$top=1')) ?? {}
      const [signIn] = value as readonly Json[]
      if (signIn !== undefined) return signIn
      await new Promise((resolve) => setTimeout(resolve, pollMs))
    }
  }

  translate(text: string): string {
    const { port } = this.edge
    const known = [...this.#names].reduce((line, [name, here]) => line.replaceAll(name, here), text)
    return known
      .replaceAll(/https:\/\/graph\.contoso\.com(?!\w)/g, `https://localhost:${port}`)
      .replaceAll('graph.contoso.com:443', `localhost:${port}`)
      .replaceAll(/(\/\/[a-z0-9*-]+)\.contoso\.com(?!\w)/g, `$1.${domain}:${port}`)
      .replaceAll(/(?<![\w.@-])([a-z0-9-]+)\.contoso\.com(?!\w)/g, `$1.${domain}`)
      .replaceAll(/(revisions (?:show|rollback)|audit show) (?:17|42)\b/g, `$1 ${this.#lookedAt}`)
  }

  async type(line: string, options: TerminalOptions = {}): Promise<Said> {
    const words = wordsOf(this.translate(line.replace(/^sallyport /, '').replace(/ > \S+$/, '')))
    process.chdir(this.folder)
    try {
      return await runCommandLine(words, { environment: this.environment, ...options })
    } finally {
      process.chdir(this.#root)
    }
  }

  async expect(line: string): Promise<Said> {
    const said = await this.type(line)
    assert.equal(said.exit, 0, `${line}\n${said.text}`)
    return said
  }

  async ask(url: string, request: TestRequest = {}, signedIn = false): Promise<TestResponse> {
    const here = this.translate(url)
    if (!signedIn) return this.#stranger.request(here, request)
    this.#visitor ??= this.#cleanUp.use(new HttpClient({ ca: this.#trusted }))
    await signInByForms(this.#visitor, here, ann)
    return this.#visitor.request(here, request)
  }

  async restore(): Promise<void> {
    const made = (await this.#revisions()).filter(({ id }) => Number(id) > this.#revision)
    for (const { id, isReversible } of made) {
      if (isReversible !== true) continue
      await this.edge.graph.call('POST', `/revisions/${id}/rollBack`, { force: true })
    }
    if (made.some(({ isReversible }) => isReversible !== true)) {
      await this.#setPassword()
      for (const url of visited) await this.ask(url, {}, true)
    }
    if (made.length === 0) return
    this.#revision = Number((await this.#revisions())[0]?.['id'])
    // One that was switched off dials again a little later.
    await untilConnectors(this.edge.graph, (active) => active.includes(this.connectorId))
  }

  /** The newest first. */
  async #revisions(): Promise<readonly Json[]> {
    const { value } = (await this.edge.graph.call('GET', '/revisions?$top=50')) ?? {}
    return value as readonly Json[]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cleanUp.disposeAsync()
  }
}
