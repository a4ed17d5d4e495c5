import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { instantiate, openTestApi, publishWildcard, seedSegments, segmentsOf } from './test-api.ts'

const api = await openTestApi()
after(() => api[Symbol.asyncDispose]())

// A domain for each test that publishes, because external URLs are unique.
let domains = 0
function newDomain(): string {
  return `d${domains++}.test`
}

function segmentPair(domain: string, name: string) {
  const internalUrl = `http://${name}.${domain}.internal/`
  return { externalUrl: `https://${name}.${domain}/`, internalUrl, alternateUrl: '' }
}

async function publishingOf(application: string) {
  const { body } = await api.call('GET', `${application}?$select=id,onPremisesPublishing`)
  return body.onPremisesPublishing
}

async function patchPublishing(application: string, onPremisesPublishing: unknown) {
  const answer = await api.call('PATCH', application, { onPremisesPublishing })
  assert.equal(answer.status, 204, JSON.stringify(answer.body))
  assert.equal(answer.body, undefined)
}

for (const shape of ['older', 'newer'] as const) {
  test(`the seed's document is taken as printed, in the ${shape} shape, with 204 [G1] [G2]`, async () => {
    const application = `/beta/applications/${await instantiate(api, `seed ${shape}`)}`
    const applicationSegments = seedSegments.map((segment) => ({
      ...segment,
      externalUrl: segment.externalUrl.replace('https://', `https://${shape}-`),
      internalUrl: segment.internalUrl.replace('https://', `https://${shape}-`),
    }))
    const newer = {
      segmentsConfiguration: {
        '@odata.type': '#microsoft.graph.webSegmentConfiguration',
        applicationSegments,
      },
    }
    const older = { onPremisesApplicationSegments: applicationSegments }
    await patchPublishing(application, shape === 'older' ? older : newer)
    const read = await publishingOf(application)
    assert.equal(read.isOnPremPublishingEnabled, true)
    assert.deepEqual(read.onPremisesApplicationSegments[1].corsConfigurations, [
      {
        resource: '/',
        allowedOrigins: ['https://home.contoso.net'],
        allowedHeaders: ['*'],
        allowedMethods: ['*'],
        exposedHeaders: [],
        maxAgeInSeconds: 0,
        allowCredentials: true,
        mode: 'enforce',
      },
    ])
    const { applicationSegments: withIds } = read.segmentsConfiguration
    assert.equal(withIds.length, 2)
    assert.equal(withIds[1].corsConfigurations[0].resource, '/')
    assert.match(withIds[1].id, /^[0-9a-f-]{36}$/)
  })
}

test('the exact seed document is taken twice, changes nothing the second time, and keeps every id [G2]', async () => {
  const application = `/beta/applications/${await instantiate(api, 'exact seed')}`
  await patchPublishing(application, { onPremisesApplicationSegments: seedSegments })
  const first = await publishingOf(application)
  await patchPublishing(application, { onPremisesApplicationSegments: seedSegments })
  assert.deepEqual(await publishingOf(application), first)
})

test('before publishing the nested resource is 404 OnPremisesPublishing_NotEnabled [G1]', async () => {
  const application = `/beta/applications/${await instantiate(api)}`
  for (const path of [`${application}/onPremisesPublishing`, segmentsOf(application)]) {
    const answer = await api.call('GET', path)
    assert.equal(answer.status, 404)
    assert.equal(answer.body.error.code, 'OnPremisesPublishing_NotEnabled')
  }
})

test('a nested PATCH publishes, GET reads it, null takes it back [G1]', async () => {
  const application = `/beta/applications/${await instantiate(api)}`
  const nested = `${application}/onPremisesPublishing`
  const domain = newDomain()
  const body = { externalUrl: `https://a.${domain}/x`, internalUrl: 'http://10.0.0.5:8080' }
  assert.equal((await api.call('PATCH', nested, body)).status, 204)
  const { body: read } = await api.call('GET', nested)
  assert.equal(read.externalUrl, `https://a.${domain}/x/`)
  assert.equal(read.internalUrl, 'http://10.0.0.5:8080/')
  assert.equal(read.applicationServerTimeout, 'Default')
  assert.equal(read.externalAuthenticationType, 'aadPreAuthentication')
  await patchPublishing(application, null)
  assert.equal((await api.call('GET', nested)).status, 404)
})

