import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { TestAuthority } from '../certificates/fixture-authority.ts'
import { rc2Of40Bits } from '../certificates/fixture-legacy-pfx.ts'
import { writePfx } from '../certificates/fixture-openssl.ts'
import { openTestApi, publishWildcard } from './test-api.ts'

const api = await openTestApi()
after(() => api[Symbol.asyncDispose]())

const certificates = '/beta/onPremisesPublishingProfiles/applicationProxy/certificates'
const root = await TestAuthority.create()
const authority = await root.issueAuthority('Issuer')

/** The two properties that the original takes a certificate by. */
async function credentials(names: readonly string[], password = 'Contoso1') {
  const file = writePfx(await authority.issue(names), authority.pem, password)
  return {
    verifiedCustomDomainKeyCredential: {
      '@odata.type': 'microsoft.graph.keyCredential',
      type: 'X509CertAndPassword',
      value: file.toString('base64'),
    },
    verifiedCustomDomainPasswordCredential: { value: password },
  }
}

function targetsOf(body: { error: { details: { code: string; target: string }[] } }) {
  return body.error.details.map(({ code, target }) => `${target}: ${code}`)
}

test('a certificate is uploaded and read back as in the original, its key never [P11] [G1]', async () => {
  const application = await publishWildcard(api, 'upload.test')
  const none = await api.call('GET', `${application}/onPremisesPublishing`)
  assert.equal(none.body.verifiedCustomDomainCertificatesMetadata, null)
  const onPremisesPublishing = await credentials(['*.upload.test'])
  const patched = await api.call('PATCH', application, { onPremisesPublishing })
  assert.equal(patched.status, 204, JSON.stringify(patched.body))
  const { body } = await api.call('GET', `${application}?$select=onPremisesPublishing`)
  const { verifiedCustomDomainCertificatesMetadata: metadata, ...rest } = body.onPremisesPublishing
  const names = ['thumbprint', 'subjectName', 'issuerName', 'issueDate', 'expiryDate']
  assert.deepEqual(Object.keys(metadata), names)
  assert.equal(metadata.subjectName, 'O=Contoso, CN=*.upload.test')
  assert.equal(metadata.issuerName, 'CN=Issuer')
  assert.equal(rest.verifiedCustomDomainKeyCredential, null)
  assert.equal(rest.verifiedCustomDomainPasswordCredential, null)
  const again = await api.call('PATCH', application, body)
  assert.equal(again.status, 204, 'what GET gave can be sent back')
})

test('another application under the star finds the certificate by itself [P11]', async () => {
  await publishWildcard(api, 'shared.test')
  const shared = await api.call('POST', certificates, {
    pfx: writePfx(await authority.issue(['*.apps.shared.test']), authority.pem, '').toString(
      'base64',
    ),
  })
  assert.equal(shared.status, 201, JSON.stringify(shared.body))
  const application = await publishWildcard(api, 'apps.shared.test')
  const { body } = await api.call('GET', `${application}/onPremisesPublishing`)
  assert.equal(body.verifiedCustomDomainCertificatesMetadata.thumbprint, shared.body.thumbprint)
})

test('onPremisesPublishing itself takes a certificate, too, under the names of the schema [P11]', async () => {
  const application = await publishWildcard(api, 'schema.test')
  const { verifiedCustomDomainKeyCredential: key } = await credentials(['*.schema.test'], 'x')
  const answer = await api.call('PATCH', `${application}/onPremisesPublishing`, {
    verifiedCustomDomainKeyCredential: { key: key.value, usage: 'Sign' },
    verifiedCustomDomainPasswordCredential: { secretText: 'x' },
  })
  assert.equal(answer.status, 204, JSON.stringify(answer.body))
})

test('a wrong certificate is refused with everything else that is wrong, and the old one stays [P11] [X16] [G4]', async () => {
  const application = await publishWildcard(api, 'kept.test')
  const first = { onPremisesPublishing: await credentials(['*.kept.test']) }
  assert.equal((await api.call('PATCH', application, first)).status, 204)
  const kept = await api.call('GET', certificates)
  const other = await credentials(['*.other.test'])
  const refused = await api.call('PATCH', application, {
    onPremisesPublishing: { ...other, externalUrl: 'nonsense' },
  })
  const wrong = await api.call('PATCH', application, { onPremisesPublishing: other })
  const key = 'onPremisesPublishing/verifiedCustomDomainKeyCredential/value'
  assert.deepEqual(targetsOf(wrong.body), [`${key}: not-covered`])
  assert.deepEqual(targetsOf(refused.body), ['onPremisesPublishing/externalUrl: url-invalid'])
  assert.deepEqual((await api.call('GET', certificates)).body, kept.body)
})

