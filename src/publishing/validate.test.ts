import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { failed } from '../base/check.ts'
import type { Publishing } from './application.ts'
import type { PublishingInput, SegmentInput } from './input.ts'
import { parsePublishedUrl } from './published-url.ts'
import { countingIds, sampleApplication, samplePublishing } from './sample.ts'
import { parsePublishing, validateAgainst } from './validate.ts'

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

const urls = [
  ['https://App.Contoso.NET', 'https://app.contoso.net/'],
  ['https://app.contoso.net:443/', 'https://app.contoso.net/'],
  ['https://app.contoso.net:08443/A/b', 'https://app.contoso.net:8443/A/b/'],
  ['https://bücher.example/größe/', 'https://xn--bcher-kva.example/gr%C3%B6%C3%9Fe/'],
  ['HTTPS://app.contoso.net./', 'https://app.contoso.net/'],
  ['https://app.contoso.localhost/', 'https://app.contoso.localhost/'],
] as const
for (const [written, kept] of urls) {
  test(`the external URL ${written} is kept as ${kept} [P1]`, () => {
    assert.equal(samplePublishing({ ...regular, externalUrl: written }).externalUrl, kept)
    assert.equal(samplePublishing({ ...regular, externalUrl: kept }).externalUrl, kept)
  })
}

const externalRefusals = [
  ['app.contoso.net', 'url-invalid'],
  ['/app', 'url-invalid'],
  [`https://app.contoso.net/${'a'.repeat(2_048)}`, 'url-invalid'],
  ['ftp://app.contoso.net/', 'url-scheme'],
  ['http://app.contoso.net/', 'external-https'],
  ['https://me:pw@app.contoso.net/', 'url-user'],
  ['https://app.contoso.net/?x', 'url-query'],
  ['https://app.contoso.net/?', 'url-query'],
  ['https://app.contoso.net/#x', 'url-fragment'],
  ['https://app.contoso.net/a/../b/', 'url-path'],
  ['https://app.contoso.net/%2e%2e/', 'url-path'],
  ['https://app.contoso.net/a%2fb/', 'url-path'],
  ['https://app.contoso.net/a//b/', 'url-path'],
  ['https://app.contoso.net\\a', 'url-path'],
  ['https://app.contoso.net/%zz/', 'url-path'],
  ['https://10.0.0.1/', 'external-address'],
  ['https://0x7f.1/', 'external-address'],
  ['https://[::1]/', 'external-address'],
  ['https://intranet/', 'url-host'],
  ['https://a_b.contoso.net/', 'url-host'],
  ['https://-a.contoso.net/', 'url-host'],
  ['https://a..contoso.net/', 'url-host'],
  ['https://app.contoso.net:99999/', 'url-host'],
  ['https:///', 'url-host'],
  ['https://%61.contoso.net/', 'url-host'],
] as const
for (const [externalUrl, code] of externalRefusals) {
  test(`the external URL ${externalUrl.slice(0, 50)} is refused: ${code} [P12]`, () => {
    assert.deepEqual(issuesOf({ ...regular, externalUrl }), [`/externalUrl ${code}`])
  })
}

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

const internals = [
  ['http://intranet', 'http://intranet/'],
  ['http://INTRANET:8080/App', 'http://intranet:8080/App/'],
  ['http://10.0.0.7:8080/', 'http://10.0.0.7:8080/'],
  ['https://[fd00::7]/', 'https://[fd00::7]/'],
  ['http://127.0.0.1:3000/', 'http://127.0.0.1:3000/'],
  ['http://sql_1.corp/', 'http://sql_1.corp/'],
  ['http://169.254.169.254/', 'internal-address'],
  ['http://0xa9.0xfe.0xa9.0xfe/', 'internal-address'],
  ['http://2852039166/', 'internal-address'],
  ['http://[::ffff:169.254.169.254]/', 'internal-address'],
  ['http://[64:ff9b::169.254.169.254]/', 'internal-address'],
  ['http://[fe80::1]/', 'internal-address'],
  ['http://[fd00:ec2::254]/', 'internal-address'],
  ['http://Metadata.Google.Internal/', 'internal-address'],
  ['http://metadata.google.internal./', 'internal-address'],
  ['http://(a|b).corp/', 'url-host'],
  ['http://me@intranet/', 'url-user'],
  ['http://intranet/?x', 'url-query'],
  ['http://intranet/a/../b', 'url-path'],
  ['gopher://intranet/', 'url-scheme'],
] as const
for (const [written, outcome] of internals) {
  test(`the internal URL ${written} gives ${outcome} [P12]`, () => {
    const input = { ...regular, internalUrl: written }
    if (outcome.includes('/')) assert.equal(samplePublishing(input).internalUrl, outcome)
    else assert.deepEqual(issuesOf(input), [`/internalUrl ${outcome}`])
  })
}