test('settings are read back as written, and null puts them back [F2] [S3] [G1]', async () => {
  const application = await publishWildcard(api, newDomain())
  const before = await publishingOf(application)
  const settings = {
    applicationServerTimeout: 'long',
    isTranslateHostHeaderEnabled: false,
    isTranslateLinksInBodyEnabled: true,
    isBackendCertificateValidationEnabled: false,
    isHttpOnlyCookieEnabled: false,
    isSecureCookieEnabled: false,
    isPersistentCookieEnabled: true,
    allowSiblingSegments: true,
    whenNoSegments: 'closed',
    sessionLifetimeInSeconds: 600,
    isInMaintenance: true,
    isFormPostPreserved: true,
    identityProviderId: 'keycloak',
    isSessionScriptInjected: true,
    isBackendHttp2Enabled: true,
    responseHeaderRules: [
      { action: 'set', name: 'X-Frame-Options', value: 'DENY' },
      { action: 'remove', name: 'Server' },
    ],
  }
  await patchPublishing(application, settings)
  const read = await publishingOf(application)
  assert.deepEqual(read, { ...before, ...settings, applicationServerTimeout: 'Long' })
  const nothing = Object.fromEntries(Object.keys(settings).map((name) => [name, null]))
  await patchPublishing(application, nothing)
  assert.deepEqual(await publishingOf(application), before)
})

test('what GET gives can be sent back whole, and changes nothing [G1] [G2]', async () => {
  const domain = newDomain()
  const application = await publishWildcard(api, domain)
  const onPremisesApplicationSegments = [
    { ...segmentPair(domain, 'a'), corsConfigurations: [{ resource: '/api' }, { resource: '/' }] },
    segmentPair(domain, 'b'),
  ]
  await patchPublishing(application, { onPremisesApplicationSegments })
  const read = await publishingOf(application)
  const { body } = await api.call('GET', '/beta/auditLogs/directoryAudits?$top=1')
  await patchPublishing(application, read)
  assert.deepEqual(await publishingOf(application), read)
  const audits = await api.call('GET', '/beta/auditLogs/directoryAudits?$top=1')
  assert.deepEqual(audits.body, body)
})

test('a client that sends both shapes back with one changed means that one [G2]', async () => {
  const domain = newDomain()
  const application = await publishWildcard(api, domain)
  const segments = [segmentPair(domain, 'a'), segmentPair(domain, 'b')]
  await patchPublishing(application, { onPremisesApplicationSegments: segments })
  const read = await publishingOf(application)
  read.onPremisesApplicationSegments.pop()
  await patchPublishing(application, read)
  const changed = await publishingOf(application)
  assert.equal(changed.segmentsConfiguration.applicationSegments.length, 1)
  changed.segmentsConfiguration.applicationSegments[0].internalUrl = 'http://moved.test/'
  await patchPublishing(application, changed)
  const [segment] = (await publishingOf(application)).onPremisesApplicationSegments
  assert.equal(segment.internalUrl, 'http://moved.test/')
})

test('both shapes that say different things are refused [G2]', async () => {
  const domain = newDomain()
  const application = await publishWildcard(api, domain)
  const answer = await api.call('PATCH', application, {
    onPremisesPublishing: {
      onPremisesApplicationSegments: [segmentPair(domain, 'a')],
      segmentsConfiguration: { applicationSegments: [segmentPair(domain, 'b')] },
    },
  })
  assert.equal(answer.status, 400)
  assert.equal(answer.body.error.details[0].code, 'conflicting-segments')
})

const silences = [
  ['only its type', { '@odata.type': '#microsoft.graph.webSegmentConfiguration' }],
  ['nothing', {}],
] as const
for (const [what, segmentsConfiguration] of silences) {
  test(`segmentsConfiguration with ${what} deletes no segment [G2]`, async () => {
    const domain = newDomain()
    const application = await publishWildcard(api, domain)
    const onPremisesApplicationSegments = [segmentPair(domain, 'a')]
    await patchPublishing(application, { onPremisesApplicationSegments })
    const read = await publishingOf(application)
    await patchPublishing(application, { '@odata.type': '#x', segmentsConfiguration })
    assert.deepEqual(await publishingOf(application), read)
  })
}

for (const body of [
  { onPremisesApplicationSegments: null },
  { segmentsConfiguration: null },
  { segmentsConfiguration: { applicationSegments: null } },
]) {
  test(`${JSON.stringify(body)} never deletes segments by accident [P8] [G2]`, async () => {
    const domain = newDomain()
    const application = await publishWildcard(api, domain)
    await patchPublishing(application, body)
    await patchPublishing(application, {
      onPremisesApplicationSegments: [segmentPair(domain, 'a')],
    })
    const answer = await api.call('PATCH', application, { onPremisesPublishing: body })
    assert.equal(answer.status, 400)
    assert.equal((await publishingOf(application)).onPremisesApplicationSegments.length, 1)
  })
}

