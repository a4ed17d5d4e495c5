import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Fault, type FaultCode } from '../base/fault.ts'
import { silentLog } from '../base/log.ts'
import type { GraphOptions } from './call.ts'
import { createGraph } from './graph.ts'
import {
  instantiate,
  noProbe,
  noRequests,
  openTestApi,
  template,
  testEdge,
  testProviders,
} from './test-api.ts'
import { graphLimits, Throttle } from './throttle.ts'

const api = await openTestApi()
after(() => api[Symbol.asyncDispose]())

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

const strangers = [
  ['no token', {}, 401, 'InvalidAuthenticationToken'],
  ['an unknown token', { authorization: 'Bearer x' }, 401, 'InvalidAuthenticationToken'],
  ['another scheme', { authorization: 'Basic YTpi' }, 401, 'InvalidAuthenticationToken'],
  ['two tokens', { authorization: 'Bearer a, Bearer b' }, 401, 'InvalidAuthenticationToken'],
  ['no permission', { authorization: 'Bearer nobody' }, 403, 'Authorization_RequestDenied'],
] as const
for (const [what, headers, status, code] of strangers) {
  test(`a caller with ${what} gets ${status} in Graph's envelope [G1] [G3]`, async () => {
    const answer = await api.call('GET', '/beta/applications', undefined, {
      authorization: '',
      ...headers,
    })
    assert.equal(answer.status, status)
    assert.equal(answer.body.error.code, code)
    assert.equal(answer.headers.has('www-authenticate'), status === 401)
  })
}

test('a token is checked before anything is told about paths [G3]', async () => {
  const answer = await api.call('GET', '/nothing', undefined, { authorization: '' })
  assert.equal(answer.status, 401)
})

test('the scheme of the Authorization field may have any case [G3]', async () => {
  const headers = { authorization: 'bEARER administrator' }
  assert.equal((await api.call('GET', '/beta/users', undefined, headers)).status, 200)
})

const permissions = [
  ['applications', 'GET', '/beta/applications', 200],
  ['applications', 'GET', '/beta/servicePrincipals', 200],
  ['applications', 'GET', '/beta/onPremisesPublishingProfiles/applicationProxy/connectors', 403],
  ['applications', 'GET', '/beta/users', 403],
  ['applications', 'GET', '/beta/auditLogs/directoryAudits', 403],
  ['applications', 'POST', '/beta/servicePrincipals/x/appRoleAssignedTo', 403],
  ['profiles', 'GET', '/beta/onPremisesPublishingProfiles/applicationProxy/connectors', 200],
  ['profiles', 'GET', '/beta/applications', 403],
  ['profiles', 'DELETE', '/beta/users/x', 403],
] as const
for (const [caller, method, path, status] of permissions) {
  test(`the permission of "${caller}" answers ${status} to ${method} ${path} [G3]`, async () => {
    const answer = await api.call(method, path, undefined, { authorization: `Bearer ${caller}` })
    assert.equal(answer.status, status)
  })
}

