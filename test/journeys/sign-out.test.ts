import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { request } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { json } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import type { BrowserContext, JSHandle, Page } from 'playwright-core'
import { WebSocket as WebSocketClient } from 'ws'
import { accessibilityProblems, saveScreenshot } from '../browser.ts'
import { lookupLocalhost } from '../http-client.ts'
import {
  publish,
  removeAssignments,
  signIn,
  startWorld,
  type World,
  type WorldUser,
} from '../world.ts'

// The promise of [S9].
const closeMaxMs = 5_000

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world[Symbol.asyncDispose]())

test('a sign-out on one segment ends every segment, their streams and the provider’s session [S9]', async () => {
  await using profile = await world.profile()
  const page = await openPage(profile, world.alice)
  const streams = await openStreams(page)
  const other = await profile.newPage()
  await other.goto(world.api)
  await other.goto(`${world.api}.sallyport/sign-out`)
  await other.getByRole('heading', { name: 'You are signed out' }).waitFor()
  const away = performance.now()
  await saveScreenshot(other, 'signed-out')
  await assertClosed(streams, away)

  assert.equal(await callApi(page), 401)
  for (const url of [world.home, world.api]) await assertFormAt(page, url)
})

test('a link of another site only asks whether to sign out; the person decides [S9]', async () => {
  await using profile = await world.profile()
  await using foreign = await startForeignPage(`${world.home}.sallyport/sign-out`)
  const page = await openPage(profile, world.alice)
  const streams = await openStreams(page)
  const other = await profile.newPage()
  await other.goto(foreign.url)
  await other.getByRole('link').click()
  await other.getByRole('heading', { name: 'Sign out?' }).waitFor()
  await saveScreenshot(other, 'sign-out-question')
  assert.deepEqual(await accessibilityProblems(other), [])
  assert.equal(await callApi(page), 200)

  await other.getByRole('button', { name: 'Sign out' }).click()
  await other.getByRole('heading', { name: 'You are signed out' }).waitFor()
  await assertClosed(streams, performance.now())
  await assertFormAt(page, world.api)
})

test('whoever is disabled loses open streams, the session and the way back in [S9]', async () => {
  await using profile = await world.profile()
  const page = await openPage(profile, world.bob)
  const streams = await openStreams(page)
  await world.graph.call('PATCH', `/users/${world.bob.userPrincipalName}`, {
    accountEnabled: false,
  })
  await assertClosed(streams, performance.now())
  assert.equal(await callApi(page), 401)
  await assertFormAt(page, world.home)
})

test('an upload of somebody whose sessions were revoked is cut and answered 401 [S9]', async () => {
  await using profile = await world.profile()
  await openPage(profile, world.alice)
  const cookies = await profile.cookies(world.api)
  const upload = request(`${world.api}api/orders`, {
    method: 'POST',
    ca: world.ca,
    lookup: lookupLocalhost,
    headers: {
      cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
      expect: '100-continue',
    },
  })
  const answering = once(upload, 'response') as Promise<[IncomingMessage]>
  // What is cut may be reset as well, before or after its answer was read.
  upload.on('error', () => {})
  // The application's own word: the upload is there.
  await once(upload, 'continue')
  upload.write('{"goes":')
  await world.graph.call('POST', `/users/${world.alice.userPrincipalName}/revokeSignInSessions`)
  const [answer] = await answering
  const { error } = (await json(answer)) as { error: { code: string } }
  assert.deepEqual([answer.statusCode, error.code], [401, 'session-ended'])
  upload.destroy()
})

