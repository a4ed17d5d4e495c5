import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { processorMsOf } from '../../test/processor-time.ts'
import { type Answered, instantiate, openTestApi, publishWildcard, segmentsOf } from './test-api.ts'

const api = await openTestApi()
after(() => api[Symbol.asyncDispose]())

const fresh = `/beta/applications/${await instantiate(api)}`
const wildcard = await publishWildcard(api)
const other = await publishWildcard(api, 'fabrikam.net')
const taken = {
  externalUrl: 'https://taken.fabrikam.net/',
  internalUrl: 'http://taken.fabrikam.test/',
}
await api.call('POST', segmentsOf(other), taken)

function targets({ body }: Answered): string[] {
  return body.error.details.map((detail: { target: string }) => detail.target)
}

async function assertUnchanged(path: string, change: () => Promise<Answered>): Promise<Answered> {
  const before = await api.call('GET', path)
  const audits = await api.call('GET', '/beta/auditLogs/directoryAudits?$top=1')
  const answer = await change()
  assert.deepEqual((await api.call('GET', path)).body, before.body)
  const now = await api.call('GET', '/beta/auditLogs/directoryAudits?$top=1')
  assert.deepEqual(now.body, audits.body)
  return answer
}

const internalUrl = 'http://intranet.test/'
const urls = [
  ['a star in the external URL only', 'https://*.contoso.org/', internalUrl, 'internalUrl'],
  ['a star inside only', 'https://a.contoso.org/', 'http://*.test.com/', 'externalUrl'],
  ['a star that is not first', 'https://a.*.contoso.org/', 'http://*.test.com/', 'externalUrl'],
  ['a star within a label', 'https://a*.contoso.org/', 'http://*.test.com/', 'externalUrl'],
  ['two stars', 'https://*.*.contoso.org/', 'http://*.test.com/', 'externalUrl'],
  ['two stars inside', 'https://*.contoso.org/', 'http://*.*.test.com/', 'internalUrl'],
  ['a regular expression', 'https://(a|b).contoso.org/', internalUrl, 'externalUrl'],
  ['a star under a public suffix', 'https://*.co.uk/', 'http://*.test.com/', 'externalUrl'],
  ['a user name', 'https://u:p@a.contoso.org/', internalUrl, 'externalUrl'],
  ['a file', 'https://a.contoso.org/', 'file:///etc/passwd', 'internalUrl'],
  ['a metadata address', 'https://a.contoso.org/', 'http://169.254.169.254/', 'internalUrl'],
  ['a mapped one', 'https://a.contoso.org/', 'http://[::ffff:169.254.169.254]/', 'internalUrl'],
] as const
for (const [what, externalUrl, internalUrl, target] of urls) {
  test(`publishing ${what} is refused at ${target}, nothing changed [P3] [G4]`, async () => {
    const answer = await assertUnchanged(fresh, () =>
      api.call('PATCH', fresh, { onPremisesPublishing: { externalUrl, internalUrl } }),
    )
    assert.equal(answer.status, 400)
    assert.equal(answer.body.error.code, 'Request_BadRequest')
    assert.ok(targets(answer).includes(`onPremisesPublishing/${target}`), answer.body.error.message)
  })
}

test('wrong values are named in words, each under a code that callers can rely on [G4]', async () => {
  const answer = await api.call('POST', '/beta/identity/conditionalAccess/policies', {
    displayName: 7,
    state: 'on',
    conditions: { users: 'All', userRiskLevels: ['high'] },
  })
  const details = answer.body.error.details as Record<string, string>[]
  const said = details.map(({ target, code, message }) => `${target} ${code} ${message}`)
  assert.deepEqual(
    said.filter((each) => /^(displayName|state|conditions\/user)/.test(each)).sort(),
    [
      'conditions/userRiskLevels invalid-value is not supported: there is no risk detection',
      'conditions/users invalid-type must be an object',
      'displayName invalid-type must be a string',
      'state invalid-value must be enabled or disabled or enabledForReportingButNotEnforced',
    ],
  )
})

test('what is under /beta alone says so to who asks under /v1.0 [G1]', async () => {
  const { status, body } = await api.call(
    'GET',
    `${fresh.replace('/beta', '/v1.0')}/onPremisesPublishing`,
  )
  assert.equal(status, 404)
  assert.match(body.error.message, /It is under \/beta\./)
})