const misses = [
  ['GET', '/', 404],
  ['GET', '/v2.0/users', 404],
  ['GET', '/beta', 404],
  ['GET', '/beta/unknown', 404],
  ['GET', '/beta/applications/00000000-0000-0000-0000-000000000001', 404],
  ['GET', '/beta/applications/x/unknown', 404],
  ['GET', '/v1.0/onPremisesPublishingProfiles/applicationProxy/connectors', 404],
  ['GET', '/v1.0/applications/x/onPremisesPublishing', 404],
  ['PUT', '/beta/applications', 405, 'GET, HEAD, POST'],
  ['DELETE', '/beta/users', 405, 'GET, HEAD, POST'],
  ['PUT', '/beta/applications/x', 405, 'GET, HEAD, PATCH, DELETE'],
  ['GET', '/beta//applications', 400],
  ['GET', '/beta/applications/%', 400],
] as const
for (const [method, path, status, allow] of misses) {
  test(`${method} ${path} answers ${status} [G1]`, async () => {
    const answer = await api.call(method, path)
    assert.equal(answer.status, status)
    assert.equal(answer.headers.get('allow'), allow ?? null)
    assert.match(answer.body.error.innerError.date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
  })
}

test('OPTIONS tells the methods of a resource, and grants no origin anything [G1]', async () => {
  const headers = { origin: 'https://evil.test', 'access-control-request-method': 'PATCH' }
  const answer = await api.call('OPTIONS', '/beta/applications/x', undefined, headers)
  assert.equal(answer.status, 204)
  assert.equal(answer.headers.get('allow'), 'GET, HEAD, PATCH, DELETE')
  assert.ok(![...answer.headers.keys()].some((name) => name.startsWith('access-control-')))
})

test('a method cannot be overridden by a header', async () => {
  const id = await instantiate(api, 'Kept')
  const headers = { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' }
  assert.equal((await api.call('POST', `/beta/applications/${id}`, '{}', headers)).status, 405)
  assert.equal((await api.call('GET', `/beta/applications/${id}`)).status, 200)
})

test('HEAD answers as GET without a body', async () => {
  const response = await api.fetch(
    new Request('https://api.contoso.test/beta/users', {
      method: 'HEAD',
      headers: { authorization: 'Bearer administrator' },
    }),
  )
  assert.equal(response.status, 200)
  assert.equal(await response.text(), '')
})

for (const search of ['$expand=x', '$search=%22mail', 'api-version=1', '$top=-1', '$count=maybe']) {
  test(`the query ?${search} is refused [G4]`, async () => {
    assert.equal((await api.call('GET', `/beta/users?${search}`)).status, 400)
  })
}

test('an unknown property in $select is refused with its name [G4]', async () => {
  const { status, body } = await api.call('GET', '/beta/users?$select=id,password')
  assert.equal(status, 400)
  assert.match(body.error.message, /'password'/)
})

test('every answer has ids, the OData version, no store and no CORS header [G1]', async () => {
  for (const path of ['/beta/users', '/beta/unknown']) {
    const { headers } = await api.call('GET', path, undefined, {
      'client-request-id': 'my-own-id',
      origin: 'https://evil.test',
    })
    assert.match(headers.get('request-id') ?? '', guid)
    assert.equal(headers.get('client-request-id'), 'my-own-id')
    assert.equal(headers.get('odata-version'), '4.0')
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.match(headers.get('content-type') ?? '', /^application\/json;odata.metadata=minimal;/)
    assert.ok(![...headers.keys()].some((name) => name.startsWith('access-control-')))
  }
})

test('ids in the error body are those of the headers, and a hostile one is replaced', async () => {
  const hostile = { 'client-request-id': '"><script>' }
  const { headers, body } = await api.call('GET', '/beta/unknown', undefined, hostile)
  const { innerError } = body.error
  assert.equal(innerError['request-id'], headers.get('request-id'))
  assert.equal(innerError['client-request-id'], headers.get('request-id'))
})

test('author and reason are in the audit trail [G4]', async () => {
  const headers = { 'x-change-reason': 'ticket 4711' }
  const path = `/beta/applicationTemplates/${template}/instantiate`
  const created = await api.call('POST', path, { displayName: 'Audited' }, headers)
  const { body } = await api.call('GET', '/beta/auditLogs/directoryAudits?$top=1')
  const [entry] = body.value
  assert.equal(entry.activityDisplayName, 'application.create')
  assert.equal(entry.initiatedBy.user.userPrincipalName, 'administrator@contoso.test')
  assert.equal(entry.resultReason, 'ticket 4711')
  assert.equal(entry.targetResources[0].id, created.body.application.id)
})

test('a reason that is a document is refused', async () => {
  const headers = { 'x-change-reason': 'x'.repeat(501) }
  assert.equal((await api.call('GET', '/beta/users', undefined, headers)).status, 400)
})

const faults: readonly (readonly [FaultCode, number, string | null])[] = [
  ['storage-busy', 503, '1'],
  ['storage-failed', 503, '5'],
  ['storage-full', 507, '60'],
  ['internal', 500, null],
]
for (const [code, status, retryAfter] of faults) {
  test(`the fault ${code} is answered ${status} with Retry-After ${retryAfter}`, async () => {
    const failing: GraphOptions = {
      directory: api.directory,
      authorize: async () => {
        throw new Fault(code, 'a sentence')
      },
      connectorStatus: () => 'active',
      connectorHealth: () => [],
      edge: testEdge,
      edgeAddress: { host: 'edge.test:443', caFingerprint: '' },
      hashTemporaryPass: String,
      providers: testProviders,
      servedPorts: { https: [443], http: [80] },
      requests: noRequests,
      probe: noProbe,
      countryOf: () => undefined,
      ownOrigins: new Set(),
      sealKey: () => '',
      enrolmentToken: () => '',
      throttle: new Throttle(graphLimits, Date.now),
      clock: Date.now,
      log: silentLog,
      baseUrl: 'https://api.test',
    }
    const request = new Request('https://api.test/beta/users', {
      headers: { authorization: 'Bearer t' },
    })
    const response = await createGraph(failing).fetch(request)
    const body = (await response.json()) as { error: { innerError: { code: string } } }
    assert.equal(response.status, status)
    assert.equal(response.headers.get('retry-after'), retryAfter)
    assert.equal(body.error.innerError.code, code)
  })
}

// [what, method, path, body, fields, status]
const failures = [
  ['a body that is none', 'POST', '/beta/users', '{', {}, 400],
  ['a body in another type', 'POST', '/beta/users', 'a=b', { 'content-type': 'text/plain' }, 415],
  ['a body without end', 'POST', '/beta/users', `"${'x'.repeat(1024 * 1024)}"`, {}, 413],
  ['a method of another resource', 'PUT', '/beta/users', '{}', {}, 405],
  ['an unknown path', 'GET', '/beta/nothing', undefined, {}, 404],
  ['a path that cannot be read', 'GET', '/beta/users/%', undefined, {}, 400],
  ['a version that is none', 'GET', '/v3/users', undefined, {}, 404],
  ['no token', 'GET', '/beta/users', undefined, { authorization: '' }, 401],
  ['no permission', 'GET', '/beta/users', undefined, { authorization: 'Bearer nobody' }, 403],
  ['a tag that is none', 'PATCH', '/beta/users/x', '{}', { 'if-match': 'x' }, 400],
] as const
for (const [what, method, path, body, fields, status] of failures) {
  test(`${what} is answered ${status} with the ids of the request [G1]`, async () => {
    const headers = { 'client-request-id': 'mine', ...fields }
    const answer = await api.call(method, path, body, headers)
    assert.equal(answer.status, status)
    assert.match(answer.headers.get('request-id') ?? '', guid)
    assert.equal(answer.headers.get('client-request-id'), 'mine')
    const { innerError } = answer.body.error
    assert.equal(innerError['request-id'], answer.headers.get('request-id'))
    assert.equal(innerError['client-request-id'], 'mine')
    assert.equal(answer.headers.get('odata-version'), '4.0')
  })
}
