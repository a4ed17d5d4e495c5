import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { silentLog } from '../base/log.ts'
import type { ConnectorFacts } from './admission.ts'
import { connectLink } from './connector-end.ts'
import type { Link, LinkHub } from './edge-end.ts'
import type { AnsweringStream, Serve } from './exchange.ts'
import { flagEnd, frameType } from './frame.ts'
import { defaultLimits, type TunnelLimits } from './limits.ts'
import { answerAtOnce, ask, getRequest, neverAnswer, nothing, Recorder } from './test-exchange.ts'
import { startRelay } from './test-network.ts'
import {
  collectFrames,
  connectorId,
  createHub,
  frameBytes,
  groupId,
  headPayload,
  keys,
  publicKey,
  startEdge,
  startOverTls,
  startRawConnector,
  type TestEdge,
} from './test-tunnel.ts'

function connectAs(
  edge: Pick<TestEdge, 'address' | 'caPem'>,
  id: string,
  serve: Serve = neverAnswer,
) {
  return connectLink({
    edge: edge.address,
    caPem: edge.caPem,
    connectorId: id,
    privateKey: keys.privateKey,
    machineName: `machine of ${id}`,
    version: '1.2',
    serve,
    log: silentLog,
  })
}

/** An edge where everybody has the same key, and how many links came up. */
async function startCrowd(
  groups: Readonly<Record<string, string>>,
  limits: Partial<TunnelLimits> = {},
) {
  const ups: [string, ConnectorFacts][] = []
  const downs: string[] = []
  let changed = Promise.withResolvers<void>()
  const note = (): void => {
    changed.resolve()
    changed = Promise.withResolvers()
  }
  const edge = await startEdge({
    limits,
    publicKeyOf: async () => publicKey,
    onConnected(id, facts) {
      ups.push([id, facts])
      note()
    },
    onDisconnected(id) {
      downs.push(id)
      note()
    },
  })
  edge.hub.regroup(new Map(Object.entries(groups)))
  return {
    edge,
    ups,
    downs,
    /** Resolves when the condition holds; looked at whenever a connector comes or goes. */
    async until(holds: () => boolean): Promise<void> {
      while (!holds()) await changed.promise
    },
    [Symbol.asyncDispose]: () => edge[Symbol.asyncDispose](),
  }
}

test('choose() takes the link with the least live streams of the group, and shares when equal [K3]', async () => {
  await using crowd = await startCrowd({ a: 'g', b: 'g', c: 'other' })
  const { edge, ups, until } = crowd
  for (const id of ['a', 'b', 'c']) await connectAs(edge, id)
  await until(() => ups.length === 3)
  const chosen = Array.from({ length: 10 }, () => {
    const link = edge.hub.choose('g')
    link?.open(getRequest, nothing, true, new Recorder())
    return link?.connectorId
  })
  assert.equal(chosen.filter((id) => id === 'a').length, 5)
  assert.equal(chosen.filter((id) => id === 'b').length, 5)
  const link = edge.hub.choose('g')
  assert.ok(link)
  const other = edge.hub.chooseAgain('g', getRequest.origin, link)
  assert.ok(other && other.connectorId !== link.connectorId)
  assert.equal(edge.hub.choose('nobody'), undefined)
})

test('the first link of a connector counts as its coming, the last as its going [K4]', async () => {
  await using crowd = await startCrowd({ a: 'g' })
  const { edge, ups, downs, until } = crowd
  const [first, second] = [await connectAs(edge, 'a'), await connectAs(edge, 'a')]
  await until(() => ups.length === 1)
  first.close()
  await first.closed
  second.close()
  await until(() => downs.length === 1)
  assert.deepEqual(
    ups.map(([id, { machineName, version }]) => [id, machineName, version]),
    [['a', 'machine of a', '1.2']],
  )
  assert.deepEqual(edge.hub.connected, [])
})

