import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Http2Connection } from '../../test/http2-client.ts'
import {
  errorCodes,
  FrameClient,
  flags,
  frame,
  frameTypes,
  literals,
  numberFrame,
} from './http2-fixture.ts'
import { type Http2Side, servername, shortLimits, startHttp2Side } from './http2-fixture-server.ts'
import { http2Limits } from './http2-limits.ts'

const { headers, data, ping, reset } = frameTypes
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

function connect(side: Http2Side): Promise<Http2Connection> {
  return Http2Connection.open(`https://${servername}:${side.port}`, side.tls.ca)
}

test('trailers of a request come with its end [F1]', async () => {
  const told: unknown[] = []
  await using side = await startHttp2Side((reply, body) => {
    body?.read({
      onData: (chunk) => told.push(String(chunk)),
      onEnd(trailers) {
        told.push(trailers)
        reply.whole(204, [], '')
      },
      onAbort: () => told.push('abort'),
    })
  })
  await using client = await FrameClient.open(side.port, side.tls)
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
  await using side = await startHttp2Side((reply) => {
    reply.inform(103, ['Link', '</a.css>; rel=preload', 'Link', '</b.css>; rel=preload'])
    reply.inform(104, ['Upload-Offset', '5'])
    reply.head(200, ['Content-Type', 'text/plain', 'Connection', 'X-A', 'Keep-Alive', 'timeout=5'])
    reply.write(Buffer.from('a'))
    reply.write(Buffer.from('b'))
    reply.end(['X-Checksum', 'abc', 'X-Checksum', 'def'])
  })
  await using client = await connect(side)
  const stream = client.start({ ':path': '/' })
  const told: unknown[] = []
  stream.on('headers', (fields) => told.push([fields[':status'], fields['link']]))
  stream.on('response', (fields) =>
    told.push([fields[':status'], fields['content-type'], fields['keep-alive']]),
  )
  stream.on('data', (chunk) => told.push(String(chunk)))
  stream.on('trailers', (fields) => told.push(fields['x-checksum']))
  await once(stream, 'end')
  assert.deepEqual(told, [
    [103, '</a.css>; rel=preload, </b.css>; rel=preload'],
    [104, undefined],
    [200, 'text/plain', undefined],
    'a',
    'b',
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
    await using side = await startHttp2Side((reply, _, path) => {
      const fields = status === 200 ? ['Content-Length', '5'] : ['ETag', '"a"']
      if (path === '/whole') return reply.whole(status, fields, 'hello')
      reply.head(status, fields)
      reply.write(Buffer.from('hello'))
      reply.end(['X-Trailer', 'a'])
    })
    await using client = await connect(side)
    for (const path of ['/whole', '/streamed']) {
      const answer = await client.ask({ ':method': method, ':path': path })
      assert.deepEqual([answer.status, answer.text], [status, ''])
      assert.equal(answer.headers['content-length'], status === 200 ? '5' : undefined)
    }
  })
}

test('an answer that does not wait for the body is whole, and tells the client to keep the rest [F1]', async () => {
  let aborted = 0
  await using side = await startHttp2Side((reply, body) => {
    body?.read({
      onData() {
        reply.whole(413, [], 'too much')
      },
      onEnd() {},
      onAbort: () => aborted++,
    })
  })
  await using client = await FrameClient.open(side.port, side.tls)
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
  await using side = await startHttp2Side((reply, body) => {
    body?.read({
      onData: () => begin(),
      onEnd: () => told.push('end'),
      onAbort: () => told.push('abort'),
    })
    reply.writer = {
      onClose() {
        told.push('close')
        finish()
      },
      onDrain() {},
    }
    reply.head(200, [])
  })
  await using client = await FrameClient.open(side.port, side.tls)
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
    (reply, body) => {
      reply.head(200, [])
      reply.writer = { onClose() {}, onDrain: () => body?.resume() }
      body?.read({
        onData(chunk) {
          if (!reply.write(chunk)) body.pause()
        },
        onEnd: () => reply.end([]),
        onAbort() {},
      })
    },
    { ...http2Limits, sweepIntervalMs: 20 },
  )
  await using client = await connect(side)
  const stream = client.begin({ ':method': 'POST', ':path': '/' })
  let received = 0
  stream.on('data', (chunk: Buffer) => {
    received += chunk.length
  })
  const piece = Buffer.alloc(1_000)
  for (let sent = 0; sent < size; sent += piece.length) {
    if (!stream.write(piece)) await once(stream, 'drain')
  }
  stream.end()
  await once(stream, 'end')
  assert.ok(received >= size, `${received} bytes came back`)
})

test('many small frames that wait for their answers are a flood all the same [F8]', async () => {
  await using side = await startHttp2Side(undefined, { ...shortLimits, idleTimeoutMs: 10_000 })
  await using client = await FrameClient.open(side.port, side.tls)
  const batch = Buffer.concat(Array.from({ length: 500 }, () => frame(ping, 0, 0, Buffer.alloc(8))))
  for (let sent = 500; client.open && sent < 100_000; sent += 500) {
    client.write(batch)
    const { length } = client.frames
    await client.until('an answer', () => client.frames.length >= Math.min(sent, length + 1))
    if (client.frames.at(-1)?.type === frameTypes.goaway) break
  }
  assert.equal(await client.goaway(), errorCodes.enhanceYourCalm)
})

test('an edge that ends lets requests finish, tells which it has not seen, then closes [F1]', async () => {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  await using side = await startHttp2Side(async (reply) => {
    await ended
    reply.whole(200, [], 'hello')
  })
  await using client = await FrameClient.open(side.port, side.tls)
  client.write(request(1))
  await side.arrivals(1)
  side.listener.drain()
  const { payload } = await client.until('GOAWAY', ({ type }) => type === frameTypes.goaway)
  assert.deepEqual([payload.readUInt32BE(0), payload.readUInt32BE(4)], [1, errorCodes.none])
  client.write(request(3))
  end()
  await client.until('the answer', ({ type, stream }) => type === data && stream === 1)
  await client.closed()
  assert.equal(side.heads.length, 1)
})
