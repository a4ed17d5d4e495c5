import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { Agent, request as askFor } from 'undici'
import { type Pebble, startPebble } from '../../test/pebble.ts'
import { systemClock } from '../base/clock.ts'
import { type Log, silentLog } from '../base/log.ts'
import { AcmeKeeper, type AcmeParts } from '../certificates/acme-keeper.ts'
import { ChallengePort } from '../certificates/challenge-port.ts'
import { TestAuthority } from '../certificates/fixture-authority.ts'
import type { StoredCertificate } from '../certificates/stored.ts'
import type { Directory } from '../directory/directory.ts'
import { isFault, openInMemory } from '../directory/fixture.ts'
import { readAcmeOptions } from './acme.ts'
import { openVault, sealKey } from './certificates.ts'

const challengePort = new ChallengePort(silentLog)
const tls = createServer((socket) => challengePort.admit(socket, () => socket.destroy()))
tls.listen(0, '127.0.0.1')
await once(tls, 'listening')
const pebble = await startPebble({ tlsPort: (tls.address() as AddressInfo).port })
after(async () => {
  await pebble[Symbol.asyncDispose]()
  tls.close()
})

const dayMs = 86_400_000
const vault = openVault(new Uint8Array(32))

interface World {
  readonly directory: Directory
  readonly hosts: Map<string, StoredCertificate | undefined>
  readonly keeper: AcmeKeeper
}

/** A keeper with a directory of its own that looks after `hosts`, which the test fills. */
async function openKeeper(
  t: TestContext,
  changes: Partial<AcmeParts> & { readonly at?: Pick<Pebble, 'directoryUrl' | 'caPem'> } = {},
  directory?: Directory,
): Promise<World> {
  const own = directory ?? (await openInMemory(t))
  const hosts: World['hosts'] = new Map()
  const { directoryUrl, caPem } = changes.at ?? pebble
  const keeper = new AcmeKeeper({
    server: { directoryUrl, caPem, contact: undefined, externalAccount: undefined },
    challenges: ['tls-alpn-01'],
    store: own.acme,
    hosts: () => hosts,
    async keep(certificate) {
      const { key: _, ...shown } = certificate
      const sealedKey = sealKey(vault, certificate)
      const change = { author: 'ACME', reason: '' }
      const stored = await own.addCertificate({ ...shown, source: 'acme', sealedKey }, change)
      for (const name of stored.names) hosts.set(name, stored)
    },
    spread: async () => challengePort.apply((await own.state()).challenges),
    sealAccountKey: (pem) => vault.seal('account', pem),
    openAccountKey: (sealed) => vault.open('account', sealed),
    clock: systemClock,
    log: silentLog,
    ...changes,
  })
  t.after(() => keeper[Symbol.asyncDispose]())
  return { directory: own, hosts, keeper }
}

test('a host without a certificate gets one, and then is left alone [P11]', async (t) => {
  const { directory, hosts, keeper } = await openKeeper(t)
  hosts.set('a.contoso.test', undefined).set('b.contoso.test', undefined)
  await keeper.check()
  const certificates = await directory.certificates()
  assert.deepEqual(certificates.flatMap(({ names }) => names).sort(), [...hosts.keys()])
  assert.deepEqual((await directory.state()).challenges, [])
  const [host] = await directory.acme.hosts()
  assert.deepEqual([host?.failures, host?.lastError], [0, undefined])
  await keeper.check()
  assert.deepEqual(await directory.certificates(), certificates)
})

test('names that no authority certifies are not asked for, nor what is published no more [P11]', async (t) => {
  const { directory, hosts, keeper } = await openKeeper(t)
  for (const host of ['localhost', 'a.contoso.localhost', '*.contoso.test', 'intranet']) {
    hosts.set(host, undefined)
  }
  await directory.acme.settle({
    ...{ host: 'gone.test', failures: 3, nextAttemptAt: 9, lastError: 'no' },
  })
  await keeper.check()
  assert.deepEqual(await directory.certificates(), [])
  assert.deepEqual(await directory.acme.hosts(), [])
})

