import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { FrameClient, frame, literals, numberFrame } from './fixture-client.ts'
import { NodeClient } from './fixture-node.ts'
import { shortLimits, startHttp2Side } from './fixture-server.ts'
import { errorCodes, frameFlags, frameTypes } from './frame.ts'
import { http2Limits } from './limits.ts'
import { ConnectStream } from './stream.ts'

const { headers, data, ping, reset } = frameTypes
const servername = 'app.contoso.test'
const flags = frameFlags
const mebibyte = 1024 * 1024

const post: readonly (readonly [string, string])[] = [
  [':method', 'POST'],
  [':scheme', 'https'],
  [':authority', servername],
  [':path', '/'],
]

function request(stream: number): Buffer {
  return frame(headers, flags.endHeaders | flags.endStream, stream, literals(post))
}

test('trailers of a request come with its end [F1]', async () => {
  const told: unknown[] = []
  await using side = await startHttp2Side((stream) => {
    stream.read({
      onData: (chunk) => told.push(String(chunk)),
      onEnd(trailers) {
        told.push(trailers)
        stream.whole(204, [], '')
      },
      onAbort: () => told.push('abort'),
    })
  })
  await using client = await FrameClient.open(side.port)
  const end = flags.endHeaders | flags.endStream
  client.write(
    frame(headers, flags.endHeaders, 1, literals(post)),
    frame(data, 0, 1, Buffer.from('body')),
    frame(
      headers,
      end,
      1,
      literals([
        ['x-checksum', 'abc'],
        ['x-checksum', 'def'],
      ]),
    ),
  )
  await client.until('an answer', ({ type }) => type === headers)
  assert.deepEqual(told, ['body', ['x-checksum', 'abc', 'x-checksum', 'def']])
})

test('1xx, head, body and trailers of an answer come in their order [F1]', async () => {
  await using side = await startHttp2Side((stream) => {
    stream.inform(103, ['Link', '</a.css>; rel=preload', 'Link', '</b.css>; rel=preload'])
    stream.inform(104, ['Upload-Offset', '5'])
    stream.head(200, ['Content-Type', 'text/plain', 'Connection', 'X-A', 'Keep-Alive', 'timeout=5'])
    stream.write(Buffer.from('a'))
    stream.write(Buffer.from('b'))
    stream.end(['X-Checksum', 'abc', 'X-Checksum', 'def'])
  })
  await using client = await NodeClient.open(side.port)
  const exchange = client.begin({ ':path': '/' }, true)
  const told: unknown[] = []
  exchange.on('headers', (fields) => told.push([fields[':status'], fields['link']]))
  exchange.on('response', (fields) =>
    told.push([fields[':status'], fields['content-type'], fields['keep-alive']]),
  )
  exchange.on('data', (chunk) => told.push(String(chunk)))
  exchange.on('trailers', (fields) => told.push(fields['x-checksum']))
  await once(exchange, 'end')
  assert.deepEqual(told, [
    [103, '</a.css>; rel=preload, </b.css>; rel=preload'],
    [104, undefined],
    [200, 'text/plain', undefined],
    'ab',
    'abc, def',
  ])
})

const bodiless = [
  ['HEAD', 200],
  ['GET', 204],
  ['GET', 304],
] as const
for (const [method, status] of bodiless) {
  test(`an answer ${status} to ${method} ends with its head, whatever the application writes [F1]`, async () => {
    await using side = await startHttp2Side((stream, path) => {
      const fields = status === 200 ? ['Content-Length', '5'] : ['ETag', '"a"']
      if (path === '/whole') return stream.whole(status, fields, 'hello')
      stream.head(status, fields)
      stream.write(Buffer.from('hello'))
      stream.end(['X-Trailer', 'a'])
    })
    await using client = await NodeClient.open(side.port)
    for (const path of ['/whole', '/streamed']) {
      const answer = await client.ask({ ':method': method, ':path': path })
      assert.deepEqual([answer.status, String(answer.body)], [status, ''])
      assert.equal(answer.headers['content-length'], status === 200 ? '5' : undefined)
    }
  })
}

test('an answer that does not wait for the body is whole, and tells the client to keep the rest [F1]', async () => {
  let aborted = 0
  await using side = await startHttp2Side((stream) => {
    stream.read({
      onData() {
        stream.whole(413, [], 'too much')
      },
      onEnd() {},
      onAbort: () => aborted++,
    })
  })
  await using client = await FrameClient.open(side.port)
  client.write(
    frame(headers, flags.endHeaders, 1, literals(post)),
    frame(data, 0, 1, Buffer.alloc(1_000)),
  )
  assert.equal(await client.reset(1), errorCodes.none)
  const order = client.frames.filter(({ stream }) => stream === 1).map(({ type }) => type)
  assert.deepEqual(order, [headers, data, reset])
  client.write(frame(data, 0, 1, Buffer.alloc(1_000)), frame(data, flags.endStream, 1))
  client.write(request(3))
  await side.arrivals(2)
  assert.equal(aborted, 0)
  assert.ok(client.open)
})

