import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PublishingInput } from './input.ts'
import { sessionSameSite } from './same-site.ts'
import { samplePublishing } from './sample.ts'

const regular: PublishingInput = {
  externalUrl: 'https://app.contoso.net/',
  internalUrl: 'http://app/',
}
const allowing = (allowedOrigins: string[], allowCredentials = true) => [
  { resource: '/', allowedOrigins, allowCredentials },
]
const segment = (host: string, corsRules = allowing([])) => ({
  externalUrl: `https://${host}/`,
  internalUrl: `http://${host}/`,
  corsRules,
})

const cases: readonly (readonly [string, PublishingInput, 'Lax' | 'None'])[] = [
  ['no rule', regular, 'Lax'],
  [
    'a rule for the same site',
    { ...regular, corsRules: allowing(['https://home.contoso.net']) },
    'Lax',
  ],
  [
    'a star below the same site',
    { ...regular, corsRules: allowing(['https://*.contoso.net']) },
    'Lax',
  ],
  [
    'a rule for another site',
    { ...regular, corsRules: allowing(['https://fabrikam.com']) },
    'None',
  ],
  [
    'another scheme, which is another site',
    { ...regular, corsRules: allowing(['http://home.contoso.net']) },
    'None',
  ],
  ['any origin', { ...regular, corsRules: allowing(['*']) }, 'None'],
  ['a page without origin', { ...regular, corsRules: allowing(['null']) }, 'None'],
  ['an extension', { ...regular, corsRules: allowing(['chrome-extension://abc']) }, 'None'],
  [
    'another site without credentials',
    { ...regular, corsRules: allowing(['https://fabrikam.com'], false) },
    'Lax',
  ],
  [
    'neighbours on a public suffix',
    {
      ...regular,
      externalUrl: 'https://a.github.io/',
      corsRules: allowing(['https://b.github.io']),
    },
    'None',
  ],
  [
    'an alternate URL on another site',
    {
      ...regular,
      alternateUrl: 'https://www.fabrikam.com',
      corsRules: allowing(['https://home.contoso.net']),
    },
    'None',
  ],
  [
    'segments of one site',
    {
      segments: [
        segment('a.contoso.net', allowing(['https://b.contoso.net'])),
        segment('b.contoso.net'),
      ],
    },
    'Lax',
  ],
  [
    'segments of two sites that call each other by rule',
    {
      segments: [
        segment('a.contoso.net', allowing(['https://b.constoso.net'])),
        segment('b.constoso.net'),
      ],
    },
    'None',
  ],
  [
    'siblings of one site',
    { allowSiblingSegments: true, segments: [segment('a.contoso.net'), segment('b.contoso.net')] },
    'Lax',
  ],
  [
    'siblings of two sites',
    { allowSiblingSegments: true, segments: [segment('a.contoso.net'), segment('b.constoso.net')] },
    'None',
  ],
  [
    'hosts below .localhost',
    { segments: [segment('a.contoso.localhost', allowing(['https://b.contoso.localhost:8443']))] },
    'Lax',
  ],
]
for (const [what, input, expected] of cases) {
  test(`the session cookie with ${what}: ${expected} [S3] [C7]`, () => {
    assert.equal(sessionSameSite(samplePublishing(input)), expected)
  })
}