const pfx = rc2Of40Bits.toString('base64')
const secret = 'verifiedCustomDomainPasswordCredential'
const credential = 'verifiedCustomDomainKeyCredential'
const refusals = [
  ['a wrong password', { [credential]: { value: pfx } }, `${secret}/value: pfx-password`],
  ['no base64', { [credential]: { value: '€' } }, `${credential}/value: pfx-malformed`],
  ['no PFX', { [credential]: { value: 'AAAA' } }, `${credential}/value: pfx-malformed`],
  ['a password alone', { [secret]: { value: 'x' } }, `${secret}: no-certificate`],
  [
    'another type',
    { [credential]: { type: 'Asym', value: pfx } },
    `${credential}/type: invalid-format`,
  ],
  ['an unknown part', { [credential]: { what: 1 } }, `${credential}/what: unknown-property`],
  ['a text', { [credential]: 'x' }, `${credential}: invalid-type`],
] as const
for (const [what, publishing, expected] of refusals) {
  test(`${what} is refused at its place [P11] [G4]`, async () => {
    const domain = `r${refusals.findIndex(([each]) => each === what)}.test`
    const application = await publishWildcard(api, domain)
    const answer = await api.call('PATCH', `${application}/onPremisesPublishing`, publishing)
    assert.equal(answer.status, 400)
    assert.deepEqual(targetsOf(answer.body), [expected])
    const whole = await api.call('PATCH', application, { onPremisesPublishing: publishing })
    assert.deepEqual(targetsOf(whole.body), [`onPremisesPublishing/${expected}`])
  })
}

test('PEM is taken at a resource of its own, listed, read and deleted [P11] [G1]', async () => {
  const { certificate, key } = await authority.issue(['pem.test'])
  const body = { certificateChain: certificate + authority.pem, privateKey: key }
  const created = await api.call('POST', certificates, body)
  assert.equal(created.status, 201, JSON.stringify(created.body))
  const { id, dnsNames, source } = created.body
  assert.deepEqual([dnsNames, source], [['pem.test'], 'upload'])
  const again = await api.call('POST', certificates, body)
  assert.equal(again.body.id, id, 'twice is once')
  const filter = `${certificates}?$filter=thumbprint eq '${id}'`
  assert.equal((await api.call('GET', filter)).body.value.length, 1)
  assert.equal((await api.call('GET', `${certificates}/${id}`)).body.id, id)
  assert.equal((await api.call('DELETE', `${certificates}/${id}`)).status, 204)
  assert.equal((await api.call('DELETE', `${certificates}/${id}`)).status, 404)
  assert.equal((await api.call('GET', `${certificates}/${id}`)).status, 404)
})

test('neither keys nor passwords are in any answer or in the audit trail [P11] [D4]', async () => {
  const application = await publishWildcard(api, 'secret.test')
  const onPremisesPublishing = await credentials(['*.secret.test'], 'geheimnis')
  assert.equal((await api.call('PATCH', application, { onPremisesPublishing })).status, 204)
  for (const path of [application, certificates, '/beta/auditLogs/directoryAudits']) {
    const text = JSON.stringify((await api.call('GET', path)).body)
    assert.doesNotMatch(text, /geheimnis|sealed|PRIVATE KEY|BEGIN/)
  }
})

const bodies = [
  ['nothing', {}, ['certificateChain: certificate-malformed', 'privateKey: key-malformed']],
  ['both kinds', { pfx, privateKey: 'x' }, ['pfx: conflict']],
  ['a wrong password', { pfx, password: 'x' }, ['password: pfx-password']],
] as const
for (const [what, body, expected] of bodies) {
  test(`a certificate made of ${what} is refused [P11] [G4]`, async () => {
    const answer = await api.call('POST', certificates, body)
    assert.equal(answer.status, 400)
    assert.deepEqual(targetsOf(answer.body), expected)
  })
}

test('certificates are for whoever may publish, and not for every token [G3]', async () => {
  const as = (token: string) => ({ authorization: `Bearer ${token}` })
  assert.equal((await api.call('GET', certificates, undefined, as('profiles'))).status, 200)
  assert.equal((await api.call('GET', certificates, undefined, as('nobody'))).status, 403)
})
