import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { EdgeRefusal } from '../tunnel/connector-end.ts'
import { createTestAuthority } from '../tunnel/test-authority.ts'
import { startEdge, type TestEdge, testAuthority } from '../tunnel/test-tunnel.ts'
import { type ConnectorIdentity, enrol, loadIdentity, saveIdentity } from './enrolment.ts'
import { encodeToken } from './token.ts'

const machine = { machineName: 'host-1' }
const secret = 'one-time-secret-of-a-token'

/** An edge that takes `secret` once. */
async function startEnrollingEdge() {
  const keys: string[] = []
  const edge = await startEdge({
    async enrol(given, { publicKey }) {
      if (given === 'an-expired-secret') return { refused: 'expired-token' }
      if (given !== secret) return { refused: 'unknown-token' }
      if (keys.push(publicKey) > 1) return { refused: 'used-token' }
      return { connectorId: 'connector-7' }
    },
  })
  return { edge, keys, [Symbol.asyncDispose]: () => edge[Symbol.asyncDispose]() }
}

function tokenOf(edge: TestEdge, change: object = {}): string {
  return encodeToken({ edge: edge.address, ca: edge.fingerprint, secret, ...change })
}

test('one token makes one connector, whose key stays here [K1]', async () => {
  await using enrolling = await startEnrollingEdge()
  const { edge, keys } = enrolling
  const identity = await enrol(tokenOf(edge), machine)
  assert.equal(identity.connectorId, 'connector-7')
  assert.equal(identity.edge, edge.address)
  assert.equal(identity.caPem, edge.caPem)
  const publicKey = createPublicKey(createPrivateKey(identity.privateKey))
  assert.equal(publicKey.export({ format: 'jwk' }).x, keys[0])
})

const refusedTokens = [
  ['used-token', { before: 1 }, {}],
  ['unknown-token', { before: 0 }, { secret: 'a-secret-nobody-knows' }],
  ['expired-token', { before: 0 }, { secret: 'an-expired-secret' }],
] as const
for (const [code, { before }, change] of refusedTokens) {
  test(`enrol() says so when the edge answers ${code} [K1]`, async () => {
    await using enrolling = await startEnrollingEdge()
    for (let i = 0; i < before; i++) await enrol(tokenOf(enrolling.edge), machine)
    await assert.rejects(enrol(tokenOf(enrolling.edge, change), machine), (error: unknown) => {
      assert.ok(error instanceof EdgeRefusal)
      assert.equal(error.refusal, code)
      assert.match(error.message, /token/)
      return true
    })
  })
}

test('the token of another edge is not even shown to this one [K1]', async () => {
  await using enrolling = await startEnrollingEdge()
  const token = tokenOf(enrolling.edge, { ca: randomBytes(32).toString('hex') })
  await assert.rejects(enrol(token, machine), { code: 'foreign-edge' })
  assert.deepEqual(enrolling.keys, [])
})

test('an edge that shows the right authority, but no certificate of it, is told nothing [K1]', async () => {
  const authority = await testAuthority()
  const impostor = await createTestAuthority('Impostor')
  const { certPem, keyPem } = await impostor.issue(['127.0.0.1'])
  const keys: string[] = []
  await using edge = await startEdge({
    // Its own leaf, with the pinned authority behind it instead of its own.
    from: {
      ...authority,
      issue: async () => ({
        certPem: `${certPem.slice(0, certPem.indexOf('-----END') + 25)}\n${authority.caPem}`,
        keyPem,
      }),
    },
    async enrol(_secret, { publicKey }) {
      keys.push(publicKey)
      return { connectorId: 'connector-7' }
    },
  })
  await assert.rejects(enrol(tokenOf(edge), machine), { code: 'foreign-edge' })
  assert.deepEqual(keys, [])
})

test('the right authority with another name is not the edge of the token [K1]', async () => {
  await using edge = await startEdge({ names: ['edge.example'] })
  await assert.rejects(enrol(tokenOf(edge), machine), { code: 'foreign-edge' })
})

test('a token that is none is told from an edge that is not there', async () => {
  await assert.rejects(enrol('hello', machine), { code: 'invalid' })
  const token = encodeToken({ edge: '127.0.0.1:1', ca: 'ab'.repeat(32), secret })
  await assert.rejects(enrol(token, machine), { code: 'edge-unreachable' })
})

async function createDirectory() {
  const path = await mkdtemp(join(tmpdir(), 'sallyport-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

async function createIdentity(): Promise<ConnectorIdentity> {
  await using enrolling = await startEnrollingEdge()
  return await enrol(tokenOf(enrolling.edge), machine)
}

test('an identity is kept whole, for the owner only, and not replaced by accident [K1]', async () => {
  await using directory = await createDirectory()
  const home = join(directory.path, 'deep', 'down')
  assert.equal(await loadIdentity(home), undefined)
  const identity = await createIdentity()
  await saveIdentity(home, identity)
  assert.deepEqual(await loadIdentity(home), identity)
  assert.deepEqual(await readdir(home), ['connector.json'])
  if (process.platform !== 'win32') {
    assert.equal((await stat(join(home, 'connector.json'))).mode & 0o777, 0o600)
    assert.equal((await stat(home)).mode & 0o777, 0o700)
  }
  const other = { ...identity, connectorId: 'connector-8' }
  await assert.rejects(saveIdentity(home, other), { code: 'already-exists' })
  assert.deepEqual(await loadIdentity(home), identity)
  await saveIdentity(home, other, { overwrite: true })
  assert.deepEqual(await loadIdentity(home), other)
  assert.deepEqual(await readdir(home), ['connector.json'])
})

test('a damaged identity is named, not taken for none', async () => {
  await using directory = await createDirectory()
  const path = join(directory.path, 'connector.json')
  const identity = await createIdentity()
  await saveIdentity(directory.path, identity)
  const text = await readFile(path, 'utf8')
  for (const damaged of [
    '',
    text.slice(0, 100),
    '{}',
    JSON.stringify({ ...identity, privateKey: 'x' }),
  ]) {
    await writeFile(path, damaged)
    await assert.rejects(loadIdentity(directory.path), { code: 'invalid' })
  }
})

test('a directory that cannot be written is a fault of the storage', async () => {
  await using directory = await createDirectory()
  const file = join(directory.path, 'file')
  await writeFile(file, '')
  const identity = await createIdentity()
  await assert.rejects(saveIdentity(file, identity), { code: 'storage-failed' })
})