test('a client that leaves in the middle is noticed at once, in both directions [F1]', async () => {
  const told: string[] = []
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  const { promise: over, resolve: finish } = Promise.withResolvers<void>()
  await using side = await startHttp2Side((stream) => {
    stream.read({
      onData: () => begin(),
      onEnd: () => told.push('end'),
      onAbort: () => told.push('abort'),
    })
    stream.writer = {
      onClose() {
        told.push('close')
        finish()
      },
      onDrain() {},
    }
    stream.head(200, [])
  })
  await using client = await FrameClient.open(side.port)
  client.write(
    frame(headers, flags.endHeaders, 1, literals(post)),
    frame(data, 0, 1, Buffer.from('a')),
  )
  await begun
  client.write(numberFrame(reset, 1, errorCodes.cancel))
  await over
  assert.deepEqual(told, ['abort', 'close'])
})

test('32 MiB in small frames up, and down again, is an honest exchange [F1]', async () => {
  const size = 32 * mebibyte
  await using side = await startHttp2Side(
    (stream) => {
      stream.head(200, [])
      stream.writer = { onClose() {}, onDrain: () => stream.resume() }
      stream.read({
        onData(chunk) {
          if (!stream.write(chunk)) stream.pause()
        },
        onEnd: () => stream.end([]),
        onAbort() {},
      })
    },
    { ...http2Limits, sweepIntervalMs: 20 },
  )
  await using client = await NodeClient.open(side.port)
  const exchange = client.begin({ ':method': 'POST', ':path': '/' })
  let received = 0
  exchange.on('data', (chunk: Buffer) => {
    received += chunk.length
  })
  const piece = Buffer.alloc(1_000)
  for (let sent = 0; sent < size; sent += piece.length) {
    if (!exchange.write(piece)) await once(exchange, 'drain')
  }
  exchange.end()
  await once(exchange, 'end')
  assert.ok(received >= size, `${received} bytes came back`)
})

test('many small frames that wait for their answers are a flood all the same [F8]', async () => {
  await using side = await startHttp2Side(undefined, { ...shortLimits, idleTimeoutMs: 10_000 })
  await using client = await FrameClient.open(side.port)
  const batch = Buffer.concat(Array.from({ length: 500 }, () => frame(ping, 0, 0, Buffer.alloc(8))))
  for (let sent = 500; client.open && sent < 100_000; sent += 500) {
    client.write(batch)
    const { length } = client.frames
    await client.until('an answer', () => client.frames.length >= Math.min(sent, length + 1))
    if (client.frames.at(-1)?.type === frameTypes.goaway) break
  }
  assert.equal(await client.goaway(), errorCodes.enhanceYourCalm)
})

test('who ends lets requests finish, takes those that are on their way, tells which it took, then closes [F1]', async () => {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  await using side = await startHttp2Side(async (stream) => {
    await ended
    stream.whole(200, [], 'hello')
  })
  await using client = await FrameClient.open(side.port)
  client.write(request(1))
  await side.arrivals(1)
  side.drain()
  const first = await client.until('GOAWAY', ({ type }) => type === frameTypes.goaway)
  assert.deepEqual([first.payload.readUInt32BE(0), first.payload.readUInt32BE(4)], [2 ** 31 - 1, 0])
  client.write(request(3))
  const asked = await client.until('PING', ({ type }) => type === ping)
  client.write(frame(ping, flags.ack, 0, asked.payload))
  const last = await client.until(
    'GOAWAY',
    (each) => each.type === frameTypes.goaway && each !== first,
  )
  assert.deepEqual([last.payload.readUInt32BE(0), last.payload.readUInt32BE(4)], [3, 0])
  client.write(request(5))
  end()
  await client.until('the answer', ({ type, stream }) => type === data && stream === 3)
  await client.closed()
  assert.equal(client.frames.filter(({ type }) => type === data).length, 2)
  assert.equal(side.streams.length, 2)
})

test('who does not answer the question whether it has understood is not waited for [F1]', async () => {
  await using side = await startHttp2Side()
  await using client = await FrameClient.open(side.port)
  side.drain()
  await client.closed()
})

test('heads of 60 kB pass in both directions, in as many frames as it takes [F1]', async () => {
  const long = 'x'.repeat(60_000)
  await using side = await startHttp2Side((stream) => {
    const { headers: fields } = stream.request
    stream.whole(200, ['X-Echo', String(fields[fields.indexOf('x-long') + 1])], 'hello')
  })
  await using client = await NodeClient.open(side.port)
  const answer = await client.ask({ ':path': '/', 'x-long': long })
  assert.deepEqual([answer.status, String(answer.body)], [200, 'hello'])
  assert.equal(answer.headers['x-echo'], long)
})

