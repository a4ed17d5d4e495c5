import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import type { App } from '../../../demos/contoso/app.ts'
import { startCorsWebService } from '../../../demos/contoso/web-service.ts'
import { newPageWithoutScript, publish, signIn, startWorld, type World } from '../../world.ts'

let world: World
let service: App
before(async () => {
  ;[world, service] = await Promise.all([startWorld(), startCorsWebService({ port: 0 })])
})
after(async () => {
  await world[Symbol.asyncDispose]()
  await service.close()
})

// People wait three seconds for hosts that are down (pages.ts); thirty good ones may take longer on a busy machine.
const longWaitMs = 25_000
const shortWaitMs = 8_000

/** A profile whose pages wait this long instead, for those who sign in. */
async function patientProfile(waitMs: number): Promise<BrowserContext> {
  const profile = await world.profile()
  await profile.addInitScript(`{const given=window.setTimeout
    window.setTimeout=(act,ms,...more)=>given(act,ms===3000?${waitMs}:ms,...more)}`)
  return profile
}

type Json = Readonly<Record<string, unknown>>

/** `https://s0.<domain>:<port>/`, `https://s1.…` */
function externalUrls(domain: string, count: number): [home: string, ...others: string[]] {
  const urls = Array.from({ length: count }, (_, i) => `https://s${i}.${domain}:${world.port}/`)
  return urls as [string, ...string[]] // No test asks for none.
}

/** One complex application with a segment for each URL, each with a directory of its own inside. */
async function publishComplex(
  domain: string,
  urls: readonly string[],
  settings: Json,
  corsConfigurations: readonly Json[] = [],
): Promise<void> {
  await publish(world.graph, domain, {
    externalUrl: `https://*.${domain}:${world.port}/`,
    internalUrl: 'http://*.inside.test/',
    onPremisesApplicationSegments: urls.map((externalUrl, index) => ({
      externalUrl,
      internalUrl: `http://127.0.0.1:${service.port}/api/${domain}/${index}/`,
      corsConfigurations,
    })),
    ...settings,
  })
}

/** What a script in the page learns of a call with a preflight to each URL, all at once. */
function callAll(page: Page, urls: readonly string[]) {
  return page.evaluate(
    (all) =>
      Promise.all(
        all.map(async (url) => {
          const init = { method: 'PUT', credentials: 'include', headers: { 'x-fan': '1' } } as const
          const { status, redirected } = await fetch(url, init)
          return { url, status, redirected }
        }),
      ),
    urls,
  )
}

function answered(urls: readonly string[]) {
  return urls.map((url) => ({ url, status: 200, redirected: false }))
}

for (const count of [2, 5, 30]) {
  test(`one sign-in readies all ${count} segments: the first may call every other at once, without a redirect [S2] [C12]`, async () => {
    const name = `fan${count}.localhost`
    const [home, ...others] = externalUrls(name, count)
    await publishComplex(name, [home, ...others], { allowSiblingSegments: true })
    await using profile = await patientProfile(longWaitMs)
    const page = await profile.newPage()
    await signIn(page, `${home}?x=1#f`, world.alice)
    assert.equal(page.url(), `${home}?x=1#f`)
    const calls = others.map((url) => `${url}never/visited`)
    assert.deepEqual(await callAll(page, calls), answered(calls))
    const cookies = await profile.cookies([home, ...others])
    const sessions = cookies.filter(({ name }) => /^__Host-sallyport-[0-9a-f]{8}$/.test(name))
    assert.equal(new Set(sessions.map(({ value }) => value)).size, count)
  })
}

test('with a typed rule on every segment instead, the same [S2] [C7]', async () => {
  const [home, ...others] = externalUrls('typed.localhost', 5)
  await publishComplex('typed.localhost', [home, ...others], {}, [
    {
      resource: '/',
      allowedOrigins: [home],
      allowedHeaders: ['x-fan'],
      allowedMethods: ['PUT'],
      maxAgeInSeconds: 0,
    },
  ])
  await using profile = await patientProfile(longWaitMs)
  const page = await profile.newPage()
  await signIn(page, home, world.alice)
  assert.deepEqual(await callAll(page, others), answered(others))
})

test('without script a chain of redirects readies the segments and lands exactly [S2]', async () => {
  const [home, ...others] = externalUrls('plain.localhost', 10)
  await publishComplex('plain.localhost', [home, ...others], {})
  await using profile = await world.profile()
  const page = await newPageWithoutScript(profile)
  await signIn(page, `${home}?x=1`, world.alice)
  assert.equal(page.url(), `${home}?x=1`)
  for (const url of others) {
    const response = await page.goto(url)
    assert.equal(response?.status(), 200)
    assert.equal(response?.request().redirectedFrom(), null)
  }
})

test('a host that does not resolve and one that never answers hold nobody up, and the rest is ready [S2]', async () => {
  await using silent = await listenSilently()
  const [home, ...others] = externalUrls('broken.localhost', 30)
  const nowhere = `https://nowhere.contoso.invalid:${world.port}/`
  const slow = `https://slow.broken.localhost:${silent.port}/`
  const settings = { allowSiblingSegments: true, externalUrl: undefined, internalUrl: undefined }
  await publishComplex('broken.localhost', [home, nowhere, slow, ...others], settings)
  await using profile = await patientProfile(shortWaitMs)
  const page = await profile.newPage()
  // Chromium alone would wait for minutes, and this gives up long before.
  await signIn(page, home, world.alice)
  assert.ok(silent.connections.length > 0, 'the silent host was tried')
  assert.deepEqual(await callAll(page, others), answered(others))
})

/** Takes connections and never says a word. */
async function listenSilently() {
  const connections: Socket[] = []
  const server = createServer((socket) => connections.push(socket.on('error', () => {})))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    connections,
    async [Symbol.asyncDispose]() {
      server.close()
      for (const socket of connections) socket.destroy()
    },
  }
}
