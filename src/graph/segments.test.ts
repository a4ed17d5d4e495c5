import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { instantiate, openTestApi, publishWildcard, segmentsOf } from './test-api.ts'

const api = await openTestApi()
after(() => api[Symbol.asyncDispose]())

const home = { externalUrl: 'https://home.contoso.net/', internalUrl: 'https://home.test.com/' }
const unknown = '00000000-0000-4000-8000-000000000000'

test('a segment is created, read, changed and deleted as a resource of its own [G2]', async () => {
  const application = await publishWildcard(api)
  const path = segmentsOf(application)
  const created = await api.call('POST', path, {
    '@odata.type': '#microsoft.graph.webApplicationSegment',
    ...home,
    corsConfigurations: [{ resource: '/' }],
  })
  assert.equal(created.status, 204)
  assert.equal(created.body, undefined)
  const location = new URL(created.headers.get('location') ?? '').pathname
  const listed = await api.call('GET', path)
  const [segment] = listed.body.value
  assert.ok(location.endsWith(segment.id))
  assert.deepEqual(segment, {
    id: segment.id,
    ...home,
    alternateUrl: '',
    responseHeaderRules: [],
  })
  const byFilter = await api.call('GET', `${path}?$filter=id eq '${segment.id}'&$select=id`)
  assert.deepEqual(byFilter.body.value, [{ id: segment.id }])

  const one = await api.call('GET', location)
  assert.match(one.body['@odata.context'], /\/applicationSegments\/\$entity$/)
  const moved = { internalUrl: 'https://moved.test.com/' }
  assert.equal((await api.call('PATCH', location, moved)).status, 204)
  const read = await api.call('GET', location)
  assert.equal(read.body.internalUrl, moved.internalUrl)
  assert.equal(read.body.externalUrl, home.externalUrl)
  const rules = await api.call('GET', `${location}/corsConfigurations`)
  assert.equal(rules.body.value.length, 1)

  assert.equal((await api.call('DELETE', location)).status, 204)
  assert.equal((await api.call('GET', location)).status, 404)
  assert.equal((await api.call('DELETE', location)).status, 404)
  await api.call('DELETE', application)
})

test('deleting the last segment has an audit entry of its own kind, by either way [P8] [G4]', async () => {
  const application = await publishWildcard(api)
  const path = segmentsOf(application)
  const last = async () =>
    (await api.call('GET', '/beta/auditLogs/directoryAudits?$top=1')).body.value[0]
  const deletions = [
    (location: string) => api.call('DELETE', location),
    () =>
      api.call('PATCH', application, {
        onPremisesPublishing: { onPremisesApplicationSegments: [] },
      }),
  ]
  for (const remove of deletions) {
    const created = await api.call('POST', path, home)
    assert.equal((await last()).activityDisplayName, 'application.update')
    await remove(new URL(created.headers.get('location') ?? '').pathname)
    assert.equal((await last()).activityDisplayName, 'application.delete-last-segment')
  }
  const { body } = await api.call('GET', `${application}/onPremisesPublishing`)
  assert.deepEqual(body.onPremisesApplicationSegments, [])
  assert.equal(body.segmentsConfiguration, null)
  await api.call('DELETE', application)
})

