import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as requestHttps } from 'node:https'
import { Readable, Transform } from 'node:stream'
import { after, before, test } from 'node:test'
import zlib from 'node:zlib'
import { listen } from '../../../src/connector/forward-fixture.ts'
import { HttpClient, lookupLocalhost } from '../../http-client.ts'
import { publish, startWorld, type World } from '../../world.ts'

// Three applications that know each other by their internal addresses only, and write those into their pages.

type Handler = (request: IncomingMessage, response: ServerResponse) => void

const cleanUp = new AsyncDisposableStack()
let world: World
let client: HttpClient
let start: Site
let assets: Site
let reports: Site

interface Site {
  readonly id: string
  readonly internal: string
  readonly external: string
}

before(async () => {
  world = cleanUp.use(await startWorld())
  client = cleanUp.use(new HttpClient({ ca: world.ca }))
  start = await open('start', startPages)
  assets = await open('assets', assetPages)
  reports = await open('reports', reportPages, 'files/')
})
after(() => cleanUp.disposeAsync())

async function open(
  name: string,
  pages: Readonly<Record<string, Handler>>,
  path = '',
): Promise<Site> {
  const server = createServer((request, response) => {
    const handler = pages[request.url?.replace(/\?.*/, '') ?? '']
    if (handler) handler(request, response)
    else response.writeHead(404).end()
  })
  cleanUp.defer(() => {
    server.close()
    server.closeAllConnections()
  })
  const internal = `http://127.0.0.1:${await listen(server)}/${path}`
  const external = world.external(name)
  const id = await publish(world.graph, name, {
    externalAuthenticationType: 'passthru',
    externalUrl: external,
    internalUrl: internal,
    isTranslateLinksInBodyEnabled: true,
  })
  return { id, internal, external }
}

/** The head of an answer whose body is still to come. */
function answerOf(url: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { ca: world.ca, lookup: lookupLocalhost, agent: false as const, headers }
    requestHttps(url, options, resolve).once('error', reject).end()
  })
}

const script = 'window.ran = true'
const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'

const startPages: Readonly<Record<string, Handler>> = {
  '/': html(
    'gzip',
    () => `<!doctype html><title>Portal</title><link rel=icon href="data:,">
<link rel=stylesheet href="${assets.internal}site.css"><script src='${assets.internal}site.js'></script>
<p style="background: url(&quot;${assets.internal}attribute.svg&quot;)">Reports are at ${reports.internal}</p>
<img src="${start.internal}own.svg" srcset="${start.internal}own.svg 1x, ${start.internal}own2.svg 2x" alt="">
<iframe src=${reports.internal}frame></iframe>
<a href="${reports.internal}q1?a=1&amp;b=2#top">First quarter</a>`,
  ),
  '/own.svg': answer('image/svg+xml', () => svg),
  '/etag': (request, response) => {
    const tagged = { 'content-type': 'text/html', etag: '"v1"', 'content-length': 0 }
    const known = request.headers['if-none-match'] === '"v1"'
    const page = `<a href="${start.internal}">`
    if (known) response.writeHead(304, { etag: '"v1"' }).end()
    else {
      response.writeHead(200, { ...tagged, 'content-length': page.length })
      response.end(request.method === 'HEAD' ? undefined : page)
    }
  },
  '/stream': (request, response) => {
    const zip = zlib.createGzip()
    response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' })
    zip.pipe(response)
    zip.write(`<a href="${start.internal}1">`)
    zip.flush()
    request.on('close', () => zip.destroy())
    waiting = () => zip.end(`<a href="${start.internal}2">`)
  },
  '/endless': (request, response) => {
    response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'br' })
    const brotli = zlib.createBrotliCompress()
    brotli.pipe(response)
    brotli.write('<p>')
    brotli.flush()
    request.on('close', () => waiting())
  },
  '/much': (request, response) => {
    const gzip = request.headers['accept-encoding'] === 'gzip'
    const head = { 'content-type': 'text/html', ...(gzip ? { 'content-encoding': 'gzip' } : {}) }
    response.writeHead(200, head)
    // Letters that compression makes little of.
    const piece = randomBytes(mebibyte).toString('base64')
    const pieces = Readable.from(Array.from({ length: muchMebibytes }, () => piece))
    const counted = new Transform({
      transform(chunk: Buffer, _, done) {
        written += chunk.length
        done(null, chunk)
      },
    })
    const coded = gzip ? pieces.pipe(zlib.createGzip({ level: 1 })) : pieces
    coded.pipe(counted).pipe(response)
    request.on('close', () => pieces.destroy())
  },
  '/broken': (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' })
    response.end(zlib.gzipSync('<p>'.repeat(9999)).subarray(0, 20))
  },
}
let waiting = (): void => {}

