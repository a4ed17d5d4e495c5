import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import type { BrowserContext, Locator, Page } from 'playwright-core'
import type { App } from '../../../demos/contoso/app.ts'
import { startCorsWebService } from '../../../demos/contoso/web-service.ts'
import { saveScreenshot } from '../../browser.ts'
import { type NodeRed, nodeRedUser, startNodeRed } from '../../node-red.ts'
import { publish, signIn, startWorld, type World } from '../../world.ts'

let world: World
let nodeRed: NodeRed
let sibling: App
before(async () => {
  world = await startWorld()
  nodeRed = await startNodeRed()
  sibling = await startCorsWebService({ port: 0 })
})
after(async () => {
  await sibling?.close()
  await nodeRed?.[Symbol.asyncDispose]()
  await world?.[Symbol.asyncDispose]()
})

const flowFile = 'test/real-application/flow.json'

// More than any window or buffer on the way, so that it has to stream.
const bill = { name: 'bill.bin', mimeType: 'application/x-bill', buffer: randomBytes(3_000_000) }
const billArrived = `${bill.name}: ${bill.buffer.length} bytes`

test('an application that is not ours, with a login and WebSockets of its own, is used behind the edge as it is [P1] [F1] [S3] [C10]', async () => {
  const external = `https://flows.example.localhost:${world.port}/`
  await publish(world.graph, 'Node-RED', {
    externalAuthenticationType: 'aadPreAuthentication',
    externalUrl: external,
    internalUrl: nodeRed.url,
  })
  await using profile = await world.profile()
  const editor = await profile.newPage()
  const events = watch(editor)
  await signIn(editor, external, world.alice)
  await logIn(editor)
  await importFlow(editor)
  await deploy(editor)
  await inject(editor, 'new order')
  await debugMessage(editor, 'order 4711').waitFor()

  const other = await profile.newPage()
  await dropBill(other, external)
  await debugMessage(editor, billArrived).waitFor()
  await saveScreenshot(editor, 'node-red-editor')
  assert.equal(await other.evaluate(echo, webSocketUrl(external, 'echo')), 'hello')
  const token = 'Bearer of another issuer'
  const arrived = await other.evaluate(call, { url: `${external}seen`, authorization: token })
  assert.deepEqual(arrived.body, { cookie: `dropped=${bill.name}`, authorization: token })

  // The one socket of the editor has stayed open all the while.
  assert.deepEqual(events.sockets, [webSocketUrl(external, 'comms')])
  assert.deepEqual(events.closed, [])
  await logOut(editor)
  await saveScreenshot(editor, 'node-red-logged-out')
  // With this answer Node-RED makes its editor ask for the login; nothing else may go wrong.
  assert.deepEqual([...new Set(events.errors)], [`401 ${external}settings`])
})

test('the same application as a segment: its sibling calls its API, and its editor hears of it through its WebSocket [P5] [S2] [C7] [C9]', async () => {
  const { home, flows } = await publishComplex()
  await using profile = await world.profile()
  const page = await profile.newPage()
  const events = watch(page)
  await signIn(page, home, world.alice)
  const token = await page.evaluate(fetchToken, { url: `${flows}auth/token`, ...nodeRedUser })
  const authorization = `Bearer ${token}`
  const deployed = await page.evaluate(call, { url: `${flows}flows`, authorization })
  assert.equal(deployed.status, 200)

  const editor = await openEditor(profile, flows)
  const body = await readFile(flowFile, 'utf8')
  const saved = await page.evaluate(call, { url: `${flows}flows`, authorization, body })
  assert.equal(saved.status, 204)
  await editor.page.getByText('The flows on the server have been updated').first().waitFor()
  await saveScreenshot(editor.page, 'node-red-told')
  assert.equal(await page.evaluate(echo, webSocketUrl(flows, 'echo')), 'hello')

  assert.deepEqual(events.errors, [])
  assert.deepEqual([...new Set(editor.events.errors)], [`401 ${flows}settings`])
  assert.deepEqual(editor.events.closed, [])
})

/** Node-RED in a directory that it knows nothing of, beside an application of another origin that may call it. */
async function publishComplex(): Promise<{ readonly home: string; readonly flows: string }> {
  const home = `https://home.tools.localhost:${world.port}/`
  const flows = `https://flows.tools.localhost:${world.port}/red/`
  const rule = {
    resource: '/',
    allowedOrigins: [home],
    allowedHeaders: ['authorization', 'content-type'],
    allowedMethods: ['POST'],
    maxAgeInSeconds: 0,
  }
  await publish(world.graph, 'Tools', {
    externalUrl: `https://*.tools.localhost:${world.port}/`,
    internalUrl: 'http://*.tools.test/',
    onPremisesApplicationSegments: [
      { externalUrl: home, internalUrl: `http://127.0.0.1:${sibling.port}/api/` },
      { externalUrl: flows, internalUrl: nodeRed.url, corsConfigurations: [rule] },
    ],
  })
  return { home, flows }
}

