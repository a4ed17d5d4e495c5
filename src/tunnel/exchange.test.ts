import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import type {
  AnsweringStream,
  RequestHandler,
  ResetCode,
  Serve,
  TunnelRequest,
} from './exchange.ts'
import { defaultLimits, inlineBodyBytesMax } from './limits.ts'
import {
  answerAtOnce,
  ask,
  echo,
  getRequest,
  neverAnswer,
  nothing,
  Recorder,
  StreamFailed,
} from './test-exchange.ts'
import { startOverTls, transports } from './test-tunnel.ts'

const post: TunnelRequest = { ...getRequest, method: 'POST' }

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** A server that hands its streams to the test. */
function handOver() {
  const served: { stream: AnsweringStream; calls: string[]; errors: ResetCode[] }[] = []
  const waiting: ((one: (typeof served)[number]) => void)[] = []
  return {
    serve(
      _request: TunnelRequest,
      _body: Buffer,
      _end: boolean,
      stream: AnsweringStream,
    ): RequestHandler {
      const one = { stream, calls: [] as string[], errors: [] as ResetCode[] }
      served.push(one)
      waiting.shift()?.(one)
      return {
        onData: () => one.calls.push('data'),
        onEnd: () => one.calls.push('end'),
        onError: (code) => one.errors.push(code),
      }
    },
    next: () => new Promise<(typeof served)[number]>((resolve) => waiting.push(resolve)),
  }
}

