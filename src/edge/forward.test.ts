import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fault } from '../base/fault.ts'
import { silentLog } from '../base/log.ts'
import { connectLink } from '../tunnel/connector-end.ts'
import type { ConnectorLink } from '../tunnel/connector-link.ts'
import type { ResetCode, Serve, TunnelRequest } from '../tunnel/exchange.ts'
import { answerAtOnce, getRequest, neverAnswer } from '../tunnel/test-exchange.ts'
import { groupId, keys, publicKey, startEdge, startOverDuplex } from '../tunnel/test-tunnel.ts'
import { type AnswerSink, ForwardedStream, type Path } from './forward.ts'

/** Sends a GET that nobody reads the body of; `outcome` is the status or the fault's code. */
function forward(path: Path, request: TunnelRequest = getRequest, hasBody = false) {
  const { promise: outcome, resolve } = Promise.withResolvers<number | Fault['code']>()
  const sink: AnswerSink = {
    inform() {},
    answer: (status) => resolve(status),
    data() {},
    end() {},
    fail: ({ code }) => resolve(code),
  }
  return { stream: new ForwardedStream(path, request, hasBody, sink), outcome }
}

const full = { code: 'overloaded', status: 503 }
const nobody = { code: 'no-connector', status: 503 }

test('with every link full a request is refused as overloaded, until one is free again [K3] [F7]', async () => {
  const limits = { streamsPerLink: 1 }
  await using tunnel = await startOverDuplex({ serve: neverAnswer, connectorLimits: limits })
  const path = { links: tunnel.hub, groupId }
  const { stream } = forward(path)
  assert.throws(() => forward(path), full)
  stream.cancel()
  forward(path)
})

test('one network never takes all of a busy connector: a quarter is left for others, until it is answered [R7]', async () => {
  const edgeLimits = { waitingPerConnector: 8 }
  await using tunnel = await startOverDuplex({ serve: neverAnswer, edgeLimits })
  const path = (client: string) => ({ links: tunnel.hub, groupId, client })
  const slow = Array.from({ length: 6 }, (_, n) => forward(path(`2001:db8::${n}`)))
  assert.throws(() => forward(path('2001:db8::9')), full)
  const others = [forward(path('192.0.2.1')), forward(path('192.0.2.2'))]
  assert.throws(() => forward(path('192.0.2.3')), full)
  slow.at(-1)?.stream.cancel()
  others[0]?.stream.cancel()
  forward(path('2001:db8::9'))
  assert.throws(() => forward(path('2001:db8::9')), full)
  forward(path('192.0.2.3'))
})

test('where no connector is, or none any more, it is no-connector [F7]', async () => {
  await using tunnel = await startOverDuplex({ serve: answerAtOnce })
  const { hub } = tunnel
  assert.throws(() => forward({ links: hub, groupId: 'another' }), nobody)
  assert.equal(await forward({ links: hub, groupId }).outcome, 200)
  await hub[Symbol.asyncDispose]()
  assert.throws(() => forward({ links: hub, groupId }), nobody)
})

/** Connectors of one group, each with links that give up with a code, or lose the link, or answer. */
async function startGroup(connectors: Readonly<Record<string, Serve>>, linksEach = 1) {
  const ids = Object.keys(connectors)
  const edge = await startEdge({ publicKeyOf: async () => publicKey })
  const links: ConnectorLink[] = []
  edge.hub.regroup(new Map(ids.map((id) => [id, groupId])))
  for (const id of ids) {
    for (let i = 0; i < linksEach; i++) {
      const link = await connectLink({
        edge: edge.address,
        caPem: edge.caPem,
        connectorId: id,
        privateKey: keys.privateKey,
        machineName: id,
        version: '1',
        serve: connectors[id] as Serve,
        log: silentLog,
      })
      links.push(link)
    }
  }
  while (edge.hub.connected.reduce((sum, { links }) => sum + links, 0) < ids.length * linksEach) {
    await new Promise(setImmediate)
  }
  return Object.assign(edge, { links })
}

function giveUp(code: ResetCode, tries: string[]): Serve {
  return (request, _body, _end, stream) => {
    tries.push(request.method)
    stream.reset(code)
    return { onData() {}, onEnd() {}, onError() {} }
  }
}

