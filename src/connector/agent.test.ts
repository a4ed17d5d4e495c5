import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createTcpServer } from 'node:net'
import { test } from 'node:test'
import { silentLog } from '../base/log.ts'
import type { Link } from '../tunnel/edge-end.ts'
import type { AnsweringStream, Serve } from '../tunnel/exchange.ts'
import { answerAtOnce, ask, getRequest, neverAnswer } from '../tunnel/test-exchange.ts'
import { startRelay } from '../tunnel/test-network.ts'
import {
  connectorId,
  groupId,
  keys,
  startEdge,
  startWorkers,
  type TestEdge,
} from '../tunnel/test-tunnel.ts'
import { runAgent } from './agent.ts'
import type { AgentOptions, LinkReport } from './agent-options.ts'

/** An agent, what it reports, and how to end it. */
function startAgent(
  edges: readonly Pick<TestEdge, 'address' | 'caPem'>[],
  change: Partial<AgentOptions> = {},
) {
  const abort = new AbortController()
  const reports: LinkReport[] = []
  let changed = Promise.withResolvers<void>()
  const agent = runAgent({
    identity: {
      connectorId,
      privateKey: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      caPem: edges[0]?.caPem ?? '',
      edge: edges[0]?.address ?? '',
    },
    edges: edges.map(({ address }) => address),
    serve: answerAtOnce,
    log: silentLog,
    signal: abort.signal,
    // Shortest waits: what is waited for comes, however soon.
    random: () => 0.001,
    ...change,
    onReport(report) {
      reports.push(report)
      changed.resolve()
      changed = Promise.withResolvers()
    },
  })
  return {
    agent,
    abort,
    reports,
    /** Resolves when so many reports of that state were made. */
    async seen(state: LinkReport['state'], count = 1): Promise<void> {
      while (reports.filter((report) => report.state === state).length < count)
        await changed.promise
    },
    async [Symbol.asyncDispose]() {
      abort.abort()
      await agent
    },
  }
}

function linksAt(edge: TestEdge): number {
  return edge.hub.connected.reduce((sum, { links }) => sum + links, 0)
}

test('an agent holds two links to each edge, and drains them when told [K4] [K5] [N2]', async () => {
  await using first = await startEdge()
  await using second = await startEdge()
  const agent = startAgent([first, second])
  await agent.seen('up', 4)
  for (const edge of [first, second]) {
    const link = edge.hub.choose(groupId)
    assert.ok(link)
    assert.equal((await ask(link)).status, 200)
  }
  agent.abort.abort()
  await agent.agent
  assert.equal(agent.reports.filter(({ state }) => state === 'drained').length, 4)
  assert.ok(!agent.reports.some(({ state }) => state === 'lost'))
})

test('an agent told to end while an edge welcomes it serves what that edge has sent already, and leaves in order [K5]', async () => {
  const answer = Promise.withResolvers<Awaited<ReturnType<typeof ask>>>()
  await using edge = await startEdge({
    onConnected() {
      agent.abort.abort()
      answer.resolve(ask(edge.hub.choose(groupId) as Link))
    },
  })
  const agent = startAgent([edge], { linksPerEdge: 1 })
  assert.equal((await answer.promise).status, 200)
  await agent.agent
  assert.ok(!agent.reports.some(({ state }) => state === 'lost'))
})

test('an agent comes back after its links were cut, every time [K4]', async () => {
  await using edge = await startEdge()
  await using agent = startAgent([edge], { linksPerEdge: 1 })
  for (let round = 1; round <= 3; round++) {
    await agent.seen('up', round)
    edge.cut()
    await agent.seen('lost', round)
  }
  await agent.seen('up', 4)
  assert.ok(agent.reports.every(({ retryInMs = 0 }) => retryInMs < 1_000))
})

test('an agent says why it was refused, and tries on near the cap [K4]', async () => {
  await using edge = await startEdge({ publicKeyOf: async () => undefined })
  await using agent = startAgent([edge], { linksPerEdge: 1 })
  await agent.seen('refused')
  const [report] = agent.reports
  assert.equal(report?.refusal, 'unknown-connector')
  assert.match(report?.message ?? '', /not registered/)
  assert.ok((report?.retryInMs ?? 0) >= 30_000)
})

test('an agent that is revoked while connected says so [S9]', async () => {
  await using edge = await startEdge()
  await using agent = startAgent([edge], { linksPerEdge: 1 })
  await agent.seen('up')
  edge.hub.regroup(new Map())
  await agent.seen('refused')
  assert.equal(agent.reports.at(-1)?.refusal, 'revoked')
})

