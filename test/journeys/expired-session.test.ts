import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import type { Page, Request } from 'playwright-core'
import { WebSocket as WebSocketClient } from 'ws'
import { corsFailure } from '../browser.ts'
import { lookupLocalhost } from '../http-client.ts'
import { signIn, startWorld, type World } from '../world.ts'

const lifetimeSeconds = 2

let world: World
before(async () => {
  world = await startWorld('--session-lifetime', String(lifetimeSeconds))
})
after(() => world[Symbol.asyncDispose]())

/** A page of the first segment, made to wait until its session is over on all of them. */
async function expire(page: Page): Promise<void> {
  const expiresAt = await page.evaluate(async () => {
    const answer = (await (await fetch('/.sallyport/session')).json()) as { expiresAt?: string }
    return answer.expiresAt ?? ''
  })
  // On a slow machine it may be over already.
  const remainingMs = expiresAt === '' ? 0 : Date.parse(expiresAt) - Date.now()
  assert.ok(remainingMs <= lifetimeSeconds * 1000)
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, remainingMs) + 1))
}

test('after expiry a call to another segment is a 401 that the script can read, and no CORS error [S4] [C9]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signIn(page, world.home, world.alice)
  await expire(page)
  const call = {
    url: `${world.api}api/orders`,
    init: { method: 'PUT', credentials: 'include', headers: { 'x-custom': '1' } },
  } as const
  const answering = page.waitForResponse((response) => response.request().method() === 'PUT')
  const seen = await page.evaluate(async ({ url, init }) => {
    const response = await fetch(url, init)
    const { status, redirected } = response
    return { status, redirected, body: (await response.json()) as unknown }
  }, call)
  const { status, redirected, body } = seen
  assert.deepEqual({ status, redirected }, { status: 401, redirected: false })
  const answer = await answering
  const helpUrl = (body as { readonly error: { readonly helpUrl: string } }).error.helpUrl
  assert.match(helpUrl, /^https:\/\/login\.[^/]*\/\.sallyport\/docs\/errors\/signed-out$/)
  assert.deepEqual(body, {
    error: {
      code: 'signed-out',
      message: 'The session has expired. Sign in again.',
      requestId: await answer.headerValue('x-request-id'),
      because: 'expired',
      signInUrl: `${world.api}.sallyport/sign-in`,
      helpUrl,
    },
  })
  assert.equal(await answer.headerValue('access-control-allow-origin'), new URL(world.home).origin)
  assert.equal(await answer.headerValue('access-control-allow-credentials'), 'true')
  assert.match((await answer.headerValue('vary')) ?? '', /\borigin\b/i)
  assert.equal(await answer.headerValue('cache-control'), 'no-store')
  assert.equal(await corsFailure(page, call.url, call.init), undefined)
})

test('after expiry a navigation comes back signed in to its very URL, with no form, while the provider knows the person [S1] [S4]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signIn(page, world.home, world.alice)
  await expire(page)
  const visited: string[] = []
  page.on('request', (request) => {
    if (request.isNavigationRequest()) visited.push(new URL(request.url()).pathname)
  })
  await page.goto(`${world.home}back?x=1#here`)
  await page.waitForURL(`${world.home}back?x=1#here`)
  assert.ok(visited.includes('/auth'))
  assert.ok(!visited.some((path) => path.startsWith('/interaction/')))
  // It is the application that answers there.
  assert.match((await page.textContent('body')) ?? '', /"url": "\/back\?x=1"/)
})

