import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { connect, createServer } from 'node:tls'
import { LocalCa } from './local-ca.ts'

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-ca-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('the authority is made once and found again, its key for the owner only [P11]', async (t) => {
  const folder = temporaryFolder(t)
  const first = await LocalCa.open(folder)
  const again = await LocalCa.open(folder)
  assert.equal(again.fingerprint, first.fingerprint)
  assert.match(first.fingerprint, /^[0-9a-f]{64}$/)
  assert.equal(statSync(join(folder, 'ca.key')).mode & 0o777, 0o600)
  assert.equal(readFileSync(join(folder, 'ca.pem'), 'utf8').trim(), first.pem.trim())
})

test('a damaged authority is an error, never replaced [P11]', async (t) => {
  const folder = temporaryFolder(t)
  await LocalCa.open(folder)
  writeFileSync(join(folder, 'ca.key'), 'rubbish')
  await assert.rejects(LocalCa.open(folder))
  assert.equal(readFileSync(join(folder, 'ca.key'), 'utf8'), 'rubbish')
})

const names = [
  ['app.contoso.localhost', 'app.contoso.localhost', true],
  ['app.contoso.localhost', 'other.contoso.localhost', false],
] as const
for (const [issued, asked, trusted] of names) {
  test(`a certificate for ${issued} ${trusted ? 'is' : 'is not'} one for ${asked} [P11]`, async (t) => {
    const ca = await LocalCa.open(temporaryFolder(t))
    const server = createServer(await ca.issue([issued, '127.0.0.1']), (socket) => socket.end())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => server.close())
    const { port } = server.address() as AddressInfo
    const client = connect({ port, host: '127.0.0.1', servername: asked, ca: ca.pem })
    t.after(() => client.destroy())
    const outcome = await once(client, 'secureConnect').then(
      () => true,
      () => false,
    )
    assert.equal(outcome, trusted)
  })
}

test('the context of a name is made once, however many ask at once [P11]', async (t) => {
  const ca = await LocalCa.open(temporaryFolder(t))
  const contexts = await Promise.all(Array.from({ length: 20 }, () => ca.contextFor('a.test')))
  assert.equal(new Set(contexts).size, 1)
})
