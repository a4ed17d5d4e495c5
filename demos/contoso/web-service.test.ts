import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { HttpClient } from '../../test/http-client.ts'
import { rawExchange } from '../../test/raw-socket.ts'
import { startCorsWebService } from './web-service.ts'

for (const method of ['GET', 'PUT', 'POST', 'PATCH', 'DELETE']) {
  test(`the service tells what arrived by ${method}`, async () => {
    await using app = await startCorsWebService({ port: 0 })
    await using client = new HttpClient()
    const answer = await client.request(`http://127.0.0.1:${app.port}/api/values/1?a=b`, {
      method,
      headers: { 'x-user-name': 'ada', 'user-agent': 'test' },
      body: method === 'GET' ? '' : 'hello',
    })
    const told = JSON.parse(answer.text)
    assert.equal(answer.status, 200)
    assert.equal(told.method, method)
    assert.equal(told.url, '/api/values/1?a=b')
    assert.equal(told.bodyBytes, method === 'GET' ? 0 : 5)
    assert.deepEqual(told.person, { 'x-user-name': 'ada' })
    assert.equal(told.headers.host, `127.0.0.1:${app.port}`)
    assert.equal(app.requests[0]?.method, method)
  })
}

const statuses = [
  ['/status/204', 204],
  ['/status/404', 404],
  ['/status/503', 503],
  ['/status/99', 404],
  ['/nothing', 404],
  ['/constructor', 404],
  ['/redirect?to=/api', 302],
  ['/redirect?to=/api&status=308', 308],
  ['/redirect?to=%0d%0aa:b', 400],
  ['/download?bytes=-1', 400],
] as const
for (const [path, status] of statuses) {
  test(`${path} answers ${status}`, async () => {
    await using app = await startCorsWebService({ port: 0 })
    await using client = new HttpClient()
    const answer = await client.request(`http://127.0.0.1:${app.port}${path}`)
    assert.equal(answer.status, status)
  })
}

const origin = 'https://home.contoso.localhost'
const ownCors = [
  ['off', '', undefined, 200],
  ['off', '?cors=*', '*', 200],
  [origin, '', origin, 200],
  ['code', '', origin, 204],
] as const
for (const [cors, query, allowed, preflightStatus] of ownCors) {
  test(`with its own CORS ${cors}${query} the service allows ${allowed}`, async () => {
    await using app = await startCorsWebService({ port: 0, cors })
    await using client = new HttpClient({ headers: { origin } })
    const url = `http://127.0.0.1:${app.port}/api${query}`
    const answer = await client.request(url)
    assert.equal(answer.headers['access-control-allow-origin'], allowed)
    const preflight = await client.request(url, {
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'PUT' },
    })
    assert.equal(preflight.status, preflightStatus)
    assert.equal(preflight.headers['access-control-allow-origin'], allowed)
  })
}

test('an upload of any size is counted and summed', async () => {
  await using app = await startCorsWebService({ port: 0 })
  await using client = new HttpClient()
  const body = Buffer.alloc(3_000_000, 'abc')
  const answer = await client.request(`http://127.0.0.1:${app.port}/upload`, {
    method: 'POST',
    body,
  })
  const sha256 = createHash('sha256').update(body).digest('hex')
  assert.deepEqual(JSON.parse(answer.text), { bytes: body.length, sha256 })
})

const ranges = [
  ['none', undefined, 200, 0, 200_000],
  ['the middle', 'bytes=70000-70009', 206, 70_000, 70_010],
  ['the rest', 'bytes=199999-', 206, 199_999, 200_000],
  ['the last ten', 'bytes=-10', 206, 199_990, 200_000],
  ['behind the end', 'bytes=200000-', 416, 0, 0],
] as const
for (const [what, range, status, start, end] of ranges) {
  test(`a download has the right bytes for this range: ${what}`, async () => {
    await using app = await startCorsWebService({ port: 0 })
    await using client = new HttpClient()
    const answer = await client.request(`http://127.0.0.1:${app.port}/download?bytes=200000`, {
      headers: range ? { range } : {},
    })
    assert.equal(answer.status, status)
    assert.deepEqual(
      answer.body,
      Buffer.from(Uint8Array.from({ length: end - start }, (_, i) => start + i)),
    )
  })
}

test('events are numbered and go on where the caller stopped', async () => {
  await using app = await startCorsWebService({ port: 0 })
  const head = 'GET /events HTTP/1.1\r\nHost: a\r\nLast-Event-ID: 41\r\n\r\n'
  const received = await rawExchange(app, head, (text) => text.includes('data: '))
  assert.match(received, /content-type: text\/event-stream[\s\S]*id: 42\ndata: \{"id":42,/)
})

test('a WebSocket echoes, and the service closes with one open', async () => {
  await using app = await startCorsWebService({ port: 0 })
  const socket = new WebSocket(`ws://127.0.0.1:${app.port}/ws`)
  const echoed = Promise.withResolvers<string>()
  const closed = Promise.withResolvers<number>()
  socket.on('open', () => socket.send('hello'))
  socket.on('message', (message) => echoed.resolve(String(message)))
  socket.on('close', closed.resolve)
  socket.on('error', echoed.reject)
  assert.equal(await echoed.promise, 'hello')
  assert.equal(app.requests[0]?.url, '/ws')
  await app.close()
  assert.equal(await closed.promise, 1006)
})

test('cookies and trailers are sent as asked', async () => {
  await using app = await startCorsWebService({ port: 0 })
  await using client = new HttpClient()
  const base = `http://127.0.0.1:${app.port}`
  await client.request(`${base}/set-cookie?cookie=a=1&cookie=b=2%3B%20Path%3D/api`)
  assert.equal(client.cookies.header(new URL(`${base}/api`)), 'b=2; a=1')
  const ask = 'GET /trailers HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
  assert.match(await rawExchange(app, ask), /0\r\nX-Checksum: abc\r\n\r\n$/)
})