const wildcards = [
  ['https://*.contoso.net/', 'http://*.test.com/', []],
  ['https://*.contoso.localhost/', 'http://*.localhost:8080/', []],
  ['https://*.contoso.test:8443/', 'https://*.corp/a/', []],
  ['https://*.contoso.internal/', 'http://*.test.com/', []],
  ['https://*.contoso.net/', 'http://app.test.com/', ['/internalUrl wildcard-one-side']],
  ['https://app.contoso.net/', 'http://*.test.com/', ['/externalUrl wildcard-one-side']],
  ['http://*.contoso.net/', 'http://*.test.com/', ['/externalUrl external-https']],
  ['https://*.*.contoso.net/', 'http://*.test.com/', ['/externalUrl wildcard-placement']],
  ['https://app.*.contoso.net/', 'http://*.test.com/', ['/externalUrl wildcard-placement']],
  ['https://app*.contoso.net/', 'http://*.test.com/', ['/externalUrl wildcard-placement']],
  ['https://*/', 'http://*.test.com/', ['/externalUrl wildcard-placement']],
  ['https://*.contoso.net/*/', 'http://*.test.com/', ['/externalUrl wildcard-placement']],
  ['https://.*.contoso.net/', 'http://*.test.com/', ['/externalUrl wildcard-placement']],
  ['https://[a-z]+.contoso.net/', 'http://*.test.com/', ['/externalUrl url-host']],
  ['https://a+.contoso.net/', 'http://a.test.com/', ['/externalUrl url-host']],
  ['https://*.contoso.net/(a|b)/', 'http://*.test.com/', ['/externalUrl wildcard-placement']],
  ['https://*.test/', 'http://*.test/', ['/externalUrl wildcard-suffix']],
  ['https://*.co.uk/', 'http://*.test.com/', ['/externalUrl wildcard-suffix']],
  ['https://*.github.io/', 'http://*.test.com/', ['/externalUrl wildcard-suffix']],
  ['https://*.contoso.net/', 'http://*.com/', ['/internalUrl wildcard-suffix']],
  ['https://*.contoso.net/', 'http://*.254.169.254/', ['/internalUrl url-host']],
] as const
for (const [externalUrl, internalUrl, expected] of wildcards) {
  test(`${externalUrl} → ${internalUrl}: ${expected.join() || 'accepted'} [P3]`, () => {
    assert.deepEqual(issuesOf({ externalUrl, internalUrl }), expected)
  })
}

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
  [
    { ...wildcard, externalUrl: 'http://*.b.c/', preAuthentication: false },
    ['/externalUrl external-https'],
  ],
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

const limits = { maxSegments: 50 }
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
  assert.deepEqual(validateAgainst(application, [], { maxSegments: 51 }), [])
  const [issue] = validateAgainst(application, [], limits)
  assert.equal(issue?.code, 'too-many-segments')
  assert.match(issue?.message ?? '', /51 segments are more than the 50/)
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

test('normalising a URL is idempotent and gives a URL the standard parser agrees with [P1]', () => {
  const label = fc.stringMatching(/^[A-Za-z0-9ä-]{1,6}$/)
  const url = fc
    .tuple(
      fc.constantFrom('http', 'https', 'HTTPS'),
      fc.boolean(),
      fc.array(label, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', ':80', ':443', ':8443', ':0443'),
      fc.stringMatching(/^(\/[a-zA-Z0-9.~%ä ]{0,4}){0,3}$/),
    )
    .map(
      ([scheme, star, labels, port, path]) =>
        `${scheme}://${star ? '*.' : ''}${labels.join('.')}${port}${path}`,
    )
  fc.assert(
    fc.property(url, fc.constantFrom('external' as const, 'internal' as const), (text, side) => {
      const once = parsePublishedUrl(text, side, '')
      if (failed(once)) return
      assert.deepEqual(parsePublishedUrl(once.value.text, side, ''), once)
      const plain = once.value.text.replace('*.', 'a.')
      assert.equal(new URL(plain).href, plain)
      assert.ok(once.value.text.endsWith('/'))
    }),
    { numRuns: 1_000 },
  )
})