test('without a session event streams and WebSockets fail with 401 and are never redirected [S4]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signIn(page, world.home, world.alice)
  await expire(page)
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  const requests: Request[] = []
  page.on('request', (request) => requests.push(request))

  const answering = page.waitForResponse(`${world.api}events`)
  const streamState = await page.evaluate((url) => {
    const source = new EventSource(url, { withCredentials: true })
    return new Promise<number>((resolve) => {
      source.onerror = () => resolve(source.readyState)
    })
  }, `${world.api}events`)
  // CLOSED for good: neither a redirect nor a failure that the browser would repeat.
  assert.equal(streamState, 2)
  const answer = await answering
  assert.equal(answer.status(), 401)
  assert.equal(await answer.headerValue('access-control-allow-origin'), new URL(world.home).origin)

  const closeCode = await page.evaluate((url) => {
    const socket = new WebSocket(url)
    return new Promise<number>((resolve) => {
      socket.onclose = (event) => resolve(event.code)
    })
  }, socketUrl())
  // Browsers tell scripts nothing more about a refused handshake.
  assert.equal(closeCode, 1006)
  assert.deepEqual(
    requests.map((request) => request.url()),
    [`${world.api}events`],
  )
  assert.ok(!complaints.some((text) => text.includes('CORS')))
})

test('a WebSocket with an expired session is answered 401 and why, over HTTP/1.1 [S4] [F1]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signIn(page, world.home, world.alice)
  const cookies = await profile.cookies(world.api)
  await expire(page)
  const socket = new WebSocketClient(socketUrl(), {
    ca: world.ca,
    lookup: lookupLocalhost,
    headers: { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') },
  })
  const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
  assert.equal(answer.statusCode, 401)
  assert.equal(answer.headers.location, undefined)
  const { error } = (await json(answer)) as { error: { code: string; message: string } }
  assert.equal(error.code, 'signed-out')
  assert.equal(error.message, 'The session has expired. Sign in again.')
})

test('an open WebSocket and an event stream end within five seconds of the session’s end, and the code says why [S9]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signIn(page, world.home, world.alice)
  let seen = await seeEnd(page)
  // On a slow machine the session may be over before they are open; the provider still knows the person.
  while (seen === undefined) {
    await page.goto(world.home)
    await page.waitForURL(world.home)
    seen = await seeEnd(page)
  }
  const { lateMs, ...close } = seen
  const reason = 'The session has expired. Sign in again.'
  assert.deepEqual(close, { code: 4401, reason, wasClean: true })
  assert.ok(lateMs >= 0 && lateMs < lateMaxMs, `${lateMs} ms`)
})

// Five seconds, to which a busy machine adds its own.
const lateMaxMs = 12_000

/** How a WebSocket and an event stream of the page end with its session; undefined when that was over before both were open. */
function seeEnd(page: Page) {
  return page.evaluate(async (api) => {
    const socket = new WebSocket(`${api.replace(/^http/, 'ws')}ws`)
    const source = new EventSource(`${api}events`, { withCredentials: true })
    let opened = 0
    socket.onopen = () => opened++
    source.onopen = () => opened++
    const lost = new Promise<number>((resolve) => {
      source.onerror = () => resolve(Date.now())
    })
    const closed = new Promise<CloseEvent>((resolve) => {
      socket.onclose = resolve
    })
    const answer = (await (await fetch('/.sallyport/session')).json()) as { expiresAt?: string }
    const { code, reason, wasClean } = await closed
    const endedAt = Math.max(Date.now(), await lost)
    source.close()
    if (opened < 2 || answer.expiresAt === undefined) return undefined
    return { code, reason, wasClean, lateMs: endedAt - Date.parse(answer.expiresAt) }
  }, world.api)
}

function socketUrl(): string {
  return `${world.api.replace(/^http/, 'ws')}ws`
}

test('a longer lifetime of its own lets an application work where the short one has run out (option 5) [S6]', async () => {
  const path = `/applications/${world.applicationId}/onPremisesPublishing`
  await world.graph.call('PATCH', path, { sessionLifetimeInSeconds: 60 })
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signIn(page, world.home, world.alice)
  const signedInAt = Date.now()
  await new Promise((resolve) => setTimeout(resolve, (lifetimeSeconds + 1) * 1000))
  const call = await page.evaluate(async (url) => {
    const response = await fetch(url, { method: 'PUT', credentials: 'include' })
    return { status: response.status, redirected: response.redirected }
  }, `${world.api}api/orders/1`)
  assert.ok(Date.now() - signedInAt > lifetimeSeconds * 1000)
  assert.deepEqual(call, { status: 200, redirected: false })
})