test('regroup() moves links, and disconnects who is no longer registered [S9]', async () => {
  await using crowd = await startCrowd({ a: 'g', b: 'g' })
  const { edge, ups, downs, until } = crowd
  const a = await connectAs(edge, 'a')
  await connectAs(edge, 'b')
  await until(() => ups.length === 2)
  const recorder = new Recorder()
  const links = [edge.hub.choose('g'), edge.hub.choose('g')]
  links.find((link) => link?.connectorId === 'a')?.open(getRequest, nothing, true, recorder)
  edge.hub.regroup(new Map([['b', 'elsewhere']]))
  await assert.rejects(recorder.answered, { code: 'link-lost' })
  const end = await a.closed
  assert.deepEqual([end.code, end.refusal], ['refused', 'revoked'])
  await until(() => downs.includes('a'))
  assert.equal(edge.hub.choose('g'), undefined)
  assert.equal(edge.hub.choose('elsewhere')?.connectorId, 'b')
})

test('a connector that does not answer gets no more than its limit, over all its links [K3]', async () => {
  await using crowd = await startCrowd({ a: 'g', b: 'other' }, { waitingPerConnector: 10 })
  const { edge, ups, until } = crowd
  await connectAs(edge, 'a')
  await connectAs(edge, 'a')
  await connectAs(edge, 'b', answerAtOnce)
  await until(() => ups.length === 2)
  while ((edge.hub.connected[0]?.links ?? 0) < 2) await new Promise(setImmediate)
  const streams = Array.from({ length: 20 }, () =>
    edge.hub.choose('g')?.open(getRequest, nothing, true, new Recorder()),
  )
  assert.equal(streams.filter((stream) => stream !== undefined).length, 10)
  assert.equal(edge.hub.serves('g'), true)
  assert.equal((await ask(edge.hub.choose('other') as Link)).status, 200)
  streams[0]?.reset('cancelled')
  assert.ok(edge.hub.choose('g'))
})

test('answered streams wait for nothing: a connector carries thousands of them [K3]', async () => {
  const open: Serve = (_request, _body, _end, stream) => {
    stream.answer(200, [], nothing, false)
    return { onData() {}, onEnd() {}, onError() {} }
  }
  await using tunnel = await startOverTls({ serve: open })
  const count = 5_000
  let answered = 0
  const all = Promise.withResolvers<void>()
  const next = (): void => {
    const recorder = new Recorder()
    recorder.onAnswer = () => {
      if (++answered === count) all.resolve()
      else if (answered % 500 === 0) for (let i = 0; i < 500; i++) next()
    }
    tunnel.link.open(getRequest, nothing, true, recorder)
  }
  for (let i = 0; i < 500; i++) next()
  await all.promise
  assert.equal(tunnel.link.outstanding, count)
})

test('a link that owes a sign of life is chosen last, long before it counts as dead [K3]', async () => {
  const limits = { heartbeatMs: 100, silenceMs: 60_000 }
  await using crowd = await startCrowd({ a: 'g', b: 'g' }, limits)
  const { edge, ups, until } = crowd
  await using relay = await startRelay(edge.address)
  await connectAs(edge, 'a')
  await connectAs({ ...edge, address: `127.0.0.1:${relay.port}` }, 'b')
  await until(() => ups.length === 2)
  relay.silence()
  const chosen = () => new Set(Array.from({ length: 4 }, () => edge.hub.choose('g')?.connectorId))
  while (chosen().has('b')) await new Promise((resolve) => setTimeout(resolve, 10))
  const [link] = [edge.hub.choose('g')]
  assert.ok(link)
  const other = edge.hub.chooseAgain('g', getRequest.origin, link)
  assert.equal(other?.connectorId, 'b')
})

test('second attempts are limited: what one connector may leave unanswered, then one for ten requests [R15]', () => {
  const hub = createHub({ limits: { waitingPerConnector: 5 } })
  const again = () => hub.mayRetry()
  assert.equal(Array.from({ length: 10 }, again).filter((may) => may).length, 5)
  for (let i = 0; i < 11; i++) hub.choose('g')
  assert.equal(again(), true)
  assert.equal(again(), false)
})