test('segments of an application without a star are refused [P5]', async () => {
  const path = `/beta/applications/${await instantiate(api)}`
  const answer = await api.call('PATCH', path, {
    onPremisesPublishing: {
      externalUrl: 'https://regular.contoso.org/',
      internalUrl: 'http://regular.test/',
      onPremisesApplicationSegments: [
        { externalUrl: 'https://a.contoso.org/', internalUrl: 'http://a.test/' },
      ],
    },
  })
  assert.equal(answer.status, 400)
  assert.deepEqual(targets(answer), ['onPremisesPublishing/onPremisesApplicationSegments'])
})

const good = { externalUrl: 'https://a.contoso.net/', internalUrl: 'http://a.test/' }
const segments = [
  ['outside the wildcard', { ...good, externalUrl: 'https://a.contoso.com/' }, 'externalUrl'],
  ['two labels deep', { ...good, externalUrl: 'https://a.b.contoso.net/' }, 'externalUrl'],
  ['with a star', { ...good, externalUrl: 'https://*.contoso.net/' }, 'externalUrl'],
  ['over http', { ...good, externalUrl: 'http://a.contoso.net/' }, 'externalUrl'],
  ['with a foreign alternate', { ...good, alternateUrl: 'https://a.test/' }, 'alternateUrl'],
  ['published elsewhere', { ...good, internalUrl: taken.internalUrl }, 'internalUrl'],
  ['without an internal URL', { externalUrl: good.externalUrl }, 'internalUrl'],
  ['with an unknown property', { ...good, colour: 'red' }, 'colour'],
  ['with a number as URL', { ...good, externalUrl: 5 }, 'externalUrl'],
  ['with an id that is none', { ...good, id: 'first' }, 'id'],
] as const
for (const [what, segment, target] of segments) {
  const list = 'onPremisesPublishing/onPremisesApplicationSegments/1'
  const newer = 'onPremisesPublishing/segmentsConfiguration/applicationSegments/1'
  const first = { externalUrl: 'https://first.contoso.net/', internalUrl: 'http://first.test/' }

  test(`a segment ${what} is refused in the older shape [P6] [G2] [G4]`, async () => {
    const answer = await assertUnchanged(wildcard, () =>
      api.call('PATCH', wildcard, {
        onPremisesPublishing: { onPremisesApplicationSegments: [first, segment] },
      }),
    )
    assert.equal(answer.status, 400)
    assert.deepEqual(targets(answer), [`${list}/${target}`])
  })

  test(`a segment ${what} is refused in the newer shape [P6] [G2] [G4]`, async () => {
    const segmentsConfiguration = {
      '@odata.type': '#microsoft.graph.webSegmentConfiguration',
      applicationSegments: [first, segment],
    }
    const body = { onPremisesPublishing: { segmentsConfiguration } }
    const answer = await assertUnchanged(wildcard, () => api.call('PATCH', wildcard, body))
    assert.equal(answer.status, 400)
    assert.deepEqual(targets(answer), [`${newer}/${target}`])
  })

  test(`a segment ${what} is refused as a resource of its own [P6] [G2] [G4]`, async () => {
    const path = segmentsOf(wildcard)
    const answer = await assertUnchanged(path, () => api.call('POST', path, segment))
    assert.equal(answer.status, 400)
    assert.deepEqual(targets(answer), [target])
  })
}

test('a segment list with the same URLs twice is refused at the second [P6]', async () => {
  const body = { onPremisesPublishing: { onPremisesApplicationSegments: [good, good] } }
  const answer = await assertUnchanged(wildcard, () => api.call('PATCH', wildcard, body))
  assert.deepEqual(targets(answer), [
    'onPremisesPublishing/onPremisesApplicationSegments/1/externalUrl',
    'onPremisesPublishing/onPremisesApplicationSegments/1/internalUrl',
  ])
})

test('one segment more than the setting allows is refused with the number [P9]', async () => {
  const list = Array.from({ length: 51 }, (_, index) => ({
    externalUrl: `https://s${index}.contoso.net/`,
    internalUrl: `http://s${index}.test/`,
  }))
  const body = { onPremisesPublishing: { onPremisesApplicationSegments: list } }
  const answer = await assertUnchanged(wildcard, () => api.call('PATCH', wildcard, body))
  assert.equal(answer.status, 400)
  assert.deepEqual(targets(answer), ['onPremisesPublishing/onPremisesApplicationSegments'])
  assert.match(answer.body.error.message, /\b50\b/)
})

