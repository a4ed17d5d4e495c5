import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  FrameClient,
  frame,
  integer,
  literals,
  numberFrame,
  settingsFrame,
} from './fixture-client.ts'
import { alivePath, type Http2Side, startHttp2Side } from './fixture-server.ts'
import { errorCodes, frameFlags, frameTypes } from './frame.ts'

const { headers, data, continuation, reset, ping, priority, windowUpdate } = frameTypes
const servername = 'app.contoso.test'
const flags = frameFlags

const get: readonly (readonly [string, string])[] = [
  [':method', 'GET'],
  [':scheme', 'https'],
  [':authority', servername],
  [':path', '/'],
]
const post: typeof get = [[':method', 'POST'], ...get.slice(1)]

function request(stream: number, fields = get): Buffer {
  return frame(headers, flags.endHeaders | flags.endStream, stream, literals(fields))
}

function openRequest(stream: number, fields = post): Buffer {
  return frame(headers, flags.endHeaders, stream, literals(fields))
}

function times(count: number, make: (index: number) => Buffer): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, index) => make(index)))
}

const streamOf = (index: number): number => 2 * index + 1

function connect(side: Http2Side, ...settings: readonly (readonly [number, number])[]) {
  return FrameClient.open(side.port, ...settings)
}

/** A new client is served at once. */
async function assertServes(side: Http2Side): Promise<void> {
  await using client = await connect(side)
  client.write(request(1, [...get.slice(0, 3), [':path', alivePath]]))
  await client.until('an answer', ({ type, stream }) => type === data && stream === 1)
}

const floods: readonly (readonly [string, (client: FrameClient) => void])[] = [
  ['PING', (client) => client.write(times(100_000, () => frame(ping, 0, 0, Buffer.alloc(8))))],
  ['SETTINGS', (client) => client.write(times(100_000, () => settingsFrame()))],
  [
    'changes of the table size',
    (client) => client.write(times(50_000, (i) => settingsFrame([1, i % 2 === 0 ? 0 : 4096]))),
  ],
  [
    'PRIORITY',
    (client) =>
      client.write(
        times(100_000, (i) => frame(priority, 0, streamOf(i % 50), Buffer.of(0, 0, 0, 0, 9))),
      ),
  ],
  ['frames nobody knows', (client) => client.write(times(100_000, () => frame(0xfa, 0, 0)))],
  [
    'window updates',
    (client) => client.write(times(100_000, () => numberFrame(windowUpdate, 0, 1))),
  ],
  [
    'empty DATA',
    (client) =>
      client.write(
        openRequest(1),
        times(100_000, () => frame(data, 0, 1)),
      ),
  ],
  [
    'DATA of one byte',
    (client) =>
      client.write(
        openRequest(1),
        times(100_000, () => frame(data, 0, 1, Buffer.of(1))),
      ),
  ],
  [
    'padding',
    (client) =>
      client.write(
        openRequest(1),
        times(100_000, () => frame(data, flags.padded, 1, Buffer.of(1, 0))),
      ),
  ],
]
for (const [what, attack] of floods) {
  test(`a flood of ${what} ends the connection, and nobody else's [F8]`, async () => {
    await using side = await startHttp2Side((stream) => {
      if (stream.body) stream.read({ onData() {}, onEnd() {}, onAbort() {} })
      else stream.whole(200, [], 'hello')
    })
    await using client = await connect(side)
    attack(client)
    await client.closed()
    assert.ok(client.refused, client.summary)
    await assertServes(side)
  })
}

const resets: readonly (readonly [string, (stream: number) => Buffer])[] = [
  ['by the client', (n) => Buffer.concat([request(n), numberFrame(reset, n, errorCodes.cancel)])],
  [
    'by the client without an error',
    (n) => Buffer.concat([openRequest(n), numberFrame(reset, n, errorCodes.none)]),
  ],
  [
    'by us over a WINDOW_UPDATE of nothing',
    (n) => Buffer.concat([request(n), numberFrame(windowUpdate, n, 0)]),
  ],
  [
    'by us over a window that is too large',
    (n) => Buffer.concat([request(n), numberFrame(windowUpdate, n, 2 ** 31 - 1)]),
  ],
  [
    'by us over DATA after the end',
    (n) => Buffer.concat([request(n), frame(data, 0, n, Buffer.of(1))]),
  ],
  [
    'by us over a body that is longer than promised',
    (n) =>
      Buffer.concat([
        openRequest(n, [...post, ['content-length', '1']]),
        frame(data, flags.endStream, n, Buffer.of(1, 2)),
      ]),
  ],
  ['by us over a head that is malformed', (n) => request(n, [...get, ['Upper', 'case']])],
]
for (const [what, attack] of resets) {
  test(`streams that are reset ${what} are counted, and too many end the connection [F8]`, async () => {
    await using side = await startHttp2Side(() => {})
    await using client = await connect(side)
    client.write(times(2_000, (i) => attack(streamOf(i))))
    await client.closed()
    assert.ok(client.refused, client.summary)
    assert.ok(side.streams.length <= 200, `${side.streams.length} requests came through`)
    await assertServes(side)
  })
}