for (const [name, start] of Object.entries(transports)) {
  test(`over ${name}: a request and its answer [F1]`, async () => {
    await using tunnel = await start({ serve: answerAtOnce })
    const { status, headers, body } = await ask(tunnel.link)
    assert.equal(status, 200)
    assert.deepEqual(headers, ['content-type', 'text/plain'])
    assert.equal(body.toString(), 'GET http://10.0.0.5:8080/people?page=1')
    assert.equal(tunnel.link.outstanding, 0)
  })

  test(`over ${name}: hints come with their request and with no other`, async () => {
    const seen: (readonly [boolean | undefined, string | undefined])[] = []
    await using tunnel = await start({
      serve(request, body, end, stream) {
        seen.push([request.http2, request.boundTo])
        return answerAtOnce(request, body, end, stream)
      },
    })
    await ask(tunnel.link, { ...getRequest, http2: true, boundTo: 'a/1' })
    await ask(tunnel.link, getRequest)
    assert.deepEqual(seen, [
      [true, 'a/1'],
      [undefined, undefined],
    ])
  })

  test(`over ${name}: 16 MiB there and back arrive unchanged, in bounded memory [F1]`, async () => {
    await using tunnel = await start({ serve: echo })
    const sent = randomBytes(16 * 2 ** 20)
    const recorder = new Recorder()
    const stream = tunnel.link.open(post, nothing, false, recorder)
    recorder.stream = stream
    let waits = 0
    for (let at = 0; at < sent.length; at += 50_000) {
      if (stream.write(sent.subarray(at, at + 50_000))) continue
      waits++
      await new Promise<void>((resolve) => {
        stream.onDrain = resolve
      })
    }
    stream.end(['x-checksum', 'abc'])
    const { body, trailers } = await recorder.answered
    assert.equal(sha256(body), sha256(sent))
    assert.deepEqual(trailers, ['x-checksum', 'abc'])
    assert.ok(waits > 10, 'the writer was never told to wait')
  })

  test(`over ${name}: bodies of every size around the limits arrive whole`, async () => {
    await using tunnel = await start({ serve: echo })
    const sizes = [0, 1, 4096, 4097, inlineBodyBytesMax, inlineBodyBytesMax + 1, 65_536, 300_000]
    const answers = await Promise.all(
      sizes.map((size) => ask(tunnel.link, post, Buffer.alloc(size, 'x'))),
    )
    assert.deepEqual(
      answers.map(({ body }) => body.length),
      sizes,
    )
  })

  test(`over ${name}: informational answers come before the answer, upgrades go both ways [F1]`, async () => {
    await using tunnel = await start({
      serve(_request, _body, _end, stream) {
        stream.inform(103, ['link', '</a.css>; rel=preload'])
        stream.answer(101, ['upgrade', 'websocket'], nothing, false)
        return {
          onData(chunk) {
            stream.write(chunk)
            stream.grant(chunk.length)
            stream.end()
          },
          onEnd() {},
          onError() {},
        }
      },
    })
    const recorder = new Recorder()
    const stream = tunnel.link.open(
      { ...getRequest, upgrade: 'websocket' },
      nothing,
      false,
      recorder,
    )
    stream.write(Buffer.from('ping'))
    const { status, body, information } = await recorder.answered
    assert.deepEqual([status, body.toString(), information], [101, 'ping', [103]])
    assert.deepEqual(recorder.calls, ['information', 'answer', 'data', 'end'])
  })

  test(`over ${name}: a stream whose reader stops does not hold up the others [K3]`, async () => {
    const megabyte = Buffer.alloc(2 ** 20, 'x')
    await using tunnel = await start({
      serve(request, _body, _end, stream) {
        stream.answer(200, [], megabyte, request.target !== '/stuck')
        // Far more than any credit.
        for (let i = 0; i < 12 && request.target === '/stuck'; i++) stream.write(megabyte)
        return { onData() {}, onEnd() {}, onError() {} }
      },
    })
    const stuck = Array.from({ length: 20 }, () => {
      const recorder = new Recorder()
      tunnel.link.open({ ...getRequest, target: '/stuck' }, nothing, true, recorder)
      return recorder
    })
    for (let i = 0; i < 20; i++) {
      const { body } = await ask(tunnel.link)
      assert.equal(body.length, megabyte.length)
    }
    assert.ok(stuck.every(({ ends }) => ends === 0))
  })

  test(`over ${name}: the edge gives up, the connector is told once`, async () => {
    const { serve, next } = handOver()
    await using tunnel = await start({ serve })
    const arrived = next()
    const recorder = new Recorder()
    const stream = tunnel.link.open(getRequest, nothing, true, recorder)
    const { stream: answering, errors } = await arrived
    stream.reset('cancelled')
    stream.reset('cancelled')
    // A later stream that is answered: by then the reset has arrived.
    const later = next()
    const last = new Recorder()
    tunnel.link.open(getRequest, nothing, true, last)
    ;(await later).stream.answer(204, [], nothing, true)
    await last.answered
    assert.equal(answering.write(Buffer.from('late')), true)
    assert.deepEqual(errors, ['cancelled'])
    assert.deepEqual(recorder.errors, [])
  })

  test(`over ${name}: why the connector gave up reaches the edge with its detail [F7]`, async () => {
    await using tunnel = await start({
      serve(_request, _body, _end, stream) {
        stream.reset('backend-refused', 'connect ECONNREFUSED 10.0.0.5:8080')
        return { onData() {}, onEnd() {}, onError() {} }
      },
    })
    await assert.rejects(ask(tunnel.link), (error: unknown) => {
      assert.ok(error instanceof StreamFailed)
      assert.equal(error.code, 'backend-refused')
      assert.match(error.message, /ECONNREFUSED/)
      return true
    })
  })

  test(`over ${name}: the link is cut, every stream is told exactly once`, async () => {
    const { serve, next } = handOver()
    await using tunnel = await start({ serve })
    const arrived = next()
    const recorders = Array.from({ length: 5 }, () => {
      const recorder = new Recorder()
      tunnel.link.open(getRequest, nothing, false, recorder)
      return recorder
    })
    const { errors } = await arrived
    tunnel.cut()
    await Promise.allSettled(recorders.map(({ answered }) => answered))
    await tunnel.connector.closed
    assert.deepEqual(
      recorders.map((recorder) => recorder.errors),
      Array.from({ length: 5 }, () => ['link-lost']),
    )
    assert.deepEqual(errors, ['link-lost'])
    assert.equal(tunnel.hub.choose('group-1'), undefined)
    await assert.rejects(ask(tunnel.link), { code: 'draining' })
  })
}

test('an answer that ends before the request has ends the exchange: what is written then is dropped', async () => {
  const { serve, next } = handOver()
  await using tunnel = await transports.TLS({ serve })
  const arrived = next()
  const recorder = new Recorder()
  const stream = tunnel.link.open(post, nothing, false, recorder)
  const { stream: answering, calls } = await arrived
  const megabyte = Buffer.alloc(2 ** 20)
  assert.equal(stream.write(megabyte), false)
  const drained = new Promise<void>((resolve) => {
    stream.onDrain = resolve
  })
  answering.answer(413, [], nothing, true)
  await recorder.answered
  await drained
  assert.equal(stream.write(megabyte), true)
  stream.end()
  tunnel.cut()
  await tunnel.connector.closed
  assert.deepEqual(recorder.calls, ['answer'])
  assert.ok(!calls.includes('end'))
})

