import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { WebSocketServer } from 'ws'
import { LocalCa } from '../src/edge/local-ca.ts'
import { accessibilityProblems, corsFailure, openProfile, saveScreenshot } from './browser.ts'

let folder = ''
let ca: LocalCa
let server: Server
let port = 0

const answer: RequestListener = (request, response) => {
  const url = new URL(request.url ?? '/', 'https://x')
  for (const [name, value] of url.searchParams) response.appendHeader(name, value)
  response.setHeader('content-type', 'text/html')
  response.end('<!doctype html><html lang="en"><title>t</title><main><h1>hello</h1></main></html>')
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-test-'))
  ca = await LocalCa.open(folder)
  const names = ['web.contoso.localhost', 'api.contoso.localhost']
  server = createServer(await ca.issue(names), answer)
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('message', (message) => socket.send(String(message)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})

after(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

test('a profile trusts the given authority for pages, calls and WebSockets', async () => {
  await using profile = await openProfile(ca.pem)
  const page = await profile.newPage()
  await page.goto(`https://web.contoso.localhost:${port}/`)
  assert.equal(await page.textContent('h1'), 'hello')
  const echoed = await page.evaluate(
    (url) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(url)
        socket.onopen = () => socket.send('ping')
        socket.onmessage = (event) => resolve(event.data)
        socket.onerror = reject
      }),
    `wss://api.contoso.localhost:${port}/`,
  )
  assert.equal(echoed, 'ping')
})

test('a profile still refuses a certificate for another name', async () => {
  await using profile = await openProfile(ca.pem)
  const page = await profile.newPage()
  await assert.rejects(
    page.goto(`https://other.contoso.localhost:${port}/`),
    /ERR_CERT_COMMON_NAME_INVALID/,
  )
})

test('a profile without the authority refuses its certificates', async () => {
  await using profile = await openProfile()
  const page = await profile.newPage()
  await assert.rejects(
    page.goto(`https://web.contoso.localhost:${port}/`),
    /ERR_CERT_AUTHORITY_INVALID/,
  )
})

test("corsFailure() gives Chromium's own reason", async () => {
  await using profile = await openProfile(ca.pem)
  const page = await profile.newPage()
  await page.goto(`https://web.contoso.localhost:${port}/`)
  const api = `https://api.contoso.localhost:${port}/`
  const origin = `https://web.contoso.localhost:${port}`

  assert.equal(await corsFailure(page, `${api}?access-control-allow-origin=*`), undefined)
  assert.deepEqual(await corsFailure(page, api), {
    corsError: 'MissingAllowOriginHeader',
    failedParameter: '',
  })
  assert.deepEqual(
    await corsFailure(page, `${api}?access-control-allow-origin=*`, { credentials: 'include' }),
    { corsError: 'WildcardOriginNotAllowed', failedParameter: '' },
  )
  assert.deepEqual(
    await corsFailure(page, `${api}?access-control-allow-origin=${origin}`, { method: 'PUT' }),
    { corsError: 'MethodDisallowedByPreflightResponse', failedParameter: 'PUT' },
  )
  await assert.rejects(corsFailure(page, 'https://127.0.0.1:1/'), /ERR_UNSAFE_PORT/)
})

test('a page can be photographed, by whoever asks for it, and examined for accessibility', async (t) => {
  const asked = process.env['SALLYPORT_SCREENSHOTS']
  process.env['SALLYPORT_SCREENSHOTS'] = join(folder, 'pictures')
  t.after(() => {
    if (asked === undefined) delete process.env['SALLYPORT_SCREENSHOTS']
    else process.env['SALLYPORT_SCREENSHOTS'] = asked
  })
  await using profile = await openProfile(ca.pem)
  const page = await profile.newPage()
  const strict = 'content-security-policy=default-src%20%27none%27'
  await page.goto(`https://web.contoso.localhost:${port}/?${strict}`)
  await saveScreenshot(page, 'browser-test')
  assert.ok((await stat(join(folder, 'pictures', 'browser-test.png'))).size > 1000)
  assert.deepEqual(await accessibilityProblems(page), [])
  await page.evaluate('document.querySelector("h1").outerHTML = "<img src=x>"')
  assert.match((await accessibilityProblems(page)).join('\n'), /^image-alt: <img src="x">/m)
})
