import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { CookieJar } from './cookie-jar.ts'
import { parseForms } from './html-form.ts'
import { HttpClient } from './http-client.ts'
import { rawExchange } from './raw-socket.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

async function serve(handler: Handler): Promise<AsyncDisposable & { port: number }> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    server.close()
  }
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: close }
}

test('a navigation follows redirects with the cookies it is given on the way', async () => {
  await using site = await serve((request, response) => {
    if (request.url === '/') {
      response.writeHead(302, { location: '/next?a=1', 'set-cookie': ['a=1; Path=/', 'b=2'] }).end()
    } else {
      response.end(`${request.url} ${request.headers.cookie} ${request.headers['sec-fetch-mode']}`)
    }
  })
  await using client = new HttpClient()
  const page = await client.navigate(`http://web.contoso.localhost:${site.port}/`)
  assert.equal(page.text, '/next?a=1 a=1; b=2 navigate')
  assert.equal(page.hops.length, 1)
  assert.equal(page.hops[0]?.status, 302)
  const elsewhere = await client.request(`http://api.contoso.localhost:${site.port}/x`)
  assert.match(elsewhere.text, /undefined undefined$/)
})

test('a redirect without end is an error', async () => {
  await using site = await serve((_request, response) => {
    response.writeHead(302, { location: '/' }).end()
  })
  await using client = new HttpClient()
  await assert.rejects(client.navigate(`http://127.0.0.1:${site.port}/`), /more than 20 redirects/)
})

test('a form is sent with its hidden fields, and a POST becomes a GET after 303', async () => {
  const form = `<form method="post" action="/in?x=1&amp;y=2"><input type=hidden name="csrf" value="a&quot;b">
    <input name="user"><input type="checkbox" name="stay" checked><button>Go</button></form>`
  await using site = await serve(async (request, response) => {
    const body = await text(request)
    if (request.method === 'POST') {
      response.writeHead(303, { location: `/done?${body}` }).end(request.url)
    } else {
      response.end(request.url === '/' ? form : `${request.method} ${request.url}`)
    }
  })
  await using client = new HttpClient()
  const page = await client.navigate(`http://localhost:${site.port}/`)
  const done = await client.submit(page, { user: 'ada' })
  assert.equal(done.text, 'GET /done?csrf=a%22b&user=ada&stay=on')
  assert.equal(done.hops[0]?.text, '/in?x=1&y=2')
})

test('parseForms() leaves out what a browser would not send', () => {
  const html = `<form action=x><input name=a disabled value=1><input type=radio name=r value=1>
    <input type=radio name=r value=2 checked><button name=act value=ok>OK</button></form>`
  const [form] = parseForms(html, new URL('https://h/dir/page'))
  assert.equal(form?.action.href, 'https://h/dir/x')
  assert.equal(form?.method, 'GET')
  assert.equal(form?.fields.toString(), 'r=2')
  assert.deepEqual(form?.buttons, [{ name: 'act', value: 'ok' }])
})

const page = new URL('https://app.contoso.localhost/dir/page')
const jarCases = [
  ['its own host', 'a=1', 'https://app.contoso.localhost/dir/x', 'a=1'],
  ['no other host', 'a=1', 'https://api.contoso.localhost/dir/x', undefined],
  ['the path it came from', 'a=1', 'https://app.contoso.localhost/other', undefined],
  [
    'sibling hosts by Domain',
    'a=1; Domain=contoso.localhost; Path=/',
    'https://b.contoso.localhost/',
    'a=1',
  ],
  ['nobody for a foreign Domain', 'a=1; Domain=fabrikam.localhost', page.href, undefined],
  [
    'no plain connection when Secure',
    'a=1; Secure; Path=/',
    'http://app.contoso.localhost/',
    undefined,
  ],
  ['a whole host by __Host-', '__Host-a=1; Secure; Path=/', page.href, '__Host-a=1'],
  [
    'nobody for __Host- with a Domain',
    '__Host-a=1; Secure; Path=/; Domain=app.contoso.localhost',
    page.href,
    undefined,
  ],
  ['nobody for __Host- with a path', '__Host-a=1; Secure; Path=/dir', page.href, undefined],
  ['nobody when expired', 'a=1; Path=/; Max-Age=0', page.href, undefined],
  [
    'nobody when long gone',
    'a=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    page.href,
    undefined,
  ],
] as const
for (const [whom, setCookie, url, sent] of jarCases) {
  test(`a cookie is sent to ${whom}`, () => {
    const jar = new CookieJar()
    jar.store(page, [setCookie])
    assert.equal(jar.header(new URL(url)), sent)
  })
}

test('a cookie is deleted by its own later copy', () => {
  const jar = new CookieJar()
  jar.store(page, ['a=1; Path=/'])
  jar.store(page, ['a=; Path=/; Max-Age=0'])
  assert.equal(jar.header(page), undefined)
})

test('raw bytes go out as they are, and come back as they are', async () => {
  await using site = await serve((_request, response) => response.end('hello'))
  const refused = await rawExchange(
    site,
    'GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0bchunked\r\n\r\n',
  )
  assert.match(refused, /^HTTP\/1\.1 400 /)
  const kept = await rawExchange(site, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', (received) =>
    received.endsWith('hello'),
  )
  assert.match(kept, /^HTTP\/1\.1 200 OK\r\n/)
})