const attempts = [
  ['a GET that did not reach the application', 'GET', false, 'backend-refused', 200],
  ['a POST without a body that did not', 'POST', false, 'backend-unreachable', 200],
  ['what the connector may not reach', 'GET', false, 'destination-not-allowed', 200],
  ['a request with a body', 'PUT', true, 'backend-refused', 'backend-refused'],
  ['a GET that the application may have seen', 'GET', false, 'backend-reset', 'backend-reset'],
  ['a GET that timed out', 'GET', false, 'backend-timeout', 'backend-timeout'],
] as const
for (const [what, method, hasBody, code, outcome] of attempts) {
  const verb = outcome === 200 ? 'is sent once more, to another connector' : 'is not sent again'
  test(`${what} ${verb} [K3] [R15]`, async () => {
    const tries: string[] = []
    const connectors = { a: giveUp(code, tries), b: giveUp(code, tries), c: answerAtOnce }
    await using edge = await startGroup(connectors)
    const path = { links: edge.hub, groupId }
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, () => forward(path, { ...getRequest, method }, hasBody).outcome),
    )
    // Four of six begin at a or b, and of these some find the other one of the two.
    assert.ok(outcomes.includes(outcome))
    assert.ok(tries.length >= 4 && tries.length <= 8)
    if (outcome !== 200) assert.equal(tries.length, 4)
  })
}

test('what a connector did not reach is not tried through its other link [K3]', async () => {
  const tries: string[] = []
  await using edge = await startGroup({ a: giveUp('backend-refused', tries) }, 2)
  assert.equal(await forward({ links: edge.hub, groupId }).outcome, 'backend-refused')
  assert.equal(tries.length, 1)
})

const second = [
  ['goes to another connector', ['a', 'b'], 'b'],
  ['goes through the other link where there is no other connector', ['a'], 'a'],
] as const
for (const [where, ids, last] of second) {
  test(`a request whose link is lost ${where} [K3]`, async () => {
    const served: string[] = []
    const held = Promise.withResolvers<void>()
    const serveAs =
      (id: string): Serve =>
      (request, body, end, stream) => {
        served.push(id)
        if (id !== 'a' || served.indexOf('a') < served.length - 1) {
          return answerAtOnce(request, body, end, stream)
        }
        held.resolve()
        return { onData() {}, onEnd() {}, onError() {} }
      }
    await using edge = await startGroup(Object.fromEntries(ids.map((id) => [id, serveAs(id)])), 2)
    const path = { links: edge.hub, groupId }
    const outcomes = Array.from({ length: 4 }, () => forward(path).outcome)
    await held.promise
    while (served.length < 4) await new Promise(setImmediate)
    edge.links.find(({ outstanding }) => outstanding === 1)?.close()
    assert.deepEqual(await Promise.all(outcomes), [200, 200, 200, 200])
    assert.equal(served.at(-1), last)
    assert.equal(served.length, 5)
  })
}

test('requests of one client that is bound go to one connector while it is there [K3]', async () => {
  const served: string[] = []
  const serveAs =
    (id: string): Serve =>
    (request, body, end, stream) => {
      served.push(id)
      return answerAtOnce(request, body, end, stream)
    }
  const connectors = { a: serveAs('a'), b: serveAs('b'), c: serveAs('c') }
  await using edge = await startGroup(connectors, 2)
  const binding = { name: 'client', link: undefined }
  const path = { links: edge.hub, groupId, binding }
  for (let i = 0; i < 12; i++) assert.equal(await forward(path).outcome, 200)
  assert.equal(new Set(served).size, 1)
  // Its connector lost, the client is served all the same, by one of the others.
  const [lost] = served
  const ids = Object.keys(connectors)
  for (const link of edge.links.slice(2 * ids.indexOf(lost as string)).slice(0, 2)) link.close()
  while (edge.hub.connected.length === ids.length) await new Promise(setImmediate)
  served.length = 0
  for (let i = 0; i < 12; i++) assert.equal(await forward(path).outcome, 200)
  assert.equal(new Set(served).size, 1)
  assert.notEqual(served[0], lost)
})