test('a WebSocket over HTTP/1.1 is told that the session was ended, and closed on both sides [S9]', async () => {
  await using profile = await world.profile()
  await openPage(profile, world.alice)
  const cookies = await profile.cookies(world.api)
  const socket = new WebSocketClient(`${world.api.replace(/^http/, 'ws')}ws`, {
    ca: world.ca,
    lookup: lookupLocalhost,
    headers: { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') },
  })
  await once(socket, 'open')
  const closing = once(socket, 'close') as Promise<[number, Buffer]>
  await world.graph.call('POST', `/users/${world.alice.userPrincipalName}/revokeSignInSessions`)
  const [code, reason] = await closing
  assert.deepEqual([code, String(reason)], [4401, 'The session was ended. Sign in again.'])
})

test('a WebSocket in the middle of a message is cut and never ended as if the message were whole [S9]', async () => {
  await using halfway = await startHalfway()
  const url = world.external('half')
  await publish(world.graph, 'Half', { externalUrl: url, internalUrl: halfway.url })
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signIn(page, url, world.alice)
  const open = await page.evaluateHandle(
    async (address) => {
      const socket = new WebSocket(address)
      const closed = new Promise<number>((resolve) => {
        socket.onclose = ({ code }) => resolve(code)
      })
      // The half that comes with it has passed the edge, too.
      await new Promise((resolve) => {
        socket.onmessage = resolve
      })
      return { closed }
    },
    `${url.replace(/^http/, 'ws')}ws`,
  )
  await world.graph.call('POST', `/users/${world.alice.userPrincipalName}/revokeSignInSessions`)
  assert.equal(await open.evaluate(({ closed }) => closed), 1006)
})

test('whoever is no longer assigned loses open streams and learns why on the next visit [S8] [S9]', async () => {
  await using profile = await world.profile()
  const page = await openPage(profile, world.alice)
  const streams = await openStreams(page)
  await removeAssignments(world.graph, world.alice)
  await assertClosed(streams, performance.now())
  assert.equal(await callApi(page), 401)
  await page.goto(world.home)
  await page.getByRole('heading', { name: 'You are not assigned to this application' }).waitFor()
})

async function openPage(profile: BrowserContext, user: WorldUser): Promise<Page> {
  const page = await profile.newPage()
  await signIn(page, world.home, user)
  return page
}

interface Streams {
  /** The code with which the WebSocket closed, when it has. */
  readonly socketClosed: Promise<number>
  /** When the event stream broke off; the browser tries again by itself. */
  readonly eventsLost: Promise<void>
  /** When the browser has given up on the event stream. */
  readonly eventsClosed: Promise<void>
}

/** A WebSocket and an event stream from the page to the other segment, both in use. */
function openStreams(page: Page): Promise<JSHandle<Streams>> {
  return page.evaluateHandle(async (api) => {
    const socket = new WebSocket(`${api.replace(/^http/, 'ws')}ws`)
    const socketClosed = new Promise<number>((resolve) => {
      socket.onclose = ({ code }) => resolve(code)
    })
    const source = new EventSource(`${api}events`, { withCredentials: true })
    const lost = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<void>()
    source.onerror = () => {
      lost.resolve()
      if (source.readyState === 2) closed.resolve()
    }
    const opened = new Promise((resolve) => {
      socket.onopen = resolve
    })
    const heard = new Promise((resolve) => {
      source.onmessage = resolve
    })
    await Promise.all([opened, heard])
    return { socketClosed, eventsLost: lost.promise, eventsClosed: closed.promise }
  }, world.api)
}

/** Both streams end in time after `since`, when whoever ended them was told so, and the event stream is refused when the browser tries again. */
async function assertClosed(streams: JSHandle<Streams>, since: number): Promise<void> {
  const code = await streams.evaluate(async ({ socketClosed, eventsLost }) => {
    await eventsLost
    return socketClosed
  })
  const tookMs = performance.now() - since
  assert.ok(tookMs < closeMaxMs, `${tookMs} ms`)
  assert.equal(code, 4401)
  await streams.evaluate(({ eventsClosed }) => eventsClosed)
}

function callApi(page: Page): Promise<number> {
  return page.evaluate(async (url) => {
    return (await fetch(url, { credentials: 'include' })).status
  }, `${world.api}api/values`)
}

async function assertFormAt(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.getByLabel('Password').waitFor()
}

/** A page of another site with one link. */
async function startForeignPage(link: string) {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(`<!doctype html><a href="${link}">a harmless link</a>`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** An application that says one and a half messages on each WebSocket, and no more. */
async function startHalfway() {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html>here')
  })
  server.on('upgrade', ({ headers }, socket: Socket) => {
    const key = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
    const accept = createHash('sha1').update(key).digest('base64')
    const head = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket']
    socket.write([...head, `Sec-WebSocket-Accept: ${accept}`, '', ''].join('\r\n'))
    socket.write(Buffer.from('\x81\x02hi\x81\x0ahalf', 'latin1'))
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}
