import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { RawBackend } from '../../src/connector/forward-fixture.ts'
import { signInByForms } from '../form-sign-in.ts'
import { HttpClient } from '../http-client.ts'
import { openRawSocket, rawExchange } from '../raw-socket.ts'
import { publish, startWorld, type World } from '../world.ts'

// The edge lets a head take 10 s and looks every second; a busy machine takes its time.
const slowHeadMaxMs = 30_000

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

const cleanUp = new AsyncDisposableStack()
let world: World
let backend: RawBackend
/** Of the published host; everything below `/public/` is open, the rest asks for a sign-in. */
let host: string
let cookie: string
before(async () => {
  world = cleanUp.use(await startWorld())
  backend = cleanUp.use(
    await RawBackend.start((socket, seen) => {
      if (/\r\n\r\n(?:hello|5\r\nhello\r\n0\r\n\r\n)?$/.test(seen)) socket.write(ok)
    }),
  )
  const url = world.external('hostile')
  host = new URL(url).host
  await publish(world.graph, 'Open', {
    externalAuthenticationType: 'passthru',
    externalUrl: `${url}public/`,
    internalUrl: `${backend.origin}/public/`,
  })
  await publish(world.graph, 'Closed', { externalUrl: url, internalUrl: `${backend.origin}/` })
  const client = cleanUp.use(new HttpClient({ ca: world.ca }))
  await signInByForms(client, url, world.alice)
  cookie = client.cookies.header(new URL(url)) ?? ''
})
after(() => cleanUp.disposeAsync())

function target() {
  return { port: world.port, tls: { servername: 'hostile.contoso.localhost', ca: world.ca } }
}

interface Outcome {
  /** 0 when the connection was closed without a word. */
  readonly status: number
  readonly text: string
}

/** Sends the bytes and reads until the edge closes the connection. */
async function send(bytes: string): Promise<Outcome> {
  const filled = bytes.replaceAll('{host}', host).replaceAll('{cookie}', cookie)
  const text = await rawExchange(target(), filled)
  return { status: Number(/^HTTP\/1\.1 ([0-9]{3}) /.exec(text)?.[1] ?? 0), text }
}

const smuggled = 'GET /public/smuggled HTTP/1.1\r\nHost: {host}\r\n\r\n'
const get = 'GET /public/p HTTP/1.1\r\nHost: {host}\r\n'
const post = 'POST /public/p HTTP/1.1\r\nHost: {host}\r\n'