test('an agent keeps trying an edge that is not there, or is somebody else’s [K4]', async () => {
  await using edge = await startEdge({ names: ['edge.example'] })
  await using agent = startAgent([edge], {
    edges: ['127.0.0.1:1', edge.address],
    linksPerEdge: 1,
  })
  await agent.seen('unreachable', 3)
  await agent.seen('refused', 3)
  assert.ok(agent.reports.every(({ retryInMs }) => retryInMs !== undefined))
})

test('an edge that drains is left for a new link before the old one ends: no request fails [K5]', async () => {
  const held: AnsweringStream[] = []
  const serve: Serve = (request, body, end, stream) => {
    if (request.target !== '/slow') return answerAtOnce(request, body, end, stream)
    held.push(stream)
    return { onData() {}, onEnd() {}, onError() {} }
  }
  await using edge = await startEdge()
  await using agent = startAgent([edge], { linksPerEdge: 1, serve })
  await agent.seen('up')
  const link = edge.hub.choose(groupId)
  assert.ok(link)
  const slow = ask(link, { ...getRequest, target: '/slow' })
  await ask(link)
  // Only this link, as when an edge worker goes and the edge stays.
  const leaving = (link as unknown as { drain(ms: number): Promise<unknown> }).drain(5_000)
  await agent.seen('up', 2)
  const fresh = edge.hub.choose(groupId)
  assert.ok(fresh && fresh !== link)
  assert.equal((await ask(fresh)).status, 200)
  assert.equal(linksAt(edge), 2)
  held[0]?.answer(200, [], new Uint8Array(0), true)
  assert.equal((await slow).status, 200)
  await leaving
})

const draws = [
  ['one after the other', () => cycle([0, 1, 2, 3])],
  ['mostly to the same', () => cycle([0, 0, 0, 1, 0, 0, 2, 0, 1, 0, 0, 3])],
] as const
for (const [how, draw] of draws) {
  test(`an agent covers every worker of an edge when connections go ${how} [N2]`, async () => {
    await using edge = await startWorkers(4, draw())
    await using agent = startAgent([edge])
    await agent.seen('up', 4)
    for (const hub of edge.hubs) {
      const link = hub.choose(groupId)
      assert.ok(link)
      assert.equal((await ask(link)).status, 200)
    }
    assert.ok(!agent.reports.some(({ state }) => state === 'lost'))
  })
}

test('an agent covers a worker again that lost its link, and a lone worker gets the links asked for [N2]', async () => {
  await using edge = await startWorkers(3, cycle([0, 1, 2, 2, 1]))
  await using agent = startAgent([edge])
  await agent.seen('up', 3)
  const lost = edge.hubs[1]?.choose(groupId) as unknown as { close(): void }
  lost.close()
  await agent.seen('up', 4)
  assert.ok(edge.hubs.every((hub) => hub.choose(groupId)))
  await using lone = await startEdge()
  await using other = startAgent([lone], { linksPerEdge: 3 })
  await other.seen('up', 3)
  assert.equal(linksAt(lone), 3)
})

function cycle(workers: readonly number[]): () => number {
  let turn = 0
  return () => workers[turn++ % workers.length] as number
}

test('links that a firewall forgot are noticed at both ends, and replaced [K3] [K4]', async () => {
  const limits = { heartbeatMs: 20, silenceMs: 56 }
  await using edge = await startEdge({ limits })
  await using relay = await startRelay(edge.address)
  const through = { address: `127.0.0.1:${relay.port}`, caPem: edge.caPem }
  await using agent = startAgent([through], { limits, serve: neverAnswer })
  await agent.seen('up', 2)
  const waiting = ask(edge.hub.choose(groupId) as Link)
  relay.silence()
  await assert.rejects(waiting, { code: 'link-lost', message: 'the other end fell silent' })
  await agent.seen('lost', 2)
  await agent.seen('up', 4)
  assert.ok(edge.hub.choose(groupId))
})

test('an agent that is told to end while it waits, or dials, ends at once [K5]', async () => {
  const silent = createTcpServer()
  await once(silent.listen(0, '127.0.0.1'), 'listening')
  const { port } = silent.address() as { port: number }
  await using edge = await startEdge({ publicKeyOf: async () => undefined })
  const agent = startAgent([edge], { edges: [edge.address, `127.0.0.1:${port}`], linksPerEdge: 1 })
  await agent.seen('refused')
  agent.abort.abort()
  await agent.agent
  silent.close()
})
