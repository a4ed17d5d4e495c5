import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fault } from '../base/fault.ts'
import type { RawHeaders } from '../http/headers.ts'
import type { AnsweringStream, Serve } from '../tunnel/exchange.ts'
import { getRequest } from '../tunnel/test-exchange.ts'
import { groupId, startOverDuplex } from '../tunnel/test-tunnel.ts'
import { type AnswerSink, ForwardedStream, type Path } from './forward.ts'

/** What a sink was told of an answer that a connector makes up. */
function receive(path: Path, method = 'GET') {
  const { promise: over, resolve } = Promise.withResolvers<void>()
  const told = {
    informed: [] as (readonly [number, RawHeaders])[],
    status: 0,
    headers: [] as RawHeaders,
    body: '',
    trailers: [] as RawHeaders,
    fault: undefined as Fault['code'] | undefined,
    ended: false,
  }
  const sink: AnswerSink = {
    inform: (status, headers) => void told.informed.push([status, headers]),
    answer(status, headers, body, end) {
      Object.assign(told, { status, headers, body: String(body), ended: end })
      if (end) resolve()
    },
    data(chunk) {
      told.body += chunk
    },
    end(trailers) {
      Object.assign(told, { trailers, ended: true })
      resolve()
    },
    fail({ code }) {
      told.fault = code
      resolve()
    },
  }
  new ForwardedStream(path, { ...getRequest, method }, false, sink)
  return over.then(() => told)
}

function pretending(answer: (stream: AnsweringStream) => void): Serve {
  return (_request, _body, _end, stream) => {
    answer(stream)
    return { onData() {}, onEnd() {}, onError() {} }
  }
}

const bytes = (text: string) => Buffer.from(text)
const lies: readonly (readonly [string, string, (stream: AnsweringStream) => void])[] = [
  [
    'two lengths',
    'GET',
    (s) => s.answer(200, ['Content-Length', '2', 'content-length', '2'], bytes('hi'), true),
  ],
  [
    'a length that is none',
    'HEAD',
    (s) => s.answer(200, ['Content-Length', '+2'], bytes(''), true),
  ],
  [
    'more than declared at once',
    'GET',
    (s) => s.answer(200, ['Content-Length', '1'], bytes('hi'), true),
  ],
  [
    'less than declared at once',
    'GET',
    (s) => s.answer(200, ['Content-Length', '3'], bytes('hi'), true),
  ],
  [
    'more than declared in pieces',
    'GET',
    (s) => {
      s.answer(200, ['Content-Length', '3'], bytes('hi'), false)
      s.write(bytes('hi'))
    },
  ],
  [
    'less than declared in pieces',
    'GET',
    (s) => {
      s.answer(200, ['Content-Length', '9'], bytes('hi'), false)
      s.write(bytes('hi'))
      s.end()
    },
  ],
  ['a body for HEAD', 'HEAD', (s) => s.answer(200, ['Content-Length', '2'], bytes('hi'), true)],
  ['a body on 204', 'GET', (s) => s.answer(204, [], bytes('hi'), true)],
  [
    'an eleventh 1xx',
    'GET',
    (s) => {
      for (let i = 0; i < 11; i++) s.inform(103, [])
      s.answer(200, [], bytes('hi'), true)
    },
  ],
]

for (const [what, method, lie] of lies) {
  test(`a connector that sends ${what} is not believed [F8]`, async () => {
    await using tunnel = await startOverDuplex({ serve: pretending(lie) })
    const told = await receive({ links: tunnel.hub, groupId }, method)
    assert.deepEqual([told.fault, told.ended], ['backend-rubbish', false])
    assert.equal(tunnel.link.outstanding, 0)
  })
}

test('what belongs to a hop never comes out of a connector, nor a cookie in a hint [F8] [S3]', async () => {
  const fields = [
    'Connection',
    'close, X',
    'X',
    '1',
    'Transfer-Encoding',
    'gzip',
    'TE',
    'x',
    'B',
    '2',
  ]
  const serve = pretending((stream) => {
    stream.inform(103, [
      'Set-Cookie',
      'a=1',
      'Connection',
      'x',
      'Link',
      '<a>',
      'Content-Length',
      '5',
    ])
    stream.answer(200, [...fields, 'Upgrade', 'h2c'], bytes('hi'), false)
    stream.end(['Sum', '1', 'Set-Cookie', 'a=1', 'Transfer-Encoding', 'chunked', 'Host', 'evil'])
  })
  await using tunnel = await startOverDuplex({ serve })
  const { informed, status, headers, body, trailers } = await receive({
    links: tunnel.hub,
    groupId,
  })
  assert.deepEqual(informed, [[103, ['Link', '<a>']]])
  assert.deepEqual([status, headers, body], [200, ['X', '1', 'B', '2'], 'hi'])
  assert.deepEqual(trailers, ['Sum', '1'])
})