test('bodies pass as they are, however small the windows and the tables of the client are [F1]', async () => {
  await using side = await startHttp2Side((stream) => {
    stream.head(200, ['Content-Type', 'text/plain', 'Server', 'a', 'X-Path', stream.request.path])
    stream.writer = { onClose() {}, onDrain: () => stream.resume() }
    stream.read({
      onData(chunk) {
        if (!stream.write(chunk)) stream.pause()
      },
      onEnd: () => stream.end([]),
      onAbort() {},
    })
  })
  for (const settings of [
    {},
    { initialWindowSize: 1_000, headerTableSize: 0 },
    { initialWindowSize: 100_000, headerTableSize: 64 },
  ]) {
    await using client = await NodeClient.open(side.port, { settings })
    const sizes = [0, 1, 9, 1_000, 16_384, 16_385, 300_000]
    const answers = await Promise.all(
      sizes.map((size) =>
        client.ask({ ':method': 'POST', ':path': `/${size}` }, Buffer.alloc(size, String(size))),
      ),
    )
    for (const [index, { status, headers: fields, body }] of answers.entries()) {
      const size = sizes[index] as number
      assert.deepEqual([status, fields['x-path']], [200, `/${size}`])
      assert.ok(body.equals(Buffer.alloc(size, String(size))), `${size} bytes`)
    }
  }
})

test('a table that shrinks and grows again between requests keeps both ends of one mind [F1]', async () => {
  await using side = await startHttp2Side((stream) =>
    stream.whole(200, ['Server', stream.request.path, 'Vary', 'Origin'], 'hello'),
  )
  await using client = await NodeClient.open(side.port)
  for (const headerTableSize of [0, 4096, 100, 50, 4096]) {
    await new Promise<void>((resolve) =>
      client.session.settings({ headerTableSize }, () => resolve()),
    )
    for (const path of ['/a', '/b', '/a', '/a']) {
      const { headers: fields } = await client.ask({ ':path': path })
      assert.deepEqual([fields['server'], fields['vary']], [path, 'Origin'])
    }
  }
})

test('a WebSocket is a stream both ways; each side ends its own half [F1]', async () => {
  const told: string[] = []
  await using side = await startHttp2Side((stream) => {
    assert.ok(stream instanceof ConnectStream)
    stream.accept(['Sec-WebSocket-Protocol', 'chat', 'Sec-WebSocket-Accept', 'x']).read({
      onData: (chunk) => stream.write(chunk),
      onEnd() {
        told.push('end')
        stream.end([])
      },
      onAbort: () => told.push('abort'),
    })
  })
  await using client = await NodeClient.open(side.port)
  const connect = { ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/chat' }
  const exchange = client.begin(connect)
  const [fields] = await once(exchange, 'response')
  assert.deepEqual([fields[':status'], fields['sec-websocket-accept']], [200, undefined])
  exchange.write('hello')
  assert.equal(String((await once(exchange, 'data'))[0]), 'hello')
  exchange.end()
  await once(exchange, 'end')
  assert.deepEqual(told, ['end'])
  const quiet = client.begin(connect)
  await once(quiet, 'close')
  assert.deepEqual([quiet.rstCode, told], [errorCodes.cancel, ['end', 'abort']])
})

test('a client that waits for 100 gets it once its body is wanted [F1]', async () => {
  await using side = await startHttp2Side((stream) =>
    stream.read({ onData() {}, onEnd: () => stream.whole(200, [], ''), onAbort() {} }),
  )
  await using client = await NodeClient.open(side.port)
  const exchange = client.begin({ ':method': 'POST', ':path': '/', expect: '100-continue' })
  await once(exchange, 'continue')
  exchange.end('body')
  const [fields] = await once(exchange, 'response')
  assert.equal(fields[':status'], 200)
})

test('one that reads nothing of its answer stalls nobody else on the connection [F1]', async () => {
  await using side = await startHttp2Side((stream, path) => {
    if (path !== '/big') return stream.whole(200, [], 'hello')
    stream.head(200, [])
    stream.write(Buffer.alloc(60_000))
    stream.end([])
  })
  await using client = await FrameClient.open(side.port, [4, 10_000])
  const big = post.with(3, [':path', '/big'])
  client.write(frame(headers, flags.endHeaders | flags.endStream, 1, literals(big)), request(3))
  await client.until('the small answer', ({ type, stream }) => type === data && stream === 3)
  const sent = client.frames.filter(({ type, stream }) => type === data && stream === 1)
  assert.equal(
    sent.reduce((sum, { payload }) => sum + payload.length, 0),
    10_000,
  )
  for (let i = 0; i < 5; i++) client.write(numberFrame(frameTypes.windowUpdate, 1, 10_000))
  await client.until('the end', (each) => each.stream === 1 && (each.flags & flags.endStream) > 0)
})