function shown(changes: Partial<StoredCertificate>): StoredCertificate {
  const now = Date.now()
  return {
    ...{ thumbprint: 'AA', subjectName: '', issuerName: '', names: ['r.contoso.test'] },
    ...{ source: 'acme', notBefore: now - 61 * dayMs, notAfter: now + 29 * dayMs },
    ...{ chain: '', sealedKey: '', createdAt: 0 },
    ...changes,
  }
}

const renewals: readonly (readonly [string, Partial<StoredCertificate>, boolean])[] = [
  ['of 90 days on day 61', {}, true],
  [
    'of 90 days on day 55',
    { notBefore: Date.now() - 55 * dayMs, notAfter: Date.now() + 35 * dayMs },
    false,
  ],
  ['of 6 days on day 5', { notBefore: Date.now() - 5 * dayMs, notAfter: Date.now() + dayMs }, true],
  [
    'that was uploaded, on its last day',
    { source: 'upload', notAfter: Date.now() + dayMs / 2 },
    false,
  ],
  ['that was uploaded and has expired', { source: 'upload', notAfter: Date.now() - 1000 }, true],
]
for (const [what, changes, renewed] of renewals) {
  test(`a certificate ${what} is ${renewed ? '' : 'not '}ordered anew [P11]`, async (t) => {
    const { directory, hosts, keeper } = await openKeeper(t)
    hosts.set('r.contoso.test', shown(changes))
    await keeper.check()
    assert.equal((await directory.certificates()).length, renewed ? 1 : 0)
  })
}

test('a failure is logged with its reason, kept, and tried again later, not at once [P11]', async (t) => {
  const warnings: object[] = []
  const log: Log = { ...silentLog, warn: (fields) => void warnings.push(fields) }
  // The challenge is nowhere to be found.
  const { directory, hosts, keeper } = await openKeeper(t, { log, spread: async () => {} })
  challengePort.apply([])
  hosts.set('f.contoso.test', undefined)
  const start = Date.now()
  await keeper.check()
  await keeper.check()
  const [host] = await directory.acme.hosts()
  assert.equal(host?.failures, 1, 'tried once')
  assert.match(host.lastError ?? '', /^(?:tls|connection|unauthorized): .{10}/)
  assert.ok(host.nextAttemptAt > start + 4 * 60_000)
  assert.equal(warnings.length, 1)
  assert.deepEqual((await directory.state()).challenges, [])
})

test('one host is ordered by one of several processes [P11]', async (t) => {
  const first = await openKeeper(t)
  const second = await openKeeper(t, {}, first.directory)
  for (const { hosts } of [first, second]) hosts.set('once.contoso.test', undefined)
  await Promise.all([first.keeper.check(), second.keeper.check()])
  assert.equal((await first.directory.certificates()).length, 1)
  const issued = (await first.directory.audit(10)).filter((e) => e.action === 'certificate.create')
  assert.equal(issued.length, 1)
})

test('the account outlives the process, and its key is nowhere in clear [P11]', async (t) => {
  const first = await openKeeper(t)
  first.hosts.set('acc1.contoso.test', undefined)
  await first.keeper.check()
  const account = await first.directory.acme.account(pebble.directoryUrl)
  assert.doesNotMatch(JSON.stringify(account), /PRIVATE/)
  const second = await openKeeper(t, {}, first.directory)
  second.hosts.set('acc1.contoso.test', first.hosts.get('acc1.contoso.test'))
  second.hosts.set('acc2.contoso.test', undefined)
  await second.keeper.check()
  assert.deepEqual(await first.directory.acme.account(pebble.directoryUrl), account)
})

test('an authority that cannot be reached is a failure like any other, and ending waits for nothing [P11]', async (t) => {
  const at = { directoryUrl: 'https://127.0.0.1:1/dir', caPem: pebble.caPem }
  const { directory, hosts, keeper } = await openKeeper(t, { at })
  hosts.set('u.contoso.test', undefined)
  await keeper.check()
  assert.match((await directory.acme.hosts())[0]?.lastError ?? '', /^unreachable: /)
  await keeper[Symbol.asyncDispose]()
})