test('a connector that is out of service finishes what it has, stays connected, and gets nothing new [K5]', async () => {
  const { held, serve } = holdBack()
  await using crowd = await startCrowd({ a: 'g' })
  const { edge, ups, until } = crowd
  const a = await connectAs(edge, 'a', serve)
  await until(() => ups.length === 1)
  const answered = ask(edge.hub.choose('g') as Link, slow)
  await ask(edge.hub.choose('g') as Link, quick)
  const groups = new Map([['a', 'g']])
  edge.hub.regroup(groups, { outOfService: new Map([['a', 5_000]]) })
  assert.equal(edge.hub.choose('g'), undefined)
  assert.equal(await a.draining, 5_000)
  const next = await connectAs(edge, 'a', serve)
  held[0]?.answer(200, [], nothing, true)
  assert.equal((await answered).status, 200)
  assert.equal((await a.closed).code, 'drained')
  assert.equal(edge.hub.choose('g'), undefined)
  assert.equal(edge.hub.serves('g'), false)
  edge.hub.regroup(groups)
  assert.equal(next.end, undefined)
  assert.equal((await ask(edge.hub.choose('g') as Link, quick)).status, 200)
})

test('in a large group the one connector that reaches the origin is found, and without marks all share [K3] [K4]', async () => {
  const ids = Array.from({ length: 80 }, (_, i) => `connector ${i}`)
  const groups = Object.fromEntries(ids.map((id) => [id, 'g']))
  await using crowd = await startCrowd(groups)
  const { edge, ups, until } = crowd
  const links = await Promise.all(ids.map((id) => connectAs(edge, id)))
  await until(() => ups.length === ids.length)
  const { origin } = getRequest
  const chosen = (): Set<string | undefined> =>
    new Set(ids.map(() => edge.hub.choose('g', origin)?.connectorId))
  assert.equal(chosen().size, ids.length)
  edge.hub.regroup(new Map(Object.entries(groups)), {
    targets: new Map([['g', [{ origin, verifyCertificate: true }]]]),
  })
  for (const link of links.slice(1)) {
    link.reportHealth([{ origin, code: 'backend-refused', tookMs: 1 }])
  }
  while (chosen().size > 1) await new Promise(setImmediate)
  assert.deepEqual(chosen(), new Set(['connector 0']))
})

test('one connector holds no more links than the limit', async () => {
  await using edge = await startEdge({ limits: { linksPerConnector: 1 } })
  await connectAs(edge, connectorId)
  const second = await connectAs(edge, connectorId)
  const end = await second.closed
  assert.deepEqual([end.code, end.refusal], ['refused', 'too-many-links'])
})

test('a connector that begins too many links in a minute is refused for the rest of it, and logged once [K3]', async () => {
  const warnings: unknown[] = []
  const log = { ...silentLog, warn: (...[, message]: unknown[]) => warnings.push(message) }
  await using edge = await startEdge({ log, limits: { linksPerMinute: 1 } })
  const links = []
  for (let i = 0; i < 4; i++) links.push(await connectAs(edge, connectorId))
  // Should a minute pass meanwhile, the second or third is let in as the first was.
  const end = await Promise.any(links.slice(1).map(({ closed }) => closed))
  assert.deepEqual([end.code, end.refusal], ['refused', 'too-many-links'])
  assert.ok(warnings.length === 1 || warnings.length === 2, String(warnings))
})

/** A server that holds its streams back until the test lets them go. */
function holdBack() {
  const held: AnsweringStream[] = []
  const serve: Serve = (request, body, end, stream) => {
    if (request.target === '/now') return answerAtOnce(request, body, end, stream)
    held.push(stream)
    return { onData() {}, onEnd() {}, onError() {} }
  }
  return { held, serve }
}

const slow = { ...getRequest, target: '/slow' }
const quick = { ...getRequest, target: '/now' }