for (const where of ['a segment', 'a wildcard application', 'a regular application'] as const) {
  test(`a CORS rule of ${where} is created, read, changed and deleted [C11] [C14] [G2]`, async () => {
    const { application, rules } = await publishFor(where)
    const created = await api.call('POST', rules, { resource: '/here', maxAgeInSeconds: 4000 })
    assert.equal(created.status, 201)
    const path = `${rules}/${created.body.id}`
    const expected = {
      id: created.body.id,
      resource: '/here',
      allowedOrigins: [],
      allowedHeaders: [],
      allowedMethods: [],
      exposedHeaders: [],
      maxAgeInSeconds: 4000,
      allowCredentials: true,
      mode: 'enforce',
    }
    const { '@odata.context': context, ...body } = created.body
    assert.deepEqual(body, expected)
    assert.match(context, /corsConfigurations\/\$entity$/)
    const change = {
      allowedOrigins: ['https://Home.contoso.net:443/'],
      exposedHeaders: ['x-total'],
      allowCredentials: false,
    }
    const patched = await api.call('PATCH', path, change)
    assert.equal(patched.status, 204)
    const read = await api.call('GET', path)
    const { '@odata.context': _, ...now } = read.body
    assert.deepEqual(now, {
      ...expected,
      ...change,
      allowedOrigins: ['https://home.contoso.net'],
    })
    const listed = await api.call('GET', `${rules}?$filter=id eq '${created.body.id}'`)
    assert.deepEqual(listed.body.value, [now])
    assert.equal((await api.call('DELETE', path)).status, 204)
    assert.equal((await api.call('GET', path)).status, 404)
    assert.equal((await api.call('PATCH', path, {})).status, 404)
    assert.equal((await api.call('DELETE', path)).status, 404)
    await api.call('DELETE', application)
  })
}

async function publishFor(where: string): Promise<{ application: string; rules: string }> {
  if (where === 'a regular application') {
    const application = `/beta/applications/${await instantiate(api)}`
    const onPremisesPublishing = { externalUrl: 'https://x.test/', internalUrl: 'http://x.test/' }
    await api.call('PATCH', application, { onPremisesPublishing })
    return { application, rules: `${application}/onPremisesPublishing/corsConfigurations` }
  }
  const application = await publishWildcard(api)
  if (where === 'a wildcard application') {
    return { application, rules: `${application}/onPremisesPublishing/corsConfigurations` }
  }
  const created = await api.call('POST', segmentsOf(application), home)
  const location = new URL(created.headers.get('location') ?? '').pathname
  return { application, rules: `${location}/corsConfigurations` }
}

test('a CORS rule needs a resource [C4] [G4]', async () => {
  const { application, rules } = await publishFor('a segment')
  const answer = await api.call('POST', rules, { allowedOrigins: ['*'] })
  assert.equal(answer.status, 400)
  assert.equal(answer.body.error.details[0].target, 'resource')
  await api.call('DELETE', application)
})

test('parts of what is not there are 404 whatever is done to them [G1]', async () => {
  const application = await publishWildcard(api)
  const segment = `${segmentsOf(application)}/${unknown}`
  const paths = [segment, `${segment}/corsConfigurations`, `${segment}/corsConfigurations/x`]
  for (const path of paths) {
    const answer = await api.call('GET', path)
    assert.equal(answer.status, 404)
    assert.equal(answer.body.error.code, 'Request_ResourceNotFound')
  }
  assert.equal((await api.call('PATCH', segment, home)).status, 404)
  assert.equal((await api.call('POST', `${segment}/corsConfigurations`, {})).status, 404)
  await api.call('DELETE', application)
})

test('paths are read in any case and both key syntaxes, as the original writes them [G1]', async () => {
  const application = await publishWildcard(api)
  const id = application.split('/').at(-1) ?? ''
  const path = segmentsOf(application)
    .replace(`applications/${id}`, `Applications('${id.toUpperCase()}')`)
    .replace('onPremisesPublishing', 'OnPremisesPublishing')
    .replace('applicationSegments', 'ApplicationSegments')
  assert.equal((await api.call('POST', path, home)).status, 204)
  const { body } = await api.call('GET', path)
  const one = `${path}('${body.value[0].id.toUpperCase()}')`
  assert.equal((await api.call('GET', one)).body.externalUrl, home.externalUrl)
  await api.call('DELETE', application)
})

test('whole and typed segment configurations can be read by themselves [G2]', async () => {
  const application = await publishWildcard(api)
  await api.call('POST', segmentsOf(application), home)
  for (const rest of ['', '/microsoft.graph.webSegmentConfiguration']) {
    const path = `${application}/onPremisesPublishing/segmentsConfiguration${rest}`
    const { body } = await api.call('GET', path)
    assert.equal(body['@odata.type'], '#microsoft.graph.webSegmentConfiguration')
    assert.equal(body.applicationSegments[0].externalUrl, home.externalUrl)
  }
  await api.call('DELETE', application)
})
