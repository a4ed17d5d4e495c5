import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '../base/log.ts'
import { TestAuthority } from './fixture-authority.ts'
import { SecureContexts } from './secure-contexts.ts'
import type { StoredCertificate } from './stored.ts'

const authority = await TestAuthority.create()
const { certificate: chain, key } = await authority.issue(['a.test'])
const stored: StoredCertificate = {
  ...{ thumbprint: 'AA', subjectName: '', issuerName: '', names: ['a.test'], source: 'upload' },
  ...{ notBefore: 0, notAfter: 1, chain, sealedKey: 'sealed', createdAt: 0 },
}

test('a context is made once for each certificate, and forgotten with it [P11]', () => {
  let opened = 0
  const open = () => {
    opened += 1
    return key
  }
  const contexts = new SecureContexts(open, silentLog)
  const first = contexts.contextOf(stored)
  assert.ok(first)
  contexts.keepOnly([stored, { ...stored, thumbprint: 'BB' }])
  assert.equal(contexts.contextOf(stored), first)
  assert.equal(opened, 1)
  contexts.keepOnly([])
  assert.notEqual(contexts.contextOf(stored), first)
})

const unusable = [
  ['sealed with another key', undefined, /keys\.json/],
  ['damaged', 'rubbish', /cannot be served/],
] as const
for (const [what, pem, message] of unusable) {
  test(`a certificate whose key is ${what} is one error in the log and no context [P11] [D4]`, () => {
    const errors: string[] = []
    const error = (_: object, text: string) => void errors.push(text)
    const contexts = new SecureContexts(() => pem, { ...silentLog, error })
    assert.equal(contexts.contextOf(stored), undefined)
    assert.equal(contexts.contextOf(stored), undefined)
    assert.equal(errors.length, 1)
    assert.match(errors[0] ?? '', message)
  })
}
