import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Recorder } from './recorder.ts'
import { readRequest } from './request.ts'
import { Tracing } from './tracing.ts'

const said = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }

function requestWith(...headers: readonly string[]) {
  const request = readRequest({
    ...{ method: 'GET', target: '/', scheme: 'https', authority: 'shop.contoso.test' },
    ...{ headers: [...headers], http2: true, bodyAnnounced: false },
    ...{ serverName: undefined, port: 443, peer: '192.0.2.1', connection: {} },
  })
  assert.ok('id' in request)
  return request
}

test('a trace of a stranger is linked and not gone on with; a trusted one is, sampled as it says [D4]', () => {
  const request = requestWith('Traceparent', `00-${said.traceId}-${said.spanId}-01`)
  const stranger = new Tracing({ ratio: 0, trustsClients: false }).begin(request)
  assert.notEqual(stranger.traceId, said.traceId)
  assert.deepEqual([stranger.sampled, stranger.parentSpanId], [false, undefined])
  assert.deepEqual(stranger.said, { ...said, sampled: true })
  const trusted = new Tracing({ ratio: 0, trustsClients: true }).begin(request)
  assert.deepEqual(
    [trusted.traceId, trusted.parentSpanId, trusted.sampled, trusted.said],
    [said.traceId, said.spanId, true, undefined],
  )
  assert.notEqual(trusted.spanId, said.spanId)
})

test('of requests the part is traced that was asked for, and the steps of those alone are timed [D4]', () => {
  let drawn = 0
  const recorder = new Recorder(0)
  recorder.tracing = new Tracing({ ratio: 0.25, trustsClients: true }, () => drawn++ / 100)
  const recordings = Array.from({ length: 100 }, () => recorder.begin(requestWith(), true))
  assert.equal(recordings.filter(({ trace }) => trace?.sampled).length, 25)
  assert.equal(recordings.filter(({ marks }) => marks !== undefined).length, 25)
  assert.equal(new Recorder(0).begin(requestWith(), true).trace, undefined)
})