async function openEditor(profile: BrowserContext, url: string) {
  const page = await profile.newPage()
  const events = watch(page)
  const answer = await page.goto(url)
  assert.equal(answer?.request().redirectedFrom(), null)
  await logIn(page)
  assert.deepEqual(events.sockets, [webSocketUrl(url, 'comms')])
  return { page, events }
}

interface PageEvents {
  /** What the console complains about, refused calls by their status and address, and uncaught exceptions. */
  readonly errors: string[]
  readonly sockets: string[]
  readonly closed: string[]
}

function watch(page: Page): PageEvents {
  const events: PageEvents = { errors: [], sockets: [], closed: [] }
  page.on('console', (message) => {
    if (message.type() !== 'error') return
    const what = /responded with a status of (\d+)/.exec(message.text())?.[1] ?? message.text()
    events.errors.push(`${what} ${message.location().url.replace(/\?.*$/, '')}`)
  })
  page.on('pageerror', (error) => events.errors.push(error.message))
  page.on('websocket', (socket) => {
    events.sockets.push(socket.url())
    socket.on('close', () => events.closed.push(socket.url()))
  })
  return events
}

function webSocketUrl(base: string, path: string): string {
  return base.replace('https:', 'wss:') + path
}

/** Resolves when the editor is there and its WebSocket has taken the login as well. */
async function logIn(page: Page): Promise<void> {
  const socket = page.waitForEvent('websocket')
  await page.getByLabel('Username:').fill(nodeRedUser.username)
  await page.getByLabel('Password:').fill(nodeRedUser.password)
  await page.getByRole('button', { name: 'Login' }).click()
  const accepted = (await socket).waitForEvent('framereceived', ({ payload }) =>
    String(payload).includes('"auth":"ok"'),
  )
  await Promise.all([accepted, page.getByText('Flow 1').first().waitFor()])
}

async function logOut(page: Page): Promise<void> {
  await page.locator('#red-ui-header-button-user').click()
  await page.locator('#usermenu-item-logout').click()
  await page.getByLabel('Username:').waitFor()
}

async function importFlow(page: Page): Promise<void> {
  await page.keyboard.press('Control+i')
  await page.locator('#red-ui-clipboard-dialog-import-file-upload').setInputFiles(flowFile)
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await page.getByText('Imported:').waitFor()
  // The next tab, which is the imported one.
  await page.keyboard.press('Control+]')
}

/** Deploys, and opens the sidebar that shows what debug nodes report through the WebSocket. */
async function deploy(page: Page): Promise<void> {
  await page.locator('#red-ui-header-button-deploy').click()
  await page.getByText('Successfully deployed').first().waitFor()
  await page.keyboard.press('Control+g')
  await page.keyboard.press('d')
}

async function inject(page: Page, node: string): Promise<void> {
  const drawn = page.locator('.red-ui-flow-node-group', { hasText: node })
  await drawn.locator('.red-ui-flow-node-button-button').click()
}

function debugMessage(page: Page, text: string): Locator {
  return page.locator('.red-ui-debug-msg-payload', { hasText: text })
}

/** Sends the bill by the form that the flow serves, and reads it back. */
async function dropBill(page: Page, base: string): Promise<void> {
  await page.goto(`${base}drop`)
  await page.getByLabel('File').setInputFiles(bill)
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText(billArrived).waitFor()
  const sum = createHash('sha256').update(bill.buffer).digest('hex')
  assert.equal(await page.evaluate(checksum, `${base}dropped`), sum)
}

// --- What scripts of a page do ---

async function checksum(url: string): Promise<string> {
  const bytes = await (await fetch(url)).arrayBuffer()
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function echo(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url)
    socket.onopen = () => socket.send('hello')
    socket.onmessage = ({ data }) => resolve(data)
    socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`))
  })
}

interface Call {
  readonly url: string
  readonly authorization: string
  /** JSON to POST; a GET without it. */
  readonly body?: string
}

async function call({ url, authorization, body }: Call) {
  const headers = body ? { authorization, 'content-type': 'application/json' } : { authorization }
  const method = body ? 'POST' : 'GET'
  const answer = await fetch(url, { method, headers, credentials: 'include', body: body ?? null })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
}

async function fetchToken(login: { url: string; username: string; password: string }) {
  const { url, username, password } = login
  const form = { client_id: 'node-red-editor', grant_type: 'password', scope: '*' }
  const body = new URLSearchParams({ ...form, username, password })
  const answer = await fetch(url, { method: 'POST', credentials: 'include', body })
  const { access_token: token } = (await answer.json()) as { access_token: string }
  return token
}