test('one stream too many is refused by the edge, and by the connector if the edge does not mind', async () => {
  await using tunnel = await transports.TLS({
    serve: neverAnswer,
    connectorLimits: { streamsPerLink: 3 },
  })
  for (let i = 0; i < 3; i++) tunnel.link.open(getRequest, nothing, true, new Recorder())
  await assert.rejects(ask(tunnel.link), { code: 'overloaded' })
  assert.equal(tunnel.hub.choose('group-1'), undefined)
})

test('a handler that throws costs its own stream only', async () => {
  await using tunnel = await transports.TLS({
    serve(request, body, end, stream) {
      if (request.target === '/bug') throw new Error('a bug')
      return answerAtOnce(request, body, end, stream)
    },
  })
  await assert.rejects(ask(tunnel.link, { ...getRequest, target: '/bug' }), { code: 'internal' })
  const recorder = new Recorder()
  recorder.onAnswer = () => {
    throw new Error('another bug')
  }
  tunnel.link.open(getRequest, nothing, true, recorder)
  assert.equal((await ask(tunnel.link)).status, 200)
})

test('a request head that cannot be sent fails, after open() returned', async () => {
  await using tunnel = await transports.TLS({ serve: answerAtOnce })
  const huge = { ...getRequest, headers: ['a', 'x'.repeat(100_000)] }
  await assert.rejects(ask(tunnel.link, huge), { code: 'protocol-error' })
  await assert.rejects(ask(tunnel.link, { ...getRequest, method: 'no token' }), {
    code: 'protocol-error',
  })
  assert.equal((await ask(tunnel.link)).status, 200)
})

test('a writer that does not listen is given up before it fills the memory', async () => {
  await using tunnel = await transports.TLS({
    serve: neverAnswer,
    edgeLimits: { queueBytesMax: 1_000_000 },
  })
  const recorder = new Recorder()
  const stream = tunnel.link.open(post, nothing, false, recorder)
  for (let i = 0; i < 20; i++) stream.write(Buffer.alloc(100_000))
  await assert.rejects(recorder.answered, { code: 'flow-control' })
  assert.equal(tunnel.link.outstanding, 0)
})

test('a small exchange is one frame and one write each way', async () => {
  await using tunnel = await transports['a plain duplex']({ serve: answerAtOnce })
  const { writer } = tunnel.connector
  let frames = 0
  const head = writer.head.bind(writer)
  writer.head = (...args) => {
    frames++
    head(...args)
  }
  writer.frame = () => assert.fail('a second frame')
  writer.number = () => assert.fail('a credit frame')
  writer.end = () => assert.fail('an end frame')
  await ask(tunnel.link)
  assert.equal(frames, 1)
})

test('a link resolves `closed` and `draining` however it ends', async () => {
  await using tunnel = await transports.TLS({ serve: answerAtOnce })
  tunnel.connector.close('enough')
  assert.deepEqual(await tunnel.connector.closed, { code: 'closed', message: 'enough' })
  await tunnel.connector.draining
})

test('a stream that nobody reads holds its own credit and stalls nobody: 99 others get all they ask for [K3]', async () => {
  const megabyte = Buffer.alloc(1_000_000, 'x')
  const plenty: Serve = (_request, _body, _end, stream) => {
    stream.answer(200, [], megabyte, true)
    return { onData() {}, onEnd() {}, onError() {} }
  }
  await using tunnel = await startOverTls({ serve: plenty })
  const unread = new Recorder()
  let held = 0
  unread.onData = (chunk) => {
    held += chunk.length
  }
  tunnel.link.open(getRequest, nothing, true, unread)
  const answers = await Promise.all(Array.from({ length: 99 }, () => ask(tunnel.link)))
  assert.ok(answers.every(({ body }) => body.length === megabyte.length))
  assert.ok(held <= defaultLimits.initialCreditBytes)
  assert.equal(tunnel.link.outstanding, 1)
})
