import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { test } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import { silentLog } from '../base/log.ts'
import { connectLink } from '../tunnel/connector-end.ts'
import type { Link, LinkHub } from '../tunnel/edge-end.ts'
import type { OriginHealth, ProbeTarget } from '../tunnel/health.ts'
import { createTestAuthority } from '../tunnel/test-authority.ts'
import { ask, getRequest } from '../tunnel/test-exchange.ts'
import { groupId, keys, publicKey, startEdge } from '../tunnel/test-tunnel.ts'
import { parseAllowList } from './allow-list.ts'
import { createForwarder } from './forward.ts'
import { createProbe, type Probe } from './probe.ts'
import { Prober } from './prober.ts'

/** Something that listens, and how often it was connected to. */
async function startApplication(
  port = 0,
): Promise<{ server: Server; origin: string; port: number }> {
  const server = createServer((socket) =>
    socket
      .on('error', () => {})
      .resume()
      .end(),
  )
  await once(server.listen(port, '127.0.0.1'), 'listening')
  const address = server.address() as AddressInfo
  return { server, origin: `http://127.0.0.1:${address.port}`, port: address.port }
}

/** One edge, and connectors that probe by `probes`. */
async function startWorld(
  probes: Readonly<Record<string, Probe>>,
  targets: readonly ProbeTarget[],
) {
  const edge = await startEdge({ publicKeyOf: async () => publicKey })
  const ids = Object.keys(probes)
  const regroup = (wanted: readonly ProbeTarget[]): void =>
    edge.hub.regroup(new Map(ids.map((id) => [id, groupId])), {
      targets: new Map([[groupId, wanted]]),
    })
  regroup(targets)
  const forwarder = createForwarder({ log: silentLog })
  const probers = await Promise.all(
    ids.map(async (id) => {
      const prober = new Prober({ probe: probes[id] as Probe, random: () => 0 })
      const link = await connectLink({
        edge: edge.address,
        caPem: edge.caPem,
        connectorId: id,
        privateKey: keys.privateKey,
        machineName: id,
        version: '1',
        serve: forwarder.serve,
        log: silentLog,
      })
      prober.watch(link)
      return prober
    }),
  )
  return {
    hub: edge.hub,
    regroup,
    async [Symbol.asyncDispose]() {
      for (const prober of probers) prober[Symbol.dispose]()
      forwarder.close()
      await edge[Symbol.asyncDispose]()
    },
  }
}

/** Resolves when the connector has said this of the origin. */
async function said(
  hub: LinkHub,
  connectorId: string,
  health: Partial<OriginHealth>,
): Promise<void> {
  const isSaid = ({ origin, code }: OriginHealth): boolean =>
    origin === health.origin && code === health.code
  while (!hub.healthOf(connectorId).some(isSaid)) await new Promise(setImmediate)
}

const target = (origin: string, verifyCertificate = true): ProbeTarget => ({
  origin,
  verifyCertificate,
})

test('a connector says which origins it reaches, and why not the others [K4]', async () => {
  const { server, origin } = await startApplication()
  const gone = 'http://127.0.0.1:1'
  const targets = [target(origin), target(gone), target('http://169.254.169.254')]
  await using world = await startWorld({ a: createProbe([], undefined) }, targets)
  await said(world.hub, 'a', { origin, code: 'ok' })
  await said(world.hub, 'a', { origin: gone, code: 'backend-refused' })
  await said(world.hub, 'a', { origin: 'http://169.254.169.254', code: 'destination-not-allowed' })
  world.regroup([])
  assert.deepEqual(world.hub.healthOf('a'), [])
  server.close()
})

