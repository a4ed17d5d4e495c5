import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fault } from '../base/fault.ts'
import { answerAtOnce, getRequest, neverAnswer } from '../tunnel/test-exchange.ts'
import { groupId, startOverDuplex } from '../tunnel/test-tunnel.ts'
import { type AnswerSink, ForwardedStream, type Path } from './forward.ts'

/** Sends a GET that nobody reads the body of; `outcome` is the status or the fault's code. */
function forward(path: Path) {
  const { promise: outcome, resolve } = Promise.withResolvers<number | Fault['code']>()
  const sink: AnswerSink = {
    inform() {},
    answer: (status) => resolve(status),
    data() {},
    end() {},
    fail: ({ code }) => resolve(code),
  }
  return { stream: new ForwardedStream(path, getRequest, false, sink), outcome }
}

const full = { code: 'overloaded', status: 503 }
const nobody = { code: 'no-connector', status: 503 }

test('with every link full a request is refused as overloaded, until one is free again [K3] [F7]', async () => {
  const limits = { streamsPerLink: 1 }
  await using tunnel = await startOverDuplex({ serve: neverAnswer, connectorLimits: limits })
  const path = { hub: tunnel.hub, groupId }
  const { stream } = forward(path)
  assert.throws(() => forward(path), full)
  stream.cancel()
  forward(path)
})

test('where no connector is, or none any more, it is no-connector [F7]', async () => {
  await using tunnel = await startOverDuplex({ serve: answerAtOnce })
  const { hub } = tunnel
  assert.throws(() => forward({ hub, groupId: 'another' }), nobody)
  assert.equal(await forward({ hub, groupId }).outcome, 200)
  await hub[Symbol.asyncDispose]()
  assert.throws(() => forward({ hub, groupId }), nobody)
})