test('a connector that drains finishes what it has, and fails nothing that is on its way [K5]', async () => {
  const { held, serve } = holdBack()
  await using tunnel = await startOverTls({ serve })
  const { link, connector, hub } = tunnel
  const answered = ask(link, slow)
  await ask(link, quick)
  const drained = connector.drain(5_000)
  // The edge does not know yet: these arrive behind the connector's drain.
  const underWay = await Promise.all([ask(link, quick), ask(link, quick)])
  assert.deepEqual(
    underWay.map(({ status }) => status),
    [200, 200],
  )
  assert.equal(hub.choose(groupId), undefined)
  await assert.rejects(ask(link, quick), { code: 'draining' })
  held[0]?.answer(200, [], Buffer.from('done'), true)
  assert.equal((await answered).body.toString(), 'done')
  assert.equal((await drained).code, 'drained')
})

test('an edge that drains opens nothing more, tells the connector, and waits for live streams [K5]', async () => {
  const { held, serve } = holdBack()
  await using tunnel = await startOverTls({ serve })
  const { link, connector, hub } = tunnel
  const answered = ask(link, slow)
  await ask(link, quick)
  const drained = hub.drain(5_000)
  await connector.draining
  assert.equal(connector.end, undefined)
  assert.equal(hub.choose(groupId), undefined)
  held[0]?.answer(200, [], nothing, true)
  assert.equal((await answered).status, 200)
  await drained
  assert.equal((await connector.closed).code, 'drained')
})

test('streams that outlive the drain are cut at the deadline, and told so [K5]', async () => {
  await using tunnel = await startOverTls({ serve: neverAnswer })
  const recorder = new Recorder()
  tunnel.link.open(getRequest, nothing, true, recorder)
  const startedAt = performance.now()
  await tunnel.hub.drain(50)
  await assert.rejects(recorder.answered, { code: 'link-lost' })
  // Far more than the deadline on any machine, far less than what a drain takes that is told nothing.
  assert.ok(performance.now() - startedAt < defaultLimits.drainMs / 2)
  assert.notEqual((await tunnel.connector.closed).code, 'drained')
})

test('a connector that ignores the drain is cut at the deadline', async () => {
  await using raw = await startRawConnector()
  const seen = collectFrames(raw.socket)
  const drained = raw.hub.drain(50)
  await seen.until(({ type }) => type === frameType.drain)
  await drained
})

test('an edge answers a drain at once, and closes when both have said so', async () => {
  await using raw = await startRawConnector()
  const seen = collectFrames(raw.socket)
  raw.socket.write(frameBytes(frameType.drain, 0, 0, nothing))
  await seen.until(({ type }) => type === frameType.drain)
  await once(raw.socket, 'end')
})

test('a hub that is disposed closes every link and takes no other', async () => {
  await using edge = await startEdge()
  const connector = await connectAs(edge, connectorId)
  const hub: LinkHub = edge.hub
  await hub[Symbol.asyncDispose]()
  await connector.closed
  await assert.rejects(connectAs(edge, connectorId), { code: 'edge-unreachable' })
})

test('a drained link is not over before its last answer is out, however slow the way [K5]', async () => {
  await using raw = await startRawConnector({ edgeLimits: { closeMs: 1 } })
  raw.link.open(getRequest, Buffer.alloc(16_000, 'x'), true, new Recorder())
  const drained = raw.hub.drain(5_000)
  raw.socket.pause()
  raw.socket.write(frameBytes(frameType.drain, 0, 0, nothing))
  const end = frameBytes(frameType.head, flagEnd, 1, headPayload('0\n200'))
  await new Promise((resolve) => raw.socket.write(end, resolve))
  // Nothing was read yet: the edge has to keep what it sent.
  const seen = collectFrames(raw.socket)
  await seen.until(({ type }) => type === frameType.drain)
  const head = await seen.until(({ type }) => type === frameType.head)
  assert.ok(head.payload.length > 16_000)
  raw.socket.end()
  await drained
})