const rules = [
  ['an origin with a path', { allowedOrigins: ['https://a.test/x'] }, 'allowedOrigins/0'],
  ['an origin with a user', { allowedOrigins: ['https://u@a.test'] }, 'allowedOrigins/0'],
  ['an origin without a scheme', { allowedOrigins: ['*', 'a.test'] }, 'allowedOrigins/1'],
  ['an origin in one string', { allowedOrigins: 'a.test' }, 'allowedOrigins/0'],
  ['a star within an origin', { allowedOrigins: ['https://a*.test'] }, 'allowedOrigins/0'],
  ['a header that is no token', { allowedHeaders: ['x y'] }, 'allowedHeaders/0'],
  ['a star within a header', { allowedHeaders: ['x-*-y'] }, 'allowedHeaders/0'],
  ['a forbidden method', { allowedMethods: ['GET', 'TRACE'] }, 'allowedMethods/1'],
  ['a negative age', { maxAgeInSeconds: -1 }, 'maxAgeInSeconds'],
  ['an age of two days', { maxAgeInSeconds: '172800' }, 'maxAgeInSeconds'],
  ['an age in words', { maxAgeInSeconds: 'long' }, 'maxAgeInSeconds'],
  ['half a second', { maxAgeInSeconds: 0.5 }, 'maxAgeInSeconds'],
  ['a relative resource', { resource: 'api' }, 'resource'],
  ['a resource with a query', { resource: '/a?b' }, 'resource'],
  ['an unknown property', { allowOrigins: ['*'] }, 'allowOrigins'],
] as const
for (const [what, fields, target] of rules) {
  const rule = { resource: '/', ...fields }

  test(`a CORS rule with ${what} is refused inline at ${target} [C5] [G4]`, async () => {
    const segment = { ...good, corsConfigurations: [rule] }
    const body = { onPremisesPublishing: { onPremisesApplicationSegments: [segment] } }
    const answer = await assertUnchanged(wildcard, () => api.call('PATCH', wildcard, body))
    assert.equal(answer.status, 400)
    assert.deepEqual(targets(answer), [
      `onPremisesPublishing/onPremisesApplicationSegments/0/corsConfigurations/0/${target}`,
    ])
  })

  test(`a CORS rule with ${what} is refused as a resource at ${target} [C5] [G2]`, async () => {
    const path = `${wildcard}/onPremisesPublishing/corsConfigurations`
    const answer = await assertUnchanged(path, () => api.call('POST', path, rule))
    assert.equal(answer.status, 400)
    assert.deepEqual(targets(answer), [target])
  })
}

test('all problems of a document are named at once, each under its own path [G4]', async () => {
  const answer = await assertUnchanged(wildcard, () =>
    api.call('PATCH', wildcard, {
      displayName: '',
      colour: 'red',
      onPremisesPublishing: {
        isSecureCookieEnabled: 'yes',
        sessionLifetimeInSeconds: 5,
        onPremisesApplicationSegments: [
          { ...good, corsConfigurations: [{ resource: '/', allowedOrigins: ['a', 'b'] }] },
          { externalUrl: 'https://b.contoso.net/', internalUrl: 'ftp://b/', flavour: 1 },
        ],
      },
    }),
  )
  const list = 'onPremisesPublishing/onPremisesApplicationSegments'
  assert.equal(answer.status, 400)
  assert.deepEqual(targets(answer).sort(), [
    'colour',
    'displayName',
    'onPremisesPublishing/isSecureCookieEnabled',
    `${list}/0/corsConfigurations/0/allowedOrigins/0`,
    `${list}/0/corsConfigurations/0/allowedOrigins/1`,
    `${list}/1/flavour`,
    `${list}/1/internalUrl`,
    'onPremisesPublishing/sessionLifetimeInSeconds',
  ])
})

for (const body of [[], null, 5, 'text']) {
  test(`${JSON.stringify(body)} for a document is one problem, not many [G4]`, async () => {
    const places = [
      ['PATCH', `${fresh}/onPremisesPublishing`],
      ['POST', segmentsOf(wildcard)],
      ['POST', `${wildcard}/onPremisesPublishing/corsConfigurations`],
    ] as const
    for (const [method, path] of places) {
      const answer = await api.call(method, path, JSON.stringify(body))
      assert.deepEqual([answer.status, targets(answer)], [400, ['']])
    }
  })
}

test('20 000 unknown names are answered quickly, and not all of them [G4]', async () => {
  const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [index, 0]))
  const tookMs = await processorMsOf(async () => {
    const answer = await api.call('PATCH', wildcard, { onPremisesPublishing: many })
    assert.equal(answer.status, 400)
    assert.equal(answer.body.error.details.length, 100)
  })
  assert.ok(tookMs < 2_000, `${tookMs} ms`)
})