test('ids live on when the shape without ids is sent again, reordered and added to [G2]', async () => {
  const domain = newDomain()
  const application = await publishWildcard(api, domain)
  const rules = [{ resource: '/api', allowedOrigins: ['*'] }, { resource: '/' }]
  const a = { ...segmentPair(domain, 'a'), corsConfigurations: rules }
  const b = segmentPair(domain, 'b')
  await patchPublishing(application, { onPremisesApplicationSegments: [a, b] })
  const before = (await publishingOf(application)).segmentsConfiguration.applicationSegments
  const again = { ...a, externalUrl: a.externalUrl.toUpperCase().slice(0, -1) }
  await patchPublishing(application, {
    onPremisesApplicationSegments: [segmentPair(domain, 'c'), b, again],
  })
  const now = (await publishingOf(application)).segmentsConfiguration.applicationSegments
  assert.deepEqual([now[1], now[2]], [before[1], before[0]])
})

test('a segment list that leaves rules unsaid keeps them; an empty list deletes them [G2]', async () => {
  const domain = newDomain()
  const application = await publishWildcard(api, domain)
  const pair = segmentPair(domain, 'a')
  const segment = { ...pair, corsConfigurations: [{ resource: '/', allowedOrigins: '*' }] }
  await patchPublishing(application, { onPremisesApplicationSegments: [segment] })
  const before = await publishingOf(application)
  await patchPublishing(application, { onPremisesApplicationSegments: [pair] })
  assert.deepEqual(await publishingOf(application), before)
  await patchPublishing(application, {
    onPremisesApplicationSegments: [{ ...pair, corsConfigurations: [] }],
  })
  const [emptied] = (await publishingOf(application)).onPremisesApplicationSegments
  assert.deepEqual(emptied.corsConfigurations, [])
})

test('strings for lists and numbers are read as in the published samples [G1]', async () => {
  const domain = newDomain()
  const application = await publishWildcard(api, domain)
  const corsConfigurations = [
    {
      resource: '/',
      allowedOrigins: '*',
      allowedHeaders: '*',
      allowedMethods: '*',
      maxAgeInSeconds: '3000',
    },
  ]
  const body = { ...segmentPair(domain, 'a'), corsConfigurations }
  assert.equal((await api.call('POST', segmentsOf(application), body)).status, 204)
  const [segment] = (await publishingOf(application)).onPremisesApplicationSegments
  const [rule] = segment.corsConfigurations
  assert.deepEqual(rule.allowedOrigins, ['*'])
  assert.equal(rule.maxAgeInSeconds, 3000)
})

test('onPremisesPublishing may be patched together with other properties, or not at all [G4]', async () => {
  const application = `/beta/applications/${await instantiate(api)}`
  const domain = newDomain()
  const url = `https://tutorial.${domain}/`
  const body = {
    identifierUris: [url],
    web: { redirectUris: [url], homePageUrl: url },
    onPremisesPublishing: { externalUrl: url, internalUrl: 'ftp://x/' },
  }
  assert.equal((await api.call('PATCH', application, body)).status, 400)
  assert.deepEqual((await api.call('GET', application)).body.identifierUris, [])
  body.onPremisesPublishing.internalUrl = 'http://x/'
  assert.equal((await api.call('PATCH', application, body)).status, 204)
  const read = (await api.call('GET', application)).body
  assert.deepEqual(read.web.redirectUris, [url])
  assert.equal(read.onPremisesPublishing.externalUrl, url)
})

test('/v1.0 knows no onPremisesPublishing [G1]', async () => {
  const application = (await publishWildcard(api, newDomain())).replace('/beta/', '/v1.0/')
  const read = await api.call('GET', application)
  assert.ok(!('onPremisesPublishing' in read.body))
  const answer = await api.call('PATCH', application, { onPremisesPublishing: null })
  assert.equal(answer.status, 400)
})

test('an external URL at a port that the edge has not got is saved, and its author is told [P12] [G4]', async () => {
  const path = `/beta/applications/${await instantiate(api, 'Elsewhere')}`
  const urls = { externalUrl: 'https://elsewhere.example.org:8444/', internalUrl: 'http://a.test/' }
  const published = await api.call('PATCH', path, { onPremisesPublishing: urls })
  assert.equal(published.status, 204)
  const said = published.headers.get('sallyport-warning') ?? ''
  assert.match(
    said,
    /^external-port-not-served;target="onPremisesPublishing\/externalUrl";message="/,
  )
  const { body } = await api.call('GET', `${path}/onPremisesPublishing`)
  assert.equal(body.warnings[0].code, 'external-port-not-served')
  assert.equal(body.warnings[0].target, 'externalUrl')
  // What GET gave can be sent back whole, and without its cause the warning is gone.
  const here = { ...body, externalUrl: 'https://elsewhere.example.org/' }
  const moved = await api.call('PATCH', `${path}/onPremisesPublishing`, here)
  assert.equal(moved.headers.get('sallyport-warning'), null)
  assert.deepEqual((await api.call('GET', path)).body.onPremisesPublishing.warnings, [])
})