/** Two readers could take these for different messages. Nothing may arrive, and nothing behind them be answered. */
const ambiguous = [
  [
    'Content-Length with Transfer-Encoding',
    `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'Transfer-Encoding with Content-Length',
    `${post}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
  ],
  ['two lengths', `${post}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`],
  ['the same length twice', `${post}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`],
  ['a list of lengths', `${post}Content-Length: 5, 5\r\n\r\nhello`],
  ['a signed length', `${post}Content-Length: +5\r\n\r\nhello`],
  ['a hexadecimal length', `${post}Content-Length: 0x5\r\n\r\nhello`],
  ['a length that wraps around', `${post}Content-Length: 18446744073709551621\r\n\r\nhello`],
  ['a length beyond 2^53', `${post}Content-Length: 9007199254740993\r\n\r\nhello`],
  ['a space before the colon', `${post}Content-Length : 5\r\n\r\nhello`],
  [
    'a coding that hides another',
    `${post}Transfer-Encoding: cow\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['stacked codings', `${post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ['identity', `${post}Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello`],
  ['a quoted coding', `${post}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n`],
  ['a folded coding', `${post}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`],
  [
    'a bare LF within a field',
    `${post}X: a\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
  ],
  ['a bare CR within a name', `${post}Transfer\r-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['a NUL in a value', `${get}X: a\0b\r\n\r\n`],
  ['a control byte in a value', `${get}X: a\x01b\r\n\r\n`],
  ['a name with a space', `${get}X A: b\r\n\r\n`],
  ['a quoted name', `${get}"X": b\r\n\r\n`],
  ['a field that is folded', `${get}X: a\r\n b\r\n\r\n`],
  ['no name', `${get}: b\r\n\r\n`],
  ['no host', 'GET /public/p HTTP/1.1\r\n\r\n'],
  ['two hosts', `${get}Host: home.contoso.localhost\r\n\r\n`],
  ['a host with a path', 'GET /public/p HTTP/1.1\r\nHost: {host}/x\r\n\r\n'],
  ['a host with a user', 'GET /public/p HTTP/1.1\r\nHost: {host}@evil.test\r\n\r\n'],
  ['a host with a space', 'GET /public/p HTTP/1.1\r\nHost: {host} evil.test\r\n\r\n'],
  [
    'an absolute target for another host',
    'GET https://evil.test/public/p HTTP/1.1\r\nHost: {host}\r\n\r\n',
  ],
  ['a target that is a file', 'GET file:///etc/passwd HTTP/1.1\r\nHost: {host}\r\n\r\n'],
  ['a target that is an address', 'GET @169.254.169.254/ HTTP/1.1\r\nHost: {host}\r\n\r\n'],
  ['a target with a fragment', 'GET /public/p#/admin HTTP/1.1\r\nHost: {host}\r\n\r\n'],
  ['dot segments', 'GET /public/../admin HTTP/1.1\r\nHost: {host}\r\n\r\n'],
  ['escaped dot segments', 'GET /public/%2E%2E/admin HTTP/1.1\r\nHost: {host}\r\n\r\n'],
  ['an escaped slash after dots', 'GET /public/..%2fadmin HTTP/1.1\r\nHost: {host}\r\n\r\n'],
  ['an escaped backslash after dots', 'GET /public/..%5cadmin HTTP/1.1\r\nHost: {host}\r\n\r\n'],
  ['a parameter on dots', 'GET /public/..;/admin HTTP/1.1\r\nHost: {host}\r\n\r\n'],
  ['overlong UTF-8', 'GET /public/%c0%ae%c0%ae/admin HTTP/1.1\r\nHost: {host}\r\n\r\n'],
  ['an escaped NUL', 'GET /public/..%00/admin HTTP/1.1\r\nHost: {host}\r\n\r\n'],
  ['a broken escape', 'GET /public/% HTTP/1.1\r\nHost: {host}\r\n\r\n'],
  ['an unknown protocol version', 'GET /public/p HTTP/01.1\r\nHost: {host}\r\n\r\n'],
  ['an unknown expectation', `${get}Expect: x\r\nContent-Length: 5\r\n\r\nhello`],
  ['CONNECT', 'CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n'],
  ['TRACE', 'TRACE /public/p HTTP/1.1\r\nHost: {host}\r\n\r\n'],
] as const
for (const [what, bytes] of ambiguous) {
  test(`${what}: refused, the connection closed, and neither it nor what is behind it served [F8]`, async () => {
    const { status, text } = await send(bytes + smuggled)
    assert.ok([0, 400, 405, 417, 501].includes(status), text)
    assert.doesNotMatch(text, /^HTTP\/1\.1 2/m)
  })
}

test('none of them has reached the application, and nothing that stood behind one [F8]', async () => {
  const { status } = await send(`${get}Connection: close\r\n\r\n`)
  assert.equal(status, 200)
  assert.equal(backend.seen.match(/^[A-Z]+ \S+ HTTP/gm)?.join(), 'GET / HTTP,GET /public/p HTTP')
})

const claims = [
  'X-Forwarded-User',
  'X-Forwarded-Email',
  'X-Forwarded-Preferred-Username',
  'X-Forwarded_User',
  'X.Forwarded.User',
  'x-forwarded-USER',
  'X-Auth-Request-User',
  'X-Auth-Request-Email',
  'X_Auth_User',
  'Remote-User',
  'X-Remote-User',
  'X-Authenticated-User',
  'X-MS-Client-Principal-Name',
  'X-MS-TOKEN-AAD-ACCESS-TOKEN',
  'Cf-Access-Jwt-Assertion',
  'X-Endpoint-API-UserInfo',
  'X-Tls-Client-Subject',
  'X-Original-URL',
  'X-Rewrite-URL',
  'X-Real-IP',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'Forwarded',
] as const

test('what only the edge may say about a person, an address or a target is taken out, and its cookies with it [S12] [F2] [S3]', async () => {
  const fields = claims.map((name) => `${name}: evil.test\r\n`).join('')
  const session = `Cookie: a=1; {cookie}; b=2\r\nConnection: close, X-Forwarded-For, Cookie\r\n`
  const before = backend.seen.length
  const { status } = await send(`GET /closed HTTP/1.1\r\nHost: {host}\r\n${fields}${session}\r\n`)
  assert.equal(status, 200)
  const arrived = backend.seen.slice(before)
  assert.doesNotMatch(arrived, /evil\.test/)
  assert.match(arrived, /^X-Forwarded-For: 127\.0\.0\.1\r$/m)
  assert.doesNotMatch(arrived, /sallyport/i)
})

for (const line of [
  'GET /admin',
  'GET /Admin',
  'GET /admin;x=/public/',
  'GET /admin?x=/public/',
  'GET /publicity',
  'GET /public%2fp',
  'GET //public/p',
  'GET /%70ublic/p',
  'HEAD /admin',
  'OPTIONS /admin',
  'PROPFIND /admin',
]) {
  test(`without a session ${line} stays outside, whatever else the request claims [S4] [F8]`, async () => {
    const before = backend.seen.length
    const forged = `Cookie: ${cookie.replaceAll('=', '=x')}\r\n`
    const fields = `X-Original-URI: /public/p\r\n${forged}Connection: close\r\n`
    const { status, text } = await send(`${line} HTTP/1.1\r\nHost: {host}\r\n${fields}\r\n`)
    assert.ok([400, 401].includes(status), text)
    assert.equal(backend.seen.slice(before), '')
  })
}

test('a head that does not come to its end is given up, so that nobody can hold connections open [F8]', async () => {
  const socket = await openRawSocket(target())
  const started = performance.now()
  socket.write(get)
  const drip = setInterval(() => socket.write('X: y\r\n'), 1_000)
  const [answer] = await once(socket, 'data')
  clearInterval(drip)
  socket.destroy()
  assert.match(String(answer), /^HTTP\/1\.1 408 /)
  assert.ok(performance.now() - started < slowHeadMaxMs)
})