const unsupported = [
  ['single sign-on', { singleSignOnSettings: { singleSignOnMode: 'onPremisesKerberos' } }],
  ['the private network client', { isAccessibleViaZTNAClient: true }],
  ['a firewall in front', { wafProvider: 'any' }],
  [
    'IP segments',
    { segmentsConfiguration: { '@odata.type': '#microsoft.graph.ipSegmentConfiguration' } },
  ],
] as const
for (const [what, publishing] of unsupported) {
  test(`${what}, known to Graph and not done here, is refused and not ignored [G1]`, async () => {
    const answer = await assertUnchanged(wildcard, () =>
      api.call('PATCH', wildcard, { onPremisesPublishing: publishing }),
    )
    assert.equal(answer.status, 400)
    assert.match(targets(answer)[0] ?? '', /^onPremisesPublishing\//)
  })
}

const elsewhere = [
  ['$metadata', /openapi\.json/],
  ['directory/deletedItems/microsoft.graph.application', /rollBack/],
  ['oauth2PermissionGrants', /requiredResourceAccess/],
] as const
for (const [path, there] of elsewhere) {
  test(`${path} of the original is not there, and the answer says what is in its place [G1]`, async () => {
    for (const version of ['beta', 'v1.0']) {
      const { status, body } = await api.call('GET', `/${version}/${path}`)
      assert.equal(status, 404)
      assert.equal(body.error.code, 'Request_ResourceNotFound')
      assert.match(body.error.message, there)
    }
  })
}

const kerberos = {
  kerberosServicePrincipalName: 'HTTP/iwademo.contoso.com',
  kerberosSignOnMappingAttributeType: 'userPrincipalName',
}
const signOns = [
  [{ singleSignOnMode: 'onPremisesKerberos', kerberosSignOnSettings: kerberos }, 2],
  [{ singleSignOnMode: 'saml' }, 1],
  [{ kerberosSignOnSettings: kerberos }, 1],
] as const
for (const [settings, count] of signOns) {
  const said = Object.values(settings).map((value) => JSON.stringify(value))
  test(`whoever asks for the sign-on ${said.join(' ')} is told what does it here [G1] [S12]`, async () => {
    const answer = await assertUnchanged(wildcard, () =>
      api.call('PATCH', wildcard, { onPremisesPublishing: { singleSignOnSettings: settings } }),
    )
    assert.equal(answer.status, 400)
    const { details, message } = answer.body.error
    assert.equal(details.length, count)
    for (const { code } of details) assert.equal(code, 'sign-on-mode')
    assert.match(message, /headerBasedSingleSignOn.*isIdentityAssertionEnabled/)
  })
}

test('form and meaning are told together, of every member of a list [G4] [S12] [C14]', async () => {
  const answer = await assertUnchanged(fresh, () =>
    api.call('PATCH', fresh, {
      displayName: 7,
      keyCredentials: [{ key: 'AAAA' }],
      onPremisesPublishing: {
        externalUrl: 'https://*.*.x.org/',
        internalUrl: 'http://x/',
        headerBasedSingleSignOn: {
          headers: [
            { name: 'Host', source: 'clam', value: 'department' },
            { name: 7, source: 'attribute', value: 'shoeSize' },
            { source: 'constant', value: 'ü', separator: 'abc' },
          ],
        },
        responseHeaderRules: [
          { action: 'put', name: 'Connection', value: 'x' },
          { action: 'set', name: 'a b' },
          { action: 'remove', name: 'X-A', value: 'x' },
        ],
      },
    }),
  )
  const published = 'onPremisesPublishing'
  const headers = `${published}/headerBasedSingleSignOn/headers`
  assert.deepEqual(targets(answer).sort(), [
    'displayName',
    'keyCredentials/0/key',
    `${published}/externalUrl`,
    `${headers}/0/name`,
    `${headers}/0/source`,
    `${headers}/1/name`,
    `${headers}/1/value`,
    `${headers}/2/name`,
    `${headers}/2/separator`,
    `${headers}/2/value`,
    `${published}/responseHeaderRules/0/action`,
    `${published}/responseHeaderRules/0/name`,
    `${published}/responseHeaderRules/1/name`,
    `${published}/responseHeaderRules/1/value`,
    `${published}/responseHeaderRules/2/value`,
  ])
})

test('form and meaning of a policy are told together [G4] [S8]', async () => {
  const { status, body } = await api.call('POST', '/beta/identity/conditionalAccess/policies', {
    displayName: 'Both',
    state: 'enabled',
    conditions: {
      users: { includeUsers: [] },
      applications: { includeApplications: ['All'] },
      devices: { deviceFilter: {} },
    },
    grantControls: { operator: 'OR', builtInControls: ['block', 'mfa'] },
  })
  assert.equal(status, 400)
  assert.deepEqual(body.error.details.map(({ target }: { target: string }) => target).sort(), [
    'conditions/devices',
    'conditions/users/includeUsers',
    'grantControls/builtInControls',
  ])
})
