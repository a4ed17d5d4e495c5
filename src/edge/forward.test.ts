import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Fault } from '../base/fault.ts'
import { silentLog } from '../base/log.ts'
import { connectLink } from '../tunnel/connector-end.ts'
import type { ConnectorLink } from '../tunnel/connector-link.ts'
import { type ResetCode, resetCodes, type Serve, type TunnelRequest } from '../tunnel/exchange.ts'
import type { TunnelLimits } from '../tunnel/limits.ts'
import { answerAtOnce, getRequest, neverAnswer } from '../tunnel/test-exchange.ts'
import { groupId, keys, publicKey, startEdge, startOverDuplex } from '../tunnel/test-tunnel.ts'
import { type AnswerSink, ForwardedStream, type Path } from './forward.ts'
import { judgeRetry } from './retry.ts'

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
async function startGroup(
  connectors: Readonly<Record<string, Serve>>,
  linksEach = 1,
  limits: Partial<TunnelLimits> = {},
) {
  const ids = Object.keys(connectors)
  const edge = await startEdge({ publicKeyOf: async () => publicKey, limits })
  const links: ConnectorLink[] = []
  edge.hub.regroup(new Map(ids.map((id) => [id, groupId])))
  const connect = async (id: string): Promise<void> => {
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
  for (const id of ids) for (let i = 0; i < linksEach; i++) await connect(id)
  while (edge.hub.connected.reduce((sum, { links }) => sum + links, 0) < ids.length * linksEach) {
    await new Promise(setImmediate)
  }
  return Object.assign(edge, { links, connect })
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

/** Serves nobody: the link is lost with each of the first requests, all links if `all`; what comes later is answered. */
function losing(times: number, all = false) {
  const served: TunnelRequest[] = []
  const group: { links: readonly ConnectorLink[] } = { links: [] }
  const serve: Serve = (request, body, end, stream) => {
    served.push(request)
    if (served.length > times) return answerAtOnce(request, body, end, stream)
    // What is left of the turn belongs to the frame that is being read.
    setImmediate(() => {
      for (const link of group.links) if (all || link.outstanding > 0) link.close()
    })
    return { onData() {}, onEnd() {}, onError() {} }
  }
  return { served, group, serve }
}

const losses = [
  ['a GET whose link is lost three times in a row arrives', 'GET', 3, 200, 4],
  [
    'a request that loses four links is given up: it may be what ends them',
    'GET',
    4,
    'connector-lost',
    4,
  ],
  ['a POST without a body is not sent again', 'POST', 1, 'connector-lost', 1],
] as const
for (const [what, method, times, outcome, attempts] of losses) {
  test(`${what} [K3] [R15]`, async () => {
    const { served, group, serve } = losing(times)
    await using edge = await startGroup({ a: serve, b: serve, c: serve }, 2)
    group.links = edge.links
    const path = { links: edge.hub, groupId }
    assert.equal(await forward(path, { ...getRequest, method }).outcome, outcome)
    assert.equal(served.length, attempts)
    // Each connector has what the ones before left of the time.
    const leftMs = served.map(({ headTimeoutMs }) => headTimeoutMs)
    assert.deepEqual(
      leftMs,
      leftMs.toSorted((a, b) => b - a),
    )
  })
}

test('a GET that loses every link there is waits for one to come back, and a POST does not [K3]', async () => {
  const { served, group, serve } = losing(2, true)
  await using edge = await startGroup({ a: serve }, 2, { linkReturnMs: 60_000 })
  group.links = edge.links
  const path = { links: edge.hub, groupId }
  const asked = ['GET', 'POST'].map((method) => forward(path, { ...getRequest, method }).outcome)
  assert.equal(await asked[1], 'connector-lost')
  while (edge.hub.serves(groupId)) await new Promise(setImmediate)
  assert.throws(() => forward(path), nobody)
  await edge.connect('a')
  assert.equal(await asked[0], 200)
  assert.deepEqual(served.map(({ method }) => method).toSorted(), ['GET', 'GET', 'POST'])
})

test('nobody waits for a link longer than is said, nor at an edge that closes [K3]', async () => {
  const { group, serve } = losing(3, true)
  await using edge = await startGroup({ a: serve }, 1, { linkReturnMs: 20 })
  group.links = edge.links
  const path = { links: edge.hub, groupId }
  assert.equal(await forward(path).outcome, 'connector-lost')
  const patient = losing(3, true)
  await using closing = await startGroup({ a: patient.serve })
  patient.group.links = closing.links
  const { outcome } = forward({ links: closing.hub, groupId })
  await closing.links[0]?.closed
  await closing.hub[Symbol.asyncDispose]()
  assert.equal(await outcome, 'connector-lost')
})

test('what the client gives up while it waits for a link is not sent [R15]', async () => {
  const { served, group, serve } = losing(1, true)
  await using edge = await startGroup({ a: serve })
  group.links = edge.links
  const path = { links: edge.hub, groupId }
  const { stream } = forward(path)
  while (edge.hub.serves(groupId)) await new Promise(setImmediate)
  stream.cancel()
  await edge.connect('a')
  assert.equal(await forward(path).outcome, 200)
  assert.equal(served.length, 2)
})

test('only what nobody acted on, or what may be acted on twice, is ever sent again [K3]', () => {
  const codes = Object.keys(resetCodes) as ResetCode[]
  const methods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'POST', 'PATCH', 'PROPFIND']
  fc.assert(
    fc.property(
      fc.record({
        code: fc.constantFrom(...codes),
        method: fc.constantFrom(...methods),
        hasBody: fc.boolean(),
        answered: fc.boolean(),
        attempts: fc.integer({ min: 1, max: 9 }),
      }),
      (attempt) => {
        const { code, method, hasBody, answered, attempts } = attempt
        const safe = methods.indexOf(method) < 5 && code === 'link-lost'
        const unseen = /^(draining|overloaded|backend-(unreachable|refused)|destination-)/.test(
          code,
        )
        const may = !hasBody && !answered && attempts < 4 && (safe || unseen)
        if (judgeRetry(attempt) !== 'never') assert.ok(may)
        else if (attempts === 1) assert.ok(!may)
      },
    ),
  )
})
