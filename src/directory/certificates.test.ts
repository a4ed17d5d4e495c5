import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '../base/log.ts'
import type { NewCertificate } from '../certificates/stored.ts'
import { accepted, change, createApplication, openInMemory, temporaryFile } from './fixture.ts'
import { openDirectory } from './open.ts'

function certificateOf(thumbprint: string, changes: Partial<NewCertificate> = {}): NewCertificate {
  return {
    thumbprint,
    source: 'upload',
    subjectName: 'CN=app.contoso.test',
    issuerName: 'CN=Issuer',
    names: ['app.contoso.test'],
    notBefore: 1,
    notAfter: 2,
    chain: 'chain',
    sealedKey: 'sealed',
    ...changes,
  }
}

test('a certificate is in the state, and in the audit trail without its key [P11] [G4]', async (t) => {
  const directory = await openInMemory(t)
  const before = await directory.state()
  const stored = await directory.addCertificate(certificateOf('AA'), change)
  const state = await directory.state()
  assert.deepEqual(state.certificates, [stored])
  assert.equal(state.version, before.version + 1)
  const [entry] = await directory.audit(1)
  assert.equal(entry?.action, 'certificate.create')
  assert.equal(entry.targetId, 'AA')
  assert.doesNotMatch(JSON.stringify(entry), /sealed/)
})

test('the same certificate twice is one, and no second change [P11]', async (t) => {
  const directory = await openInMemory(t)
  const first = await directory.addCertificate(certificateOf('AA'), change)
  const { version } = await directory.state()
  assert.deepEqual(await directory.addCertificate(certificateOf('AA'), change), first)
  assert.equal((await directory.state()).version, version)
})

test('a renewed certificate takes the place of the one before, an uploaded one of none [P11]', async (t) => {
  const directory = await openInMemory(t)
  await directory.addCertificate(certificateOf('AA'), change)
  await directory.addCertificate(certificateOf('BB', { source: 'acme' }), change)
  await directory.addCertificate(certificateOf('CC', { source: 'acme', names: ['x.test'] }), change)
  await directory.addCertificate(certificateOf('DD', { source: 'acme' }), change)
  await directory.addCertificate(certificateOf('EE'), change)
  const kept = (await directory.certificates()).map(({ thumbprint }) => thumbprint)
  assert.deepEqual(kept.sort(), ['AA', 'CC', 'DD', 'EE'])
})

test('a deleted certificate is gone, and one that never was is said so [P11]', async (t) => {
  const directory = await openInMemory(t)
  await directory.addCertificate(certificateOf('AA'), change)
  assert.equal(await directory.deleteCertificate('AA', change), true)
  assert.equal(await directory.deleteCertificate('AA', change), false)
  assert.deepEqual((await directory.state()).certificates, [])
  assert.equal((await directory.audit(1))[0]?.action, 'certificate.delete')
})

test('a certificate that comes with an application is kept with it or not at all [P11] [G4]', async (t) => {
  const directory = await openInMemory(t)
  const { id } = await createApplication(directory, 'Contoso')
  const refused = await directory.updateApplication(
    id,
    change,
    () => ({ issues: [{ path: '', code: 'no', message: 'no' }] }),
    certificateOf('AA'),
  )
  assert.ok('issues' in refused)
  assert.deepEqual(await directory.certificates(), [])
  const rename = (displayName: string, thumbprint: string) =>
    directory.updateApplication(
      id,
      change,
      (now) => ({ value: { ...now, displayName } }),
      certificateOf(thumbprint),
    )
  accepted(await rename('Fabrikam', 'AA'))
  accepted(await rename('Fabrikam', 'BB'))
  const actions = (await directory.audit(3)).map(({ action }) => action)
  assert.deepEqual(actions, ['certificate.create', 'certificate.create', 'application.update'])
  const state = await directory.state()
  assert.equal(state.applications[0]?.displayName, 'Fabrikam')
  assert.equal(state.certificates.length, 2)
})

test('a host is at work in one place at a time, and not before its time [P11]', async (t) => {
  const { acme } = await openInMemory(t)
  assert.equal(await acme.claim('a.test', 1_000, 2_000), true)
  assert.equal(await acme.claim('a.test', 1_999, 3_000), false)
  assert.equal(await acme.claim('a.test', 2_000, 3_000), true, 'whoever had it is gone')
  await acme.settle({ host: 'a.test', failures: 1, nextAttemptAt: 5_000, lastError: 'no' })
  assert.equal(await acme.claim('a.test', 4_999, 6_000), false)
  assert.equal(await acme.claim('a.test', 5_000, 6_000), true)
  const [host] = await acme.hosts()
  assert.deepEqual(host, { host: 'a.test', failures: 1, nextAttemptAt: 5_000, lastError: 'no' })
})

test('a challenge is in the state while it lasts, the account for ever [P11]', async (t) => {
  const file = temporaryFile(t)
  const settings = { file, clock: Date.now, log: silentLog }
  const challenge = { host: 'a.test', token: 't', keyAuthorization: 't.k', expiresAt: 9 }
  {
    await using directory = await openDirectory(settings)
    let told = 0
    directory.onChange(() => {
      told += 1
    })
    await directory.acme.putChallenge(challenge)
    assert.deepEqual((await directory.state()).challenges, [challenge])
    await directory.acme.removeChallenge('a.test')
    assert.deepEqual((await directory.state()).challenges, [])
    assert.equal(told, 2)
    await directory.acme.keepAccount('https://ca.test', { url: 'old', sealedKey: 's' })
    await directory.acme.keepAccount('https://ca.test', { url: 'u', sealedKey: 's' })
  }
  await using again = await openDirectory(settings)
  assert.deepEqual(await again.acme.account('https://ca.test'), { url: 'u', sealedKey: 's' })
  assert.equal(await again.acme.account('https://other.test'), undefined)
})
