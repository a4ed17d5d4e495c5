import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failed } from '../base/check.ts'
import type { Publishing } from './application.ts'
import type { PublishingInput, SegmentInput } from './input.ts'
import { countingIds, samplePublishing } from './sample.ts'
import { parsePublishing } from './validate.ts'

const regular: PublishingInput = {
  externalUrl: 'https://app.contoso.net/',
  internalUrl: 'http://app.test.com/',
}
const wildcard: PublishingInput = {
  externalUrl: 'https://*.contoso.net/',
  internalUrl: 'http://*.test.com/',
}

function issuesOf(input: PublishingInput, current?: Publishing): string[] {
  const parsed = parsePublishing(input, current, countingIds())
  return failed(parsed) ? parsed.issues.map((issue) => `${issue.path} ${issue.code}`) : []
}

/** The example of the complex-application page, as printed. */
const printedSegments: readonly SegmentInput[] = [
  {
    externalUrl: 'https://home.contoso.net/',
    internalUrl: 'https://home.test.com/',
    alternateUrl: '',
    corsRules: [],
  },
  {
    externalUrl: 'https://assets.constoso.net/',
    internalUrl: 'https://assets.test.com',
    alternateUrl: '',
    corsRules: [
      {
        resource: '/',
        allowedOrigins: ['https://home.contoso.net/'],
        allowedHeaders: ['*'],
        allowedMethods: ['*'],
        maxAgeInSeconds: 0,
      },
    ],
  },
]
const respelled = printedSegments.map((segment) => ({
  ...segment,
  externalUrl: segment.externalUrl?.replace('constoso', 'contoso'),
}))

test('the printed example is accepted as it stands on a fresh application [P5] [P6]', () => {
  const publishing = samplePublishing({ segments: printedSegments })
  assert.equal(publishing.externalUrl, undefined)
  assert.deepEqual(
    publishing.segments.map(({ externalUrl, internalUrl, alternateUrl }) => [
      externalUrl,
      internalUrl,
      alternateUrl,
    ]),
    [
      ['https://home.contoso.net/', 'https://home.test.com/', undefined],
      ['https://assets.constoso.net/', 'https://assets.test.com/', undefined],
    ],
  )
})

test('under a wildcard the respelled example is accepted and the misspelt host is named [P6]', () => {
  const current = samplePublishing(wildcard)
  assert.deepEqual(issuesOf({ segments: respelled }, current), [])
  assert.deepEqual(issuesOf({ segments: printedSegments }, current), [
    '/segments/1/externalUrl outside-wildcard',
  ])
})

const pairs = [
  [{}, ['/externalUrl required']],
  [{ segments: [] }, ['/externalUrl required']],
  [{ externalUrl: regular.externalUrl }, ['/internalUrl required']],
  [{ internalUrl: regular.internalUrl }, ['/externalUrl required']],
  [{ ...regular, alternateUrl: 'https://www.contoso.com' }, []],
  [{ ...regular, alternateUrl: 'https://*.contoso.com' }, ['/alternateUrl wildcard-one-side']],
  [{ ...wildcard, alternateUrl: 'https://www.contoso.com' }, ['/alternateUrl wildcard-one-side']],
  [{ ...regular, alternateUrl: 'http://www.contoso.com' }, ['/alternateUrl external-https']],
  [{ ...regular, externalUrl: 'http://a.b/', preAuthentication: false }, []],
  [{ ...wildcard, externalUrl: 'http://*.b.c/', preAuthentication: false }, []],
  [{ ...wildcard, externalUrl: 'http://*.b.c/' }, ['/externalUrl external-https']],
] as const
for (const [input, expected] of pairs) {
  test(`publishing ${JSON.stringify(input)}: ${expected.join() || 'accepted'} [P3] [P10] [P12]`, () => {
    assert.deepEqual(issuesOf(input), expected)
  })
}

const segments = [
  [{ externalUrl: 'https://api.contoso.net/' }, []],
  [{ externalUrl: 'https://api.contoso.net:8443/v1/' }, []],
  [{ externalUrl: 'https://api.contoso.com/' }, ['externalUrl outside-wildcard']],
  [{ externalUrl: 'https://a.api.contoso.net/' }, ['externalUrl outside-wildcard']],
  [{ externalUrl: 'https://contoso.net/' }, ['externalUrl outside-wildcard']],
  [{ externalUrl: 'https://xcontoso.net/' }, ['externalUrl outside-wildcard']],
  [{ externalUrl: 'http://api.contoso.net/' }, ['externalUrl external-https']],
  [{ externalUrl: 'https://*.contoso.net/' }, ['externalUrl segment-wildcard']],
  [{ internalUrl: 'http://*.test.com/' }, ['internalUrl segment-wildcard']],
  [{ internalUrl: 'http://10.0.0.7:81/deep/down' }, []],
  [{ internalUrl: '' }, ['internalUrl required']],
  [{ alternateUrl: 'https://api2.contoso.net/' }, []],
  [{ alternateUrl: 'https://api.contoso.com/' }, ['alternateUrl outside-wildcard']],
] as const
for (const [change, expected] of segments) {
  test(`a segment with ${JSON.stringify(change)}: ${expected.join() || 'accepted'} [P6]`, () => {
    const segment = {
      externalUrl: 'https://api.contoso.net/',
      internalUrl: 'http://api/',
      ...change,
    }
    const found = issuesOf({ ...wildcard, segments: [segment] })
    assert.deepEqual(
      found,
      expected.map((issue) => `/segments/0/${issue}`),
    )
  })
}

