import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Upload, uploadChange, withoutSecrets } from './upload.ts'

const upload: Upload = {
  ...{ format: 'pem', certificateChain: 'chain', privateKey: 'secret' },
  ...{ pfx: '', password: '' },
}

test('PEM or PFX is sent, never both, and nothing without a file [P11]', () => {
  assert.deepEqual(uploadChange(upload)?.body, { certificateChain: 'chain', privateKey: 'secret' })
  assert.equal(uploadChange({ ...upload, format: 'pfx' }), undefined)
  const pfx = uploadChange({ ...upload, format: 'pfx', pfx: 'AAAA', password: 'p' })
  assert.deepEqual(pfx?.body, { pfx: 'AAAA', password: 'p' })
  assert.equal(uploadChange({ ...upload, certificateChain: '', privateKey: '' }), undefined)
})

test('what is shown as code has no key in it [P11]', () => {
  const change = uploadChange(upload)
  assert.ok(change)
  assert.ok(!JSON.stringify(withoutSecrets(change)).includes('secret'))
})