test('a few streams that are reset are nothing [F1]', async () => {
  await using side = await startHttp2Side()
  await using client = await connect(side)
  client.write(times(50, (i) => openRequest(streamOf(i))))
  client.write(times(50, (i) => numberFrame(reset, streamOf(i), errorCodes.cancel)))
  client.write(request(streamOf(50)))
  await client.until('an answer', ({ type, stream }) => type === data && stream === streamOf(50))
})

test('more requests at once than announced are refused, and never reach the pipeline [F8]', async () => {
  await using side = await startHttp2Side(() => {})
  await using client = await connect(side)
  await client.until('SETTINGS', ({ type }) => type === frameTypes.settings)
  client.write(
    frame(frameTypes.settings, flags.ack, 0),
    times(1_000, (i) => request(streamOf(i))),
  )
  await client.closed()
  assert.ok(side.streams.length <= 100)
  await assertServes(side)
})

const endless: readonly (readonly [string, Buffer])[] = [
  ['a head that is not continued', frame(headers, 0, 1, literals(get))],
  ['half a frame', frame(headers, flags.endHeaders, 1, literals(get)).subarray(0, 20)],
]
for (const [what, bytes] of endless) {
  test(`${what} is not waited for [F8]`, async () => {
    await using side = await startHttp2Side()
    await using client = await connect(side)
    client.write(bytes)
    await client.closed()
    assert.equal(side.streams.length, 0)
  })
}

test('a head that comes in dribbles has as long as one that does not come at all [F8]', async () => {
  await using side = await startHttp2Side()
  await using client = await connect(side)
  client.write(frame(headers, 0, 1, literals(get)))
  const block = literals([['x', 'y'.repeat(100)]])
  const rest = Buffer.concat([frame(continuation, 0, 1, block), frame(continuation, 0, 1, block)])
  let at = 0
  const dribble = setInterval(() => client.write(rest.subarray(at, ++at)), 10)
  try {
    await client.closed()
  } finally {
    clearInterval(dribble)
  }
  assert.ok(at < rest.length, 'it was waited for')
})

test('CONTINUATION without an end is cut off early [F8]', async () => {
  await using side = await startHttp2Side()
  await using client = await connect(side)
  const block = literals([['x', 'y'.repeat(1_000)]])
  client.write(
    frame(headers, 0, 1, literals(get)),
    times(10_000, () => frame(continuation, 0, 1, block)),
  )
  await client.closed()
  assert.equal(side.streams.length, 0)
  await assertServes(side)
})

test('nothing but a preface, and not even that: both are closed [F8]', async () => {
  await using side = await startHttp2Side()
  await using silent = await FrameClient.dial(side.port)
  await silent.closed()
  await using idle = await connect(side)
  assert.equal(await idle.goaway(), errorCodes.none)
  await idle.closed()
})

// One entry of 4 KiB in the dynamic table, and then one byte each time (RFC 7541 §6.1).
function bomb(stream: number, name: string): Buffer {
  const value = 'v'.repeat(4_000)
  const entry = Buffer.concat([
    Buffer.of(0x40),
    integer(name.length, 7, 0),
    Buffer.from(name, 'latin1'),
    integer(value.length, 7, 0),
    Buffer.from(value, 'latin1'),
  ])
  const references = Buffer.alloc(12_000, 0x80 | 62)
  return frame(
    headers,
    flags.endHeaders | flags.endStream,
    stream,
    Buffer.concat([literals(get), entry, references]),
  )
}

for (const name of ['x-bomb', 'cookie']) {
  test(`a head of 48 MB in 16 KiB, made of ${name}, is not read [F8]`, async () => {
    await using side = await startHttp2Side()
    await using client = await connect(side)
    const before = process.memoryUsage()
    for (let i = 0; i < 100; i++) client.write(bomb(streamOf(i), name))
    assert.equal(await client.reset(1), errorCodes.enhanceYourCalm)
    await client.closed()
    const after = process.memoryUsage()
    assert.ok(after.rss - before.rss < 32 * 1024 * 1024, `${after.rss - before.rss} bytes`)
    assert.equal(side.streams.length, 0)
    await assertServes(side)
  })
}

test('rubbish where HPACK should be, and a reset behind it, end one connection [F8]', async () => {
  await using side = await startHttp2Side()
  for (let i = 0; i < 20; i++) {
    await using client = await connect(side)
    client.write(frame(headers, flags.endHeaders, 1, Buffer.of(0xff, 0xff, 0xff, 0xff, 0xff)))
    if (i % 2 === 0) client.socket.destroy()
    else assert.equal(await client.goaway(), errorCodes.compression)
  }
  await assertServes(side)
})