const mebibyte = 1024 * 1024
const muchMebibytes = 256
// What the receivers on the way may have in their kernels' buffers, 32 MiB for each (tcp_rmem), and far from all of it.
const bufferedMax = 96 * mebibyte
/** What `/much` has sent. */
let written = 0

const assetPages: Readonly<Record<string, Handler>> = {
  '/site.css': (_, response) => {
    const sheet = `@import "${reports.internal}print.css";body{background:url(${assets.internal}body.svg)}`
    const head = { 'content-type': 'text/css', 'content-encoding': 'zstd' }
    response.writeHead(200, head).end(zlib.zstdCompressSync(sheet))
  },
  '/site.js': answer('text/javascript', () => script),
  '/attribute.svg': answer('image/svg+xml', () => svg),
  '/body.svg': answer('image/svg+xml', () => svg),
}

const reportPages: Readonly<Record<string, Handler>> = {
  '/files/print.css': answer('text/css', () => 'p{color:rgb(1,2,3)}'),
  '/files/frame': answer(
    'text/html; charset=windows-1252',
    () => '<p id=here>caf\xe9</p>',
    'latin1',
  ),
  // A path on its own host, which is another one outside.
  '/files/q1': html(
    'zstd',
    () => `<!doctype html><title>Report</title><link rel=icon href="data:,">
<form action="/files/q2" method=get><button>Second quarter</button></form>`,
  ),
  '/files/q2': html(
    'gzip',
    () => `<!doctype html><title>Second</title><link rel=icon href="data:,">
<a href="//${new URL(start.internal).host}/">Home</a>`,
  ),
}

function html(coding: 'gzip' | 'zstd', page: () => string): Handler {
  const encode = coding === 'gzip' ? zlib.gzipSync : zlib.zstdCompressSync
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': coding })
    response.end(encode(page()))
  }
}

function answer(type: string, text: () => string, encoding: BufferEncoding = 'utf8'): Handler {
  return (_, response) => response.writeHead(200, { 'content-type': type }).end(text(), encoding)
}

test('three applications that link to each other by internal addresses work outside, whatever the coding [F4]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  const requested: string[] = []
  const failed: string[] = []
  page.on('request', (request) => requested.push(request.url()))
  page.on('requestfailed', (request) => failed.push(request.url()))
  page.on('response', (response) => response.ok() || failed.push(response.url()))
  page.on('console', (message) => message.type() === 'error' && failed.push(message.text()))
  await page.goto(start.external)
  assert.equal(await page.evaluate('window.ran'), true)
  const color = await page.evaluate("getComputedStyle(document.querySelector('p')).color")
  assert.equal(color, 'rgb(1, 2, 3)')
  assert.equal(await page.locator('p').textContent(), `Reports are at ${reports.internal}`)
  assert.equal(await page.frames()[1]?.locator('#here').textContent(), 'café')

  await page.getByRole('link', { name: 'First quarter' }).click()
  await page.waitForURL(`${reports.external}q1?a=1&b=2#top`)
  await page.getByRole('button', { name: 'Second quarter' }).click()
  await page.waitForURL(`${reports.external}q2?`)
  await page.getByRole('link', { name: 'Home' }).click()
  await page.waitForURL(start.external)
  assert.equal(await page.title(), 'Portal')

  assert.deepEqual(failed, [])
  const hosts = requested.filter((url) => !url.startsWith('data:')).map((url) => new URL(url).host)
  const sites = [start, assets, reports].map(({ external }) => new URL(external).host)
  assert.deepEqual(new Set(hosts), new Set(sites))
  for (const path of ['attribute.svg', 'body.svg']) {
    assert.ok(requested.includes(assets.external + path), path)
  }
})