test("with an alternate wildcard the segments' alternate URLs lie under that [P6] [P10]", () => {
  const application = { ...wildcard, alternateUrl: 'https://*.contoso.com/' }
  const segment = { externalUrl: 'https://api.contoso.net/', internalUrl: 'http://api/' }
  const under = (alternateUrl: string) =>
    issuesOf({ ...application, segments: [{ ...segment, alternateUrl }] })
  assert.deepEqual(under('https://api.contoso.com/'), [])
  assert.deepEqual(under('https://api.contoso.net/'), ['/segments/0/alternateUrl outside-wildcard'])
})

test('segments need a wildcard application [P5] [P6]', () => {
  assert.deepEqual(issuesOf({ ...regular, segments: respelled }), [
    '/segments segments-need-wildcard',
  ])
})

test('moving the wildcard away from its segments is refused [P6]', () => {
  const current = samplePublishing({ ...wildcard, segments: respelled })
  assert.deepEqual(issuesOf({ externalUrl: 'https://*.fabrikam.com/' }, current), [
    '/segments/0/externalUrl outside-wildcard',
    '/segments/1/externalUrl outside-wildcard',
  ])
})

test('a new application gets the defaults, a change leaves the rest as it was [G4]', () => {
  const publishing = samplePublishing(regular)
  assert.equal(publishing.preAuthentication, true)
  assert.equal(publishing.translateHostHeader, true)
  assert.equal(publishing.translateLinksInBody, false)
  assert.deepEqual(publishing.cookie, { httpOnly: true, secure: true, persistent: false })
  assert.equal(publishing.whenNoSegments, 'wildcard')
  const changed = samplePublishing(
    { backendTimeout: 'long', cookie: { persistent: true } },
    publishing,
  )
  assert.deepEqual(changed, {
    ...publishing,
    backendTimeout: 'long',
    cookie: { httpOnly: true, secure: true, persistent: true },
  })
  assert.deepEqual(samplePublishing({}, changed), changed)
})

test('ids live on: by id, by external URL, and by resource [G2]', () => {
  const current = samplePublishing({ segments: printedSegments })
  const [first, second] = current.segments
  const again = samplePublishing({ segments: [...printedSegments].reverse() }, current)
  assert.deepEqual(
    again.segments.map((segment) => segment.id),
    [second?.id, first?.id],
  )
  assert.equal(again.segments[0]?.corsRules[0]?.id, second?.corsRules[0]?.id)
  const moved = samplePublishing(
    { segments: [{ id: second?.id, externalUrl: 'https://a.contoso.net/' }, { id: first?.id }] },
    current,
  )
  assert.deepEqual(moved.segments, [{ ...second, externalUrl: 'https://a.contoso.net/' }, first])
  assert.deepEqual(issuesOf({ segments: [{ id: first?.id }, { id: first?.id }] }, current), [
    '/segments/1/id duplicate-id',
  ])
})

test('the last segment can be deleted [P8]', () => {
  const current = samplePublishing({ ...wildcard, segments: respelled })
  assert.deepEqual(samplePublishing({ segments: [] }, current).segments, [])
  const bare = samplePublishing({ segments: printedSegments })
  assert.deepEqual(samplePublishing({ segments: [] }, bare).segments, [])
})

test('response-header rules are kept as written [C14]', () => {
  const responseHeaders = [
    { action: 'set', name: 'Access-Control-Allow-Origin', value: 'https://a.example' },
    { action: 'remove', name: 'Server' },
  ] as const
  assert.deepEqual(
    samplePublishing({ ...regular, responseHeaders }).responseHeaders,
    responseHeaders,
  )
})

test('every problem of a URL and of an application is reported at once [P1]', () => {
  const broken = {
    externalUrl: 'ftp://me@10.0.0.1/*?x#y',
    internalUrl: 'nothing',
    sessionLifetimeSeconds: 5,
    responseHeaders: [
      { action: 'set', name: 'Content-Length', value: '1' },
      { action: 'add', name: 'x y', value: 'a\nb' },
    ],
    segments: [
      { internalUrl: 'http://a/', corsRules: [{ resource: '/', allowedOrigins: ['a', 'b'] }] },
    ],
  } as const
  assert.deepEqual(issuesOf(broken), [
    '/externalUrl url-scheme',
    '/externalUrl url-user',
    '/externalUrl url-query',
    '/externalUrl url-fragment',
    '/externalUrl wildcard-placement',
    '/externalUrl external-address',
    '/internalUrl url-invalid',
    '/sessionLifetimeSeconds session-lifetime',
    '/segments/0/externalUrl required',
    '/segments/0/corsRules/0/allowedOrigins/0 origin-no-scheme',
    '/segments/0/corsRules/0/allowedOrigins/1 origin-no-scheme',
    '/responseHeaders/0/name header-reserved',
    '/responseHeaders/1/name header-name',
    '/responseHeaders/1/value header-value',
  ])
})
