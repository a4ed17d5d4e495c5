import assert from 'node:assert/strict'
import { test } from 'node:test'
import { internalOrigins } from './internal-origins.ts'
import { sampleApplication } from './sample.ts'

test('the internal origins of each group, once, without those that a star stands for [K4]', () => {
  const wiki = sampleApplication('wiki', {
    externalUrl: 'https://wiki.contoso.net/',
    internalUrl: 'https://wiki.corp.test:8443/docs/',
  })
  const unchecked = sampleApplication('unchecked', {
    externalUrl: 'https://other.contoso.net/',
    internalUrl: 'https://wiki.corp.test:8443/',
    validateBackendCertificate: false,
  })
  const complex = sampleApplication('complex', {
    externalUrl: 'https://*.contoso.net/',
    internalUrl: 'http://*.corp.test/',
    segments: [
      { externalUrl: 'https://a.contoso.net/', internalUrl: 'http://a.corp.test/' },
      { externalUrl: 'https://b.contoso.net/', internalUrl: 'http://a.corp.test/b/' },
    ],
  })
  const elsewhere = { ...wiki, connectorGroupId: 'other' }
  const unpublished = { ...wiki, publishing: undefined }
  const applications = [wiki, unchecked, complex, elsewhere, unpublished]
  assert.deepEqual(
    internalOrigins(applications, 'default'),
    new Map([
      [
        'default',
        [
          { origin: 'https://wiki.corp.test:8443', verifyCertificate: false },
          { origin: 'http://a.corp.test', verifyCertificate: true },
        ],
      ],
      ['other', [{ origin: 'https://wiki.corp.test:8443', verifyCertificate: true }]],
    ]),
  )
})