test('a page with translated links validates against the application, and is another page when links lead elsewhere [F4] [F1]', async () => {
  const url = `${start.external}etag`
  const first = await client.request(url)
  const etag = String(first.headers.etag)
  assert.match(etag, /^W\/"v1;links-s\d+"$/)
  assert.equal(first.text, `<a href="${start.external}">`)
  assert.equal(Number(first.headers['content-length']), first.body.length)
  const head = await client.request(url, { method: 'HEAD' })
  assert.deepEqual(
    [head.headers.etag, head.headers['content-length'], head.headers['content-type']],
    [etag, undefined, 'text/html'],
  )
  const ask = () => client.request(url, { headers: { 'if-none-match': etag } })
  const same = await ask()
  assert.deepEqual([same.status, same.headers.etag], [304, etag])
  await world.graph.call('PATCH', `/applications/${reports.id}`, {
    onPremisesPublishing: { externalUrl: world.external('reports-moved') },
  })
  const changed = await ask()
  assert.equal(changed.status, 200)
  assert.notEqual(changed.headers.etag, etag)
})

test('a compressed page that comes in pieces is seen in pieces [F4] [F1]', async () => {
  const pieces = zlib.createGunzip()
  const response = await answerOf(`${start.external}stream`)
  let text = ''
  const { promise, resolve } = Promise.withResolvers<void>()
  pieces.on('data', (piece: Buffer) => {
    text += piece
    resolve()
  })
  response.pipe(pieces)
  await promise
  assert.equal(text, `<a href="${start.external}1">`)
  waiting()
  await new Promise((done) => pieces.once('end', done))
  assert.equal(text, `<a href="${start.external}1"><a href="${start.external}2">`)
})

test('a client that leaves a page on its way is noticed by the application [F1]', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  waiting = resolve
  const response = await answerOf(`${start.external}endless`)
  await new Promise((done) => response.once('data', done))
  response.destroy()
  await promise
})

for (const coding of ['identity', 'gzip']) {
  test(`a client that does not read holds the application back, with the body in ${coding} [F1] [F4]`, async () => {
    written = 0
    const response = await answerOf(`${start.external}much`, { 'accept-encoding': coding })
    // Time enough for an application that is not held back to send all of it.
    for (let i = 0; i < 300; i++) await client.request(`${start.external}own.svg`)
    assert.ok(written < bufferedMax, `${written} bytes`)
    let read = 0
    const { promise, resolve } = Promise.withResolvers<void>()
    response.on('data', (bytes: Buffer) => {
      read += bytes.length
      if (read > 28 * mebibyte) resolve()
    })
    await promise
    response.destroy()
  })
}

test('a page that breaks off in its coding breaks off for the client as well [F7]', async () => {
  await assert.rejects(client.request(`${start.external}broken`))
})

test('with the setting off not a byte is touched [F4]', async () => {
  await world.graph.call('PATCH', `/applications/${start.id}`, {
    onPremisesPublishing: { isTranslateLinksInBodyEnabled: false },
  })
  const hash = async (url: string) =>
    createHash('sha256')
      .update((await client.request(url)).body)
      .digest('hex')
  assert.equal(await hash(start.external), await hash(start.internal))
  const answered = await client.request(`${start.external}etag`)
  assert.equal(answered.headers.etag, '"v1"')
})