const folder = mkdtempSync(join(tmpdir(), 'sallyport-acme-'))
after(() => rmSync(folder, { recursive: true }))
const keyFile = join(folder, 'eab')
writeFileSync(keyFile, 'AAAA\n')
const directory = { acmeDirectory: 'https://ca.test/dir' }
const agreed = { ...directory, acmeAgreeTos: true }

test('the options name a server, or none [P11]', async () => {
  assert.equal(await readAcmeOptions({}), undefined)
  const eab = { acmeEabKid: 'k', acmeEabKeyFile: keyFile }
  assert.deepEqual(await readAcmeOptions({ ...agreed, acmeContact: 'a@b.test', ...eab }), {
    directoryUrl: 'https://ca.test/dir',
    contact: 'a@b.test',
    caPem: undefined,
    externalAccount: { keyId: 'k', key: 'AAAA' },
  })
})

const refused = [
  ['terms that nobody agreed to', directory],
  ['no directory', { acmeAgreeTos: true }],
  ['an address without TLS', { ...agreed, acmeDirectory: 'http://ca.test/dir' }],
  ['a key id without its key', { ...agreed, acmeEabKid: 'k' }],
] as const
for (const [what, options] of refused) {
  test(`${what} is said before anything starts [P11]`, async () => {
    await assert.rejects(readAcmeOptions(options), isFault('invalid'))
  })
}

/** The Pebble of these tests, behind a directory that offers renewal information and answers `window` for everything. */
async function startAdvised(t: TestContext, window: { start: number; end: number }) {
  const authority = await TestAuthority.create('Advice')
  const { certificate: cert, key } = await authority.issue(['localhost'])
  const asked: string[] = []
  const server = createHttpsServer({ cert, key }, async (request, response) => {
    if (request.url !== '/dir') {
      asked.push(request.url ?? '')
      const [start, end] = [window.start, window.end].map((at) => new Date(at).toISOString())
      response.setHeader('Retry-After', '3600')
      response.end(JSON.stringify({ suggestedWindow: { start, end } }))
      return
    }
    const dispatcher = new Agent({ connect: { ca: pebble.caPem } })
    const { body } = await askFor(pebble.directoryUrl, { dispatcher })
    const directory = (await body.json()) as object
    await dispatcher.destroy()
    response.end(JSON.stringify({ ...directory, renewalInfo: `${origin}/renewal` }))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.after(() => server.close())
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`
  const at = { directoryUrl: `${origin}/dir`, caPem: pebble.caPem + authority.pem }
  return { at, asked }
}

for (const [what, from, renewed] of [
  ['is renewed when its server would like it to be, however young', -2 * 3_600_000, true],
  ['is left alone while its server would like it to be', 30 * dayMs, false],
] as const) {
  test(`a certificate ${what} (RFC 9773) [P11]`, async (t) => {
    const window = { start: Date.now() + from, end: Date.now() + from + 3_600_000 }
    const { at, asked } = await startAdvised(t, window)
    let now = Date.now()
    const { directory, hosts, keeper } = await openKeeper(t, { at, clock: () => now })
    hosts.set('advised.contoso.test', undefined)
    await keeper.check()
    assert.deepEqual(asked, [])
    const [first] = await directory.certificates()
    // What is new stays for a day, whatever anybody says.
    for (const hours of [2, 24]) {
      now += hours * 3_600_000
      await keeper.check()
      const [shown] = await directory.certificates()
      assert.equal(shown?.thumbprint !== first?.thumbprint, renewed && hours === 24)
    }
    assert.match(asked[0] ?? '', /^\/renewal\/[\w-]{27}\.[\w-]{10,}$/)
    const before = asked.length
    await keeper.check()
    // Of the new one for the first time; not again before the hour is over.
    assert.equal(asked.length, renewed ? before + 1 : before)
  })
}