test('requests go to connectors that reach their origin, as long as there is one [K4]', async () => {
  const { server, origin } = await startApplication()
  const nothingAllowed = parseAllowList(['10.0.0.0/8'])
  assert.ok('value' in nothingAllowed)
  const probes = { a: createProbe([], undefined), b: createProbe([], nothingAllowed.value) }
  await using world = await startWorld(probes, [target(origin)])
  await said(world.hub, 'a', { origin, code: 'ok' })
  await said(world.hub, 'b', { origin, code: 'destination-not-allowed' })
  const chosen = (wanted: string) =>
    new Set(Array.from({ length: 10 }, () => world.hub.choose(groupId, wanted)?.connectorId))
  assert.deepEqual(chosen(origin), new Set(['a']))
  assert.deepEqual(chosen('http://elsewhere'), new Set(['a', 'b']))
  server.close()
})

test('a request that does not get there has its origin probed at once, and a comeback is noticed [K4]', async () => {
  const first = await startApplication()
  await using world = await startWorld({ a: createProbe([], undefined) }, [target(first.origin)])
  await said(world.hub, 'a', { origin: first.origin, code: 'ok' })
  first.server.close()
  await once(first.server, 'close')
  const link = world.hub.choose(groupId, first.origin) as Link
  // The last probe was a moment ago; a second has to pass.
  let code: unknown
  do {
    await ask(link, { ...getRequest, origin: first.origin }).catch(() => {})
    ;[{ code }] = world.hub.healthOf('a') as [OriginHealth]
    await new Promise((resolve) => setTimeout(resolve, 20))
  } while (code === 'ok')
  assert.equal(code, 'backend-refused')
  assert.equal(world.hub.choose(groupId, first.origin), link)
})

test('a certificate counts unless an application goes without; private authorities count too [K4] [F6]', async () => {
  const authority = await createTestAuthority('Private authority')
  const { certPem: cert, keyPem: key } = await authority.issue(['127.0.0.1'])
  const server = createTlsServer({ cert, key })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const probe = createProbe([], undefined)
  assert.equal(await probe(target(origin)), 'backend-certificate')
  assert.equal(await probe(target(origin, false)), 'ok')
  assert.equal(await createProbe([authority.caPem], undefined)(target(origin)), 'ok')
  server.close()
})

test('an origin that several edges ask about is probed once, and all are told [K4]', async () => {
  const probed: string[] = []
  const prober = new Prober({
    probe: async ({ origin, verifyCertificate }) => {
      probed.push(`${origin} ${verifyCertificate}`)
      return 'ok'
    },
    random: () => 0,
  })
  const told = Promise.withResolvers<void>()
  const reports: string[] = []
  const link = (name: string, targets: readonly ProbeTarget[]) => ({
    targets,
    onTargets: undefined,
    onUnreached: undefined,
    closed: new Promise(() => {}),
    reportHealth(health: readonly OriginHealth[]) {
      reports.push(`${name} ${health.map(({ origin }) => origin).join(' ')}`)
      if (reports.length === 2) told.resolve()
    },
  })
  prober.watch(link('one', [target('http://a'), target('http://b')]))
  prober.watch(link('two', [target('http://a', false)]))
  await told.promise
  prober[Symbol.dispose]()
  assert.deepEqual(probed.sort(), ['http://a false', 'http://b true'])
  assert.deepEqual(reports.sort(), ['one http://a http://b', 'two http://a'])
})

test('a thousand origins are not probed all at once [K4]', async () => {
  let running = 0
  let most = 0
  let done = 0
  const all = Promise.withResolvers<void>()
  const prober = new Prober({
    probe: async () => {
      most = Math.max(most, ++running)
      await new Promise(setImmediate)
      running--
      if (++done === 1_000) all.resolve()
      return 'ok'
    },
    random: () => 0,
  })
  prober.watch({
    targets: Array.from({ length: 1_500 }, (_, i) => target(`http://h${i}`)),
    onTargets: undefined,
    onUnreached: undefined,
    closed: new Promise(() => {}),
    reportHealth() {},
  })
  // Prober's timers keep no process alive.
  const alive = setInterval(() => {}, 1_000)
  await all.promise
  clearInterval(alive)
  prober[Symbol.dispose]()
  assert.ok(most <= 16, `${most} at once`)
})
