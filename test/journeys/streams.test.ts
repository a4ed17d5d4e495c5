import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { request as startRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { json } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { after, before, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { WebSocket as WebSocketClient } from 'ws'
import type { App } from '../../demos/contoso/app.ts'
import { startCorsWebService } from '../../demos/contoso/web-service.ts'
import { lookupLocalhost } from '../http-client.ts'
import { publish, signIn, startWorld, type World } from '../world.ts'

const mebibyte = 1024 * 1024

let world: World
let profile: BrowserContext
/** CORSWebClient's page, signed in; it may call CORSWebService at `world.api`. */
let page: Page
before(async () => {
  world = await startWorld()
  profile = await world.profile()
  page = await profile.newPage()
  await signIn(page, world.home, world.alice)
})
after(() => world[Symbol.asyncDispose]())

test('a WebSocket of the browser travels over HTTP/2, there and back [F1]', async () => {
  const debug = await profile.newCDPSession(page)
  await debug.send('Network.enable')
  const statuses: number[] = []
  debug.on('Network.webSocketHandshakeResponseReceived', ({ response }) => {
    statuses.push(response.status)
  })
  const echoed = await page.evaluate(async (url) => {
    const socket = new WebSocket(url)
    await new Promise((resolve, reject) => {
      socket.onopen = resolve
      socket.onclose = reject
    })
    const messages: string[] = []
    const all = new Promise<void>((resolve) => {
      socket.onmessage = ({ data }) => {
        messages.push(data)
        if (messages.length === 3) resolve()
      }
    })
    const long = 'x'.repeat(500_000)
    for (const text of ['one', long, 'three']) socket.send(text)
    await all
    const closed = new Promise<number>((resolve) => {
      socket.onclose = ({ code }) => resolve(code)
    })
    socket.close(1000)
    return { lengths: messages.map((text) => text.length), code: await closed }
  }, socketUrl(world.api))
  assert.deepEqual(echoed, { lengths: [3, 500_000, 5], code: 1000 })
  // RFC 8441 §5: the answer is 200 over HTTP/2, where RFC 6455 has 101 over HTTP/1.1.
  assert.deepEqual(statuses, [200])
})

test('a WebSocket travels over HTTP/1.1 as well [F1]', async () => {
  const socket = new WebSocketClient(socketUrl(world.api), await clientOptions(world.api))
  const [[upgrade]] = await Promise.all([once(socket, 'upgrade'), once(socket, 'open')])
  assert.equal((upgrade as IncomingMessage).statusCode, 101)
  const sent = Buffer.alloc(300_000, 'ab')
  socket.send(sent)
  const [received] = (await once(socket, 'message')) as [Buffer]
  assert.deepEqual(received, sent)
  socket.close(1000)
  const [code] = await once(socket, 'close')
  assert.equal(code, 1000)
})

test('a page of a foreign origin is refused a WebSocket with 403 before the application hears of it [S4]', async () => {
  await using service = await startCorsWebService({ port: 0 })
  const live = world.external('live')
  await publish(world.graph, 'live', {
    externalUrl: live,
    internalUrl: `http://127.0.0.1:${service.port}/`,
  })
  const own = await profile.newPage()
  await own.goto(live)
  await own.waitForURL(live)
  assert.equal(await openSocket(own, live), 'open')
  // The session cookie comes along: the two hosts are of one site.
  const foreign = await profile.newPage()
  await foreign.goto(world.api)
  const upgradesBefore = upgradesOf(service)
  assert.equal(await openSocket(foreign, live), 'closed 1006')
  assert.equal(upgradesOf(service), upgradesBefore)

  const options = { ...(await clientOptions(live)), origin: new URL(world.api).origin }
  const refused = new WebSocketClient(socketUrl(live), options)
  const [, answer] = (await once(refused, 'unexpected-response')) as [unknown, IncomingMessage]
  assert.equal(answer.statusCode, 403)
  const { error } = (await json(answer)) as { error: { code: string } }
  assert.equal(error.code, 'websocket-origin-not-allowed')
  assert.equal(upgradesOf(service), upgradesBefore)
})

test('an event stream reaches the browser event by event [F1]', async () => {
  await using ticker = await startTicker()
  const url = world.external('ticker')
  await publish(world.graph, 'ticker', { externalUrl: url, internalUrl: ticker.url })
  const own = await profile.newPage()
  await own.goto(url)
  await own.waitForURL(url)
  // The application sends the next one only when the page has seen the one before: held back, the first would never come.
  const seen = await own.evaluate(() => {
    const source = new EventSource('/events')
    const ids: string[] = []
    return new Promise<typeof ids>((resolve, reject) => {
      source.onerror = reject
      source.onmessage = ({ lastEventId }) => {
        ids.push(lastEventId)
        if (ids.length < 3) return void fetch('/next')
        source.close()
        resolve(ids)
      }
    })
  })
  assert.deepEqual(seen, ['1', '2', '3'])
})

/** An application with one event stream, which tells its next event when `/next` is asked for. */
async function startTicker() {
  let id = 0
  let tell = (): void => {}
  const server = createServer((request, response) => {
    if (request.url === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      tell = () => response.write(`id: ${++id}\ndata: tick\n\n`)
      tell()
      return
    }
    if (request.url === '/next') tell()
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html>here')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

test('8 MiB go up and 64 MiB come down in the browser, byte for byte [F1]', async () => {
  const outcome = await page.evaluate(
    async ({ api, up, down }) => {
      const digest = async (bytes: ArrayBuffer | Uint8Array<ArrayBuffer>) =>
        [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
          .map((byte) => byte.toString(16).padStart(2, '0'))
          .join('')
      const body = Uint8Array.from({ length: up }, (_, index) => (index * 31 + (index >> 8)) % 256)
      const init = { method: 'POST', credentials: 'include', body } as const
      const uploaded = (await (await fetch(`${api}upload`, init)).json()) as object
      const response = await fetch(`${api}download?bytes=${down}`, { credentials: 'include' })
      const downloaded = await response.arrayBuffer()
      return {
        uploaded,
        sent: { bytes: up, sha256: await digest(body) },
        received: { bytes: downloaded.byteLength, sha256: await digest(downloaded) },
      }
    },
    { api: world.api, up: 8 * mebibyte, down: 64 * mebibyte },
  )
  assert.deepEqual(outcome.uploaded, outcome.sent)
  assert.deepEqual(outcome.received, patternOf(64 * mebibyte))
})

test('128 MiB go up in chunks while 128 MiB come down, over HTTP/1.1, byte for byte [F1]', async () => {
  const bytes = 128 * mebibyte
  const [uploaded, received] = await Promise.all([upload(bytes), download(bytes)])
  assert.deepEqual(uploaded, patternOf(bytes))
  assert.deepEqual(received, patternOf(bytes))
})

interface Summary {
  readonly bytes: number
  readonly sha256: string
}

/** What CORSWebService sends and expects here: byte number n is n mod 256. */
function* pattern(bytes: number): Generator<Buffer> {
  const chunk = Buffer.from(Uint8Array.from({ length: 65_536 }, (_, index) => index))
  for (let at = 0; at < bytes; at += chunk.length) yield chunk
}

function patternOf(bytes: number): Summary {
  const hash = createHash('sha256')
  for (const chunk of pattern(bytes)) hash.update(chunk)
  return { bytes, sha256: hash.digest('hex') }
}

async function upload(bytes: number): Promise<Summary> {
  const options = { ...(await clientOptions(world.api)), method: 'POST' }
  const request = startRequest(`${world.api}upload`, options)
  const answering = once(request, 'response')
  await pipeline(Readable.from(pattern(bytes)), request)
  const [answer] = (await answering) as [IncomingMessage]
  return (await json(answer)) as Summary
}

async function download(bytes: number): Promise<Summary> {
  const url = `${world.api}download?bytes=${bytes}`
  const request = startRequest(url, await clientOptions(world.api)).end()
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  const hash = createHash('sha256')
  let received = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    received += chunk.length
    hash.update(chunk)
  }
  return { bytes: received, sha256: hash.digest('hex') }
}

/** For clients that are no browser but hold the browser's session; over HTTP/1.1, on a connection of their own. */
async function clientOptions(url: string) {
  const cookies = await profile.cookies(url)
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  return { ca: world.ca, lookup: lookupLocalhost, agent: false, headers: { cookie } }
}

function openSocket(from: Page, url: string): Promise<string> {
  return from.evaluate((address) => {
    const socket = new WebSocket(address)
    return new Promise<string>((resolve) => {
      socket.onopen = () => {
        socket.close()
        resolve('open')
      }
      socket.onclose = ({ code }) => resolve(`closed ${code}`)
    })
  }, socketUrl(url))
}

function upgradesOf(service: App): number {
  return service.requests.filter(({ url }) => url === '/ws').length
}

function socketUrl(url: string): string {
  return `${url.replace(/^http/, 'ws')}ws`
}
