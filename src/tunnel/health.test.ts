import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ConnectorState } from './connector-state.ts'
import { resetCodes } from './exchange.ts'
import { frameType } from './frame.ts'
import {
  type OriginHealth,
  probeTargetsMax,
  readHealth,
  readTargets,
  writeHealth,
  writeTargets,
} from './health.ts'
import { framePayloadBytesMax } from './limits.ts'
import { getRequest, neverAnswer } from './test-exchange.ts'
import {
  collectFrames,
  connectorId,
  frameBytes,
  groupId,
  startRawConnector,
  startRawEdge,
} from './test-tunnel.ts'

const origin = fc
  .tuple(
    fc.constantFrom('http', 'https'),
    fc.domain(),
    fc.option(fc.integer({ min: 1, max: 65_535 })),
  )
  .map(([scheme, host, port]) => `${scheme}://${host}${port === null ? '' : `:${port}`}`)
const codes = ['ok', ...Object.keys(resetCodes)] as OriginHealth['code'][]

test('targets and health read as they were written [K4]', () => {
  const targets = fc.array(
    fc.record({ origin, verifyCertificate: fc.boolean() }, { noNullPrototype: true }),
  )
  const health = fc.array(
    fc.record(
      { origin, code: fc.constantFrom(...codes), tookMs: fc.nat(999_999) },
      { noNullPrototype: true },
    ),
  )
  fc.assert(
    fc.property(targets, health, (asked, told) => {
      assert.deepEqual(readTargets(writeTargets(asked)), asked)
      assert.deepEqual(readHealth(writeHealth(told)), told)
    }),
  )
})

test('a thousand long names fill one frame and no more [K4]', () => {
  const targets = Array.from({ length: 2_000 }, (_, i) => ({
    origin: `https://${`${i}`.padStart(253, 'x')}:8443`,
    verifyCertificate: true,
  }))
  const payload = writeTargets(targets)
  assert.ok(payload.length <= framePayloadBytesMax)
  assert.deepEqual(readTargets(payload), targets.slice(0, readTargets(payload)?.length))
  const short = targets.map((_, i) => ({ origin: `http://h${i}`, verifyCertificate: false }))
  assert.equal(readTargets(writeTargets(short))?.length, probeTargetsMax)
})

test('whatever the bytes, reading gives well-formed items or nothing [K4]', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.string().map((text) => Buffer.from(`ok 1 http://a\n${text}`)),
  )
  fc.assert(
    fc.property(bytes, (payload) => {
      for (const item of readHealth(Buffer.from(payload)) ?? [])
        assert.ok(codes.includes(item.code))
      for (const item of readTargets(Buffer.from(payload)) ?? [])
        assert.match(item.origin, /^https?:/)
    }),
  )
  const tooMany = Array.from({ length: probeTargetsMax + 1 }, () => '1 http://a').join('\n')
  assert.equal(readTargets(Buffer.from(tooMany)), undefined)
})

const wiki = { origin: 'http://wiki.test', verifyCertificate: true }

test('a connector is asked what its group needs, and again only when that changes [K4]', async () => {
  await using raw = await startRawConnector()
  const seen = collectFrames(raw.socket)
  const group = new Map([[connectorId, groupId]])
  const ask = (origins: readonly string[]) =>
    raw.hub.regroup(group, {
      targets: new Map([[groupId, origins.map((each) => ({ ...wiki, origin: each }))]]),
    })
  ask(['http://a'])
  ask(['http://a'])
  ask(['http://b'])
  raw.hub.regroup(group)
  await seen.until(({ type, payload }) => type === frameType.targets && payload.length === 0)
  const told = seen.frames.filter(({ type }) => type === frameType.targets)
  assert.deepEqual(
    told.map(({ payload }) => payload.toString()),
    ['1 http://a', '1 http://b', ''],
  )
})

test('what a connector says of origins it was not asked about does not count [K4]', () => {
  const state = new ConnectorState('a')
  state.retarget([wiki])
  const failing: OriginHealth = { origin: wiki.origin, code: 'backend-refused', tookMs: 1 }
  assert.deepEqual(state.note([failing, { ...failing, origin: 'http://other' }], 0), [failing])
  assert.deepEqual([...state.failing], [wiki.origin])
  assert.deepEqual(state.note([failing], 0), [])
  state.retarget([])
  assert.deepEqual([[...state.failing], state.health], [[], []])
})

test('a connector that flaps does not fill the log [K4]', () => {
  const state = new ConnectorState('a')
  state.retarget([wiki])
  let logged = 0
  for (let i = 0; i < 1_000; i++) {
    const code = i % 2 ? 'ok' : 'backend-refused'
    logged += state.note([{ origin: wiki.origin, code, tookMs: 1 }], 0).length
  }
  assert.equal(logged, 60)
  const [change] = state.note([{ origin: wiki.origin, code: 'backend-reset', tookMs: 1 }], 60_000)
  assert.equal(change?.code, 'backend-reset')
})

const malformed = [
  ['health', startsRawConnector, frameType.health],
  ['targets', startsRawEdge, frameType.targets],
] as const
for (const [what, start, type] of malformed) {
  test(`malformed ${what} closes the link [K4]`, async () => {
    const { socket, ended } = await start()
    socket.on('error', () => {}).resume()
    socket.write(frameBytes(type, 0, 0, Buffer.from('up to no good')))
    assert.equal(await ended, 'violated')
  })
}

async function startsRawConnector() {
  const { socket, link } = await startRawConnector()
  const { closed } = link as unknown as { closed: Promise<{ code: string }> }
  return { socket, ended: closed.then(({ code }) => code) }
}

async function startsRawEdge() {
  const { socket, connector } = startRawEdge(neverAnswer)
  return { socket, ended: connector.closed.then(({ code }) => code) }
}

test('frames that an end does not understand are ignored', async () => {
  await using raw = await startRawConnector()
  const seen = collectFrames(raw.socket)
  raw.socket.write(frameBytes(frameType.targets, 0, 0, Buffer.from('1 http://a')))
  raw.socket.write(frameBytes(200, 0, 0, Buffer.from('later')))
  raw.socket.write(frameBytes(frameType.ping, 0, 0, Buffer.alloc(8)))
  await seen.until((frame) => frame.type === frameType.pong)
  assert.ok(raw.hub.choose(groupId, getRequest.origin))
})
