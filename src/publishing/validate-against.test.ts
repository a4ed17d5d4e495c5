import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PublishingInput } from './input.ts'
import { sampleApplication } from './sample.ts'
import { validateAgainst } from './validate.ts'

const regular: PublishingInput = {
  externalUrl: 'https://app.contoso.net/',
  internalUrl: 'http://app.test.com/',
}
const wildcard: PublishingInput = {
  externalUrl: 'https://*.contoso.net/',
  internalUrl: 'http://*.test.com/',
}

const limits = { maxSegments: 50, reservedHosts: new Set<string>() }
const complex = (id: string, domain: string, internal: string) =>
  sampleApplication(id, {
    externalUrl: `https://*.${domain}/`,
    internalUrl: 'http://*.test.com/',
    segments: [{ externalUrl: `https://api.${domain}/`, internalUrl: internal }],
  })

test('an external URL is published once, as external or alternate URL of whatever [P6]', () => {
  const others = [
    sampleApplication('regular', { ...regular, alternateUrl: 'https://www.contoso.net/' }),
    complex('complex', 'contoso.net', 'http://api/'),
    sampleApplication('unpublished', regular),
  ].map((each) => (each.id === 'unpublished' ? { ...each, publishing: undefined } : each))
  const clashes = [
    ['https://app.contoso.net/', 1],
    ['https://WWW.contoso.net:443', 1],
    ['https://api.contoso.net/', 1],
    ['https://app.contoso.net/deeper/', 0],
    ['https://app.contoso.net:8443/', 0],
  ] as const
  for (const [externalUrl, count] of clashes) {
    const application = sampleApplication('new', { ...regular, externalUrl })
    const issues = validateAgainst(application, others, limits)
    assert.equal(issues.length, count, externalUrl)
    for (const issue of issues) assert.equal(issue.code, 'duplicate-external-url')
  }
  const [same] = others
  assert.ok(same)
  assert.deepEqual(validateAgainst(same, others, limits), [])
})

test('an internal URL is in one complex application, and may be in regular ones besides [P6]', () => {
  const others = [
    complex('first', 'contoso.net', 'http://api/'),
    sampleApplication('regular', { ...regular, internalUrl: 'http://app/' }),
  ]
  const codes = (internal: string) =>
    validateAgainst(complex('second', 'fabrikam.com', internal), others, limits).map(
      (issue) => `${issue.path} ${issue.code}`,
    )
  assert.deepEqual(codes('http://API:80'), ['/segments/0/internalUrl duplicate-internal-url'])
  assert.deepEqual(codes('http://api/deeper/'), [])
  assert.deepEqual(codes('http://app/'), [])
  const alsoRegular = sampleApplication('third', {
    externalUrl: 'https://x.y.z/',
    internalUrl: 'http://api/',
  })
  assert.deepEqual(validateAgainst(alsoRegular, others, limits), [])
})

test('within an application no URL stands twice [P6]', () => {
  const twice = sampleApplication('twice', {
    ...wildcard,
    segments: [
      { externalUrl: 'https://a.contoso.net/', internalUrl: 'http://a/' },
      {
        externalUrl: 'https://b.contoso.net/',
        internalUrl: 'http://a/',
        alternateUrl: 'https://a.contoso.net',
      },
    ],
  })
  assert.deepEqual(
    validateAgainst(twice, [], limits).map((issue) => `${issue.path} ${issue.code}`),
    [
      '/segments/1/alternateUrl duplicate-external-url',
      '/segments/1/internalUrl duplicate-internal-url',
    ],
  )
})

test('more segments than the setting allows are a clear error [P9]', () => {
  const segments = Array.from({ length: 51 }, (_, i) => ({
    externalUrl: `https://s${i}.contoso.net/`,
    internalUrl: `http://s${i}/`,
  }))
  const application = sampleApplication('big', { ...wildcard, segments })
  assert.deepEqual(validateAgainst(application, [], { ...limits, maxSegments: 51 }), [])
  const [issue] = validateAgainst(application, [], limits)
  assert.equal(issue?.code, 'too-many-segments')
  assert.match(issue?.message ?? '', /51 segments are more than the 50/)
})