test('a window past 2^31-1 ends the connection [F8]', async () => {
  await using side = await startHttp2Side()
  await using client = await connect(side)
  client.write(numberFrame(windowUpdate, 0, 2 ** 31 - 1))
  assert.equal(await client.goaway(), errorCodes.flowControl)
})

test('an answer that a window of nothing holds back is given up, the connection is not [F8]', async () => {
  let closed = 0
  await using side = await startHttp2Side((stream, path) => {
    stream.writer = { onClose: () => closed++, onDrain() {} }
    if (path === '/whole') return stream.whole(200, [], Buffer.alloc(10_000))
    stream.head(200, [])
    stream.write(Buffer.alloc(100_000))
  })
  await using client = await connect(side, [4, 0])
  client.write(request(1), request(3, [...get.slice(0, 3), [':path', '/whole']]))
  assert.equal(await client.reset(1), errorCodes.cancel)
  assert.equal(await client.reset(3), errorCodes.cancel)
  assert.equal(closed, 1)
  assert.ok(client.open)
})

test('a client that reads nothing at all is cut off [F8]', async () => {
  await using side = await startHttp2Side((stream) => {
    stream.head(200, [])
    for (let i = 0; i < 64; i++) stream.write(Buffer.alloc(1024 * 1024))
  })
  await using client = await connect(side, [4, 2 ** 31 - 1])
  client.socket.pause()
  client.write(numberFrame(windowUpdate, 0, 2 ** 30), request(1))
  await side.emptied()
})

test('a slow client that reads is waited for [F1]', async () => {
  await using side = await startHttp2Side((stream) => {
    stream.head(200, [])
    stream.write(Buffer.alloc(16 * 1024))
    stream.write(Buffer.alloc(16 * 1024))
    stream.end([])
  })
  await using client = await connect(side, [4, 0])
  client.write(request(1))
  await client.until('a head', ({ type }) => type === headers)
  for (let i = 0; i < 20; i++) {
    client.write(numberFrame(windowUpdate, 1, 16 * 1024))
    await client.until('DATA', ({ type }) => type === data)
  }
  await client.until('the end', (each) => each.type === data && (each.flags & flags.endStream) > 0)
})

test('a body that is promised and does not come gets 408, and is no body at all [F8]', async () => {
  const told: string[] = []
  await using side = await startHttp2Side((stream) => {
    stream.read({
      onData: (chunk) => told.push(`${chunk.length}`),
      onEnd: () => told.push('end'),
      onAbort: () => told.push('abort'),
    })
  })
  await using client = await connect(side)
  client.write(openRequest(1), frame(data, 0, 1, Buffer.alloc(10)))
  assert.equal(await client.reset(1), errorCodes.none)
  assert.deepEqual(told, ['10', 'abort'])
})

const malformed: readonly (readonly [string, typeof get])[] = [
  ['CR LF in :path', [...get.slice(0, 3), [':path', '/\r\nx: y']]],
  ['CR LF in a value', [...get, ['x', 'a\r\nb']]],
  ['NUL in a value', [...get, ['x', 'a\0b']]],
  ['a name with a space', [...get, ['a b', 'c']]],
  ['an empty name', [...get, ['', 'c']]],
  ['white space around a value', [...get, ['x', ' a']]],
  ['a name in capitals', [...get, ['X-Upper', 'a']]],
  ['transfer-encoding', [...get, ['transfer-encoding', 'chunked']]],
  ['connection', [...get, ['connection', 'keep-alive']]],
  ['keep-alive', [...get, ['keep-alive', '1']]],
  ['upgrade', [...get, ['upgrade', 'websocket']]],
  ['te other than trailers', [...get, ['te', 'gzip']]],
  ['a second :path', [...get, [':path', '/b']]],
  ['a pseudo-field behind others', [...get.slice(0, 3), ['x', 'y'], [':path', '/']]],
  ['an unknown pseudo-field', [[':unknown', 'x'], ...get]],
  [':status in a request', [[':status', '200'], ...get]],
  [':protocol without CONNECT', [[':protocol', 'websocket'], ...get]],
  ['a method with a space', [[':method', 'GET /'], ...get.slice(1)]],
  ['an empty :path', [...get.slice(0, 3), [':path', '']]],
  [':path without a slash', [...get.slice(0, 3), [':path', 'x']]],
  ['no :path', get.slice(0, 3)],
  ['no :method', get.slice(1)],
  ['no :scheme', [get[0] as [string, string], ...get.slice(2)]],
  ['two content-lengths', [...post, ['content-length', '1'], ['content-length', '2']]],
  ['a content-length that is none', [...post, ['content-length', '+1']]],
]
for (const [what, fields] of malformed) {
  test(`${what} is an error of its stream alone, and no request [F8]`, async () => {
    await using side = await startHttp2Side()
    await using client = await connect(side)
    client.write(request(1, fields), request(3))
    assert.equal(await client.reset(1), errorCodes.protocol)
    await client.until('an answer', ({ type, stream }) => type === data && stream === 3)
    assert.equal(side.streams.length, 1)
  })
}
