import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ownersPermission } from './ownership.ts'
import type { Route } from './route.ts'
import { routes } from './routes.ts'
import { openTestApi, segmentsOf, type TestApi, template } from './test-api.ts'

// An owner looks after their application, and never comes to more by it: neither to others nor to what it stands on.

const userRole = '18d14569-c3bd-439b-9a66-3a2aee01d14f'
const callers: Record<
  string,
  { readonly roles: readonly string[]; personId?: string; ownerId?: string }
> = {
  administrator: { roles: ['Directory.ReadWrite.All'] },
  applications: { roles: ['Application.ReadWrite.All'] },
  assigner: { roles: ['AppRoleAssignment.ReadWrite.All', 'Application.Read.All'] },
  both: { roles: ['AppRoleAssignment.ReadWrite.All', 'Application.ReadWrite.All'] },
}

interface Made {
  readonly application: string
  readonly principal: string
  readonly appId: string
}

let api: TestApi
let wiki: Made
let payroll: Made
let robot: Made
let ann: string
let bob: string

before(async () => {
  api = await openTestApi(Date.now, {
    authorize: async (token) => callers[token] && { name: token, ...callers[token] },
  })
  ann = await createPerson('ann')
  bob = await createPerson('bob')
  wiki = await publish('Wiki', 'contoso.net')
  payroll = await publish('Payroll', 'fabrikam.net')
  robot = await instantiate('Robot')
  callers['ann'] = { roles: [], personId: ann, ownerId: ann }
  callers['bob'] = { roles: [], personId: bob, ownerId: bob }
  // Through a program that may read people and nothing else.
  callers['ann-elsewhere'] = { roles: [], personId: ann }
  callers['robot'] = { roles: [ownersPermission], ownerId: robot.principal }
  await own(wiki, ann)
  await own(wiki, robot.principal)
})
after(() => api[Symbol.asyncDispose]())

function callAs(token: string, method: string, path: string, body?: unknown, headers?: object) {
  const authorization = `Bearer ${token}`
  return api.call(method, path, body, { authorization, ...headers })
}

async function createPerson(name: string): Promise<string> {
  const { body } = await api.call('POST', '/beta/users', {
    ...{ accountEnabled: true, displayName: name, userPrincipalName: `${name}@contoso.test` },
    passwordProfile: { password: 'correct horse battery' },
  })
  return body.id
}

async function instantiate(displayName: string): Promise<Made> {
  const path = `/beta/applicationTemplates/${template}/instantiate`
  const { application, servicePrincipal } = (await api.call('POST', path, { displayName })).body
  return { application: application.id, principal: servicePrincipal.id, appId: application.appId }
}

async function publish(displayName: string, domain: string): Promise<Made> {
  const made = await instantiate(displayName)
  const path = `/beta/applications/${made.application}`
  const externalUrl = `https://*.${domain}/`
  await api.call('PATCH', path, {
    onPremisesPublishing: { externalUrl, internalUrl: 'http://*.test.com/' },
  })
  await api.call('POST', segmentsOf(path), {
    externalUrl: `https://web.${domain}/`,
    internalUrl: `http://web.${domain}.test/`,
    corsConfigurations: [{ resource: '/', allowedOrigins: ['https://a.test'] }],
  })
  return made
}

function refer(id: string): object {
  return { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` }
}

async function own({ application }: Made, owner: string, token = 'administrator') {
  return callAs(token, 'POST', `/beta/applications/${application}/owners/$ref`, refer(owner))
}

function pathOf({ path }: Route, of: Made): string {
  const nobody = '00000000-0000-0000-0000-000000000001'
  const keys: Record<string, string> = { application: of.application, principal: of.principal }
  return `/beta${path.replace(/:([a-z]+)/g, (_, name) => keys[name] ?? nobody)}`
}

async function shapeOf(made: Made) {
  const [one, other, owners] = await Promise.all([
    api.call('GET', `/beta/applications/${made.application}`),
    api.call('GET', `/beta/servicePrincipals/${made.principal}?$expand=appRoleAssignedTo`),
    api.call('GET', `/beta/applications/${made.application}/owners`),
  ])
  return [one.body, other.body, owners.body]
}

test('what is not of one application is closed to its owners, whatever they ask for [G3]', async () => {
  for (const route of routes.filter(({ area, forOwners }) => area !== 'self' && !forOwners)) {
    const path = pathOf(route, wiki)
    const { status } = await callAs('ann', route.method, path, route.body && {})
    assert.equal(status, 403, `${route.method} ${path}`)
  }
})

test('owners are let in to what belongs to an application, and to nothing about connectors, secrets or lifetimes [G3]', () => {
  const open = routes.filter(({ forOwners }) => forOwners)
  for (const { path } of open) {
    assert.match(path, /^\/(?:applications|servicePrincipals)(?:$|\/:)/)
    assert.doesNotMatch(path, /Password|segmentHealth|enrolment|tokenLifetime/)
  }
  const changes = open.filter(({ method }) => method !== 'GET').map(({ path }) => path)
  assert.ok(
    !changes.some((path) => /connectorGroup|appRoleAssignments|applicationSegments$/.test(path)),
  )
})

test("another's application is as closed to an owner as one that is not there [G3]", async () => {
  const unknown = '00000000-0000-0000-0000-000000000002'
  const nothing = { application: unknown, principal: unknown, appId: unknown }
  const before = await shapeOf(payroll)
  for (const route of routes.filter(({ forOwners, path }) => forOwners && path.includes(':'))) {
    for (const made of [payroll, nothing]) {
      const path = pathOf(route, made)
      for (const token of ['ann', 'robot', 'bob']) {
        const { status } = await callAs(token, route.method, path, route.body && {})
        assert.equal(status, 403, `${token} ${route.method} ${path}`)
      }
    }
  }
  const byAppId = `/beta/applications(appId='${payroll.appId}')`
  assert.equal((await callAs('ann', 'PATCH', byAppId, { tags: ['mine'] })).status, 403)
  assert.deepEqual(await shapeOf(payroll), before)
})

test('an owner sees their own applications and no others, by either half [G3]', async () => {
  for (const token of ['ann', 'robot']) {
    for (const [list, id] of [
      ['applications', wiki.application],
      ['servicePrincipals', wiki.principal],
    ]) {
      const { status, body } = await callAs(token, 'GET', `/v1.0/${list}?$count=true`)
      assert.equal(status, 200)
      assert.equal(body['@odata.count'], 1)
      assert.equal(body.value[0].id, id)
    }
    const whole = `/beta/applications(appId='${wiki.appId}')?$expand=owners,connectorGroup,tokenLifetimePolicies`
    const { body } = await callAs(token, 'GET', whole)
    assert.equal(body.owners.length, 2)
    assert.equal(body.connectorGroup.name, 'Default')
  }
  assert.equal((await callAs('bob', 'GET', '/beta/applications')).status, 403)
  assert.equal((await callAs('ann-elsewhere', 'GET', '/beta/applications')).status, 403)
  const hers = `/beta/applications/${wiki.application}`
  assert.equal((await callAs('ann-elsewhere', 'GET', hers)).status, 403)
})

const published = (change: object) => ({ onPremisesPublishing: change })
const certificate = { value: 'AAAA' }
const beyond: readonly (readonly [string, object])[] = [
  ['its name', { displayName: 'Payroll' }],
  ['the names tokens are for', { identifierUris: ['https://payroll.test'] }],
  ['where answers go', { web: { redirectUris: ['https://mine.test/'] } }],
  ['where answers to programs go', { publicClient: { redirectUris: ['https://mine.test/'] } }],
  [
    'what it asks for',
    {
      requiredResourceAccess: [
        {
          resourceAppId: '00000003-0000-0000-c000-000000000000',
          resourceAccess: [{ id: 'c5366453-9fb0-48a5-a156-24f0c49a4b84', type: 'Scope' }],
        },
      ],
    },
  ],
  ['keys to be it', { keyCredentials: [] }],
  [
    'roles',
    {
      appRoles: [
        {
          ...{ id: '00000000-0000-0000-0000-00000000000a', value: 'Admin', displayName: 'Admin' },
          ...{ description: '', isEnabled: true, allowedMemberTypes: ['User'] },
        },
      ],
    },
  ],
  ['that it is published', { onPremisesPublishing: null }],
  ['where it leads', published({ internalUrl: 'http://*.secret.test/' })],
  ['the sign-in', published({ externalAuthenticationType: 'passthru' })],
  ['the closed door', published({ whenNoSegments: 'closed' })],
  ['headers of answers', published({ responseHeaderRules: [{ action: 'remove', name: 'x' }] })],
  ['the cookie', published({ isHttpOnlyCookieEnabled: false })],
  ['the host told inside', published({ isTranslateHostHeaderEnabled: false })],
  ['the check of certificates', published({ isBackendCertificateValidationEnabled: false })],
  ['how long people are in', published({ sessionLifetimeInSeconds: 86_400 })],
  ['what it is told of people', published({ isIdentityAssertionEnabled: true })],
  ['tokens', published({ isAccessTokenForwarded: true })],
  ['all segments', published({ onPremisesApplicationSegments: [] })],
  [
    'where a segment leads',
    published({
      onPremisesApplicationSegments: [
        { externalUrl: 'https://web.contoso.net/', internalUrl: 'http://payroll.test/' },
      ],
    }),
  ],
  [
    'one segment more',
    published({
      onPremisesApplicationSegments: [
        { externalUrl: 'https://web.contoso.net/', internalUrl: 'http://web.contoso.net.test/' },
        { externalUrl: 'https://b.contoso.net/', internalUrl: 'http://payroll.test/' },
      ],
    }),
  ],
]
for (const [what, change] of beyond) {
  test(`an owner does not change ${what} of their application [G3]`, async () => {
    const path = `/beta/applications/${wiki.application}`
    const before = await shapeOf(wiki)
    for (const token of ['ann', 'robot']) {
      const { status, body } = await callAs(token, 'PATCH', path, change)
      assert.equal(status, 403, body?.error?.message)
      // With something that is theirs to change, nothing of it happens.
      const mixed = { ...change, tags: ['changed'] }
      assert.equal((await callAs(token, 'PATCH', path, mixed)).status, 403)
    }
    assert.deepEqual(await shapeOf(wiki), before)
    if ('onPremisesPublishing' in change && change.onPremisesPublishing) {
      const direct = await callAs('ann', 'PATCH', `${path}/onPremisesPublishing`, {
        ...(change.onPremisesPublishing as object),
      })
      assert.equal(direct.status, 403)
    }
    assert.deepEqual(await shapeOf(wiki), before)
  })
}

test('an owner neither uploads certificates nor publishes what is not published nor moves a segment [G3]', async () => {
  const path = `/beta/applications/${wiki.application}`
  const upload = published({
    verifiedCustomDomainKeyCredential: certificate,
    verifiedCustomDomainPasswordCredential: certificate,
  })
  assert.ok((await callAs('ann', 'PATCH', path, upload)).status >= 400)
  const [segment] = (await api.call('GET', segmentsOf(path))).body.value
  const segmentPath = `${segmentsOf(path)}/${segment.id}`
  const moved = { internalUrl: 'http://payroll.test/' }
  const { status, body } = await callAs('ann', 'PATCH', segmentPath, moved)
  assert.equal(status, 403)
  assert.match(body.error.message, /internalUrl of a segment/)
  const fresh = await instantiate('Fresh')
  await own(fresh, ann)
  const urls = { externalUrl: 'https://fresh.contoso.net/', internalUrl: 'http://fresh.test/' }
  const freshPath = `/beta/applications/${fresh.application}`
  assert.equal((await callAs('ann', 'PATCH', freshPath, published(urls))).status, 403)
  assert.equal((await api.call('PATCH', freshPath, published(urls))).status, 204)
  // Not even told whose the address is.
  const taken = published({ externalUrl: 'https://web.fabrikam.net/' })
  const refused = await callAs('ann', 'PATCH', freshPath, taken)
  assert.equal(refused.status, 403)
  assert.doesNotMatch(refused.body.error.message, /Payroll/)
  assert.equal((await callAs('ann', 'DELETE', freshPath)).status, 204)
})

test('an owner decides who may call the application and who may enter it, sees after it, and shares that [G3] [C4] [S8]', async () => {
  const path = `/beta/applications/${wiki.application}`
  const [segment] = (await callAs('ann', 'GET', segmentsOf(path))).body.value
  const rules = `${segmentsOf(path)}/${segment.id}/corsConfigurations`
  const rule = { resource: '/api', allowedOrigins: ['https://b.test'] }
  const made = await callAs('robot', 'POST', rules, rule)
  assert.equal(made.status, 201)
  const at = `${rules}/${made.body.id}`
  const etag = (await callAs('ann', 'GET', at)).headers.get('etag')
  const dry = { mode: 'dryRun' }
  assert.equal((await callAs('ann', 'PATCH', at, dry, { 'if-match': '"other"' })).status, 412)
  assert.equal((await callAs('ann', 'PATCH', at, dry, { 'if-match': etag })).status, 204)
  assert.equal((await callAs('ann', 'DELETE', at)).status, 204)

  // What was read, sent back whole with one thing changed.
  const whole = (await callAs('ann', 'GET', `${path}/onPremisesPublishing`)).body
  const changed = { ...whole, isInMaintenance: true, applicationServerTimeout: 'Long' }
  assert.equal((await callAs('ann', 'PATCH', `${path}/onPremisesPublishing`, changed)).status, 204)
  const facts = { tags: ['HideApp'], web: { homePageUrl: 'https://web.contoso.net/start' } }
  assert.equal((await callAs('ann', 'PATCH', path, facts)).status, 204)

  const principal = `/beta/servicePrincipals/${wiki.principal}`
  const assignment = { principalId: bob, resourceId: wiki.principal, appRoleId: userRole }
  const assigned = await callAs('ann', 'POST', `${principal}/appRoleAssignedTo`, assignment)
  assert.equal(assigned.status, 201)
  const gone = `${principal}/appRoleAssignedTo/${assigned.body.id}`
  assert.equal((await callAs('robot', 'DELETE', gone)).status, 204)
  const open = { appRoleAssignmentRequired: false, tags: [] }
  assert.equal((await callAs('ann', 'PATCH', principal, open)).status, 204)
  assert.equal((await callAs('ann', 'PATCH', principal, { accountEnabled: false })).status, 403)

  assert.equal((await own(wiki, bob, 'ann')).status, 204)
  assert.equal((await callAs('bob', 'GET', path)).status, 200)
  assert.equal((await callAs('bob', 'DELETE', `${path}/owners/${bob}/$ref`)).status, 204)
  assert.equal((await callAs('bob', 'GET', path)).status, 403)
  const batch = { requests: [{ id: '1', method: 'PATCH', url: path.slice(5), body: { tags: [] } }] }
  assert.equal((await callAs('ann', 'POST', '/beta/$batch', batch)).body.responses[0].status, 204)
})

test('nobody makes themselves an owner, and so lets people in, who may not let people in [G3]', async () => {
  for (const [token, status] of [
    ['applications', 403],
    ['assigner', 403],
    ['ann', 403],
    ['both', 204],
  ] as const) {
    assert.equal((await own(payroll, bob, token)).status, status, token)
  }
  const path = `/beta/applications/${payroll.application}/owners`
  const gone = await callAs('applications', 'DELETE', `${path}/${bob}/$ref`)
  assert.equal(gone.status, 204)
  // Nor by taking back that somebody else took it from them.
  const back = `/beta/revisions/${gone.headers.get('sallyport-revision')}/rollBack`
  assert.equal((await callAs('applications', 'POST', back, {})).status, 403)
  assert.equal((await callAs('assigner', 'POST', back, {})).status, 403)
  assert.deepEqual((await api.call('GET', path)).body.value, [])
  assert.equal((await api.call('POST', back, {})).status, 200)
  assert.equal((await api.call('GET', path)).body.value[0].id, bob)
  await api.call('DELETE', `${path}/${bob}/$ref`)
})

test('whoever stops being an owner while they send a change does not make it [G3]', async () => {
  const path = `/beta/applications/${wiki.application}`
  let send: ReadableStreamDefaultController<Uint8Array> | undefined
  const started = Promise.withResolvers<void>()
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      send = controller
    },
    // Read from means that whoever sends it was let in.
    pull: () => started.resolve(),
  })
  const request = new Request(`https://api.contoso.test${path}`, {
    ...{ method: 'PATCH', body: stream, duplex: 'half' },
    headers: { authorization: 'Bearer ann', 'content-type': 'application/json' },
  } as RequestInit)
  const answer = api.fetch(request)
  await started.promise
  await api.call('DELETE', `${path}/owners/${ann}/$ref`)
  send?.enqueue(new TextEncoder().encode('{"tags":["late"]}'))
  send?.close()
  assert.equal((await answer).status, 403)
  assert.deepEqual((await api.call('GET', path)).body.tags, [])
  await own(wiki, ann)
})

test('owners of groups are kept and shown, and what somebody owns is told them [G1]', async () => {
  const reference = `https://graph.microsoft.com/v1.0/users/${bob}`
  const crew = { displayName: 'Crew', 'owners@odata.bind': [reference] }
  const { id } = (await api.call('POST', '/beta/groups', crew)).body
  const owners = `/beta/groups/${id}/owners`
  assert.deepEqual((await api.call('GET', owners)).body.value[0].id, bob)
  assert.equal((await api.call('DELETE', `${owners}/${bob}/$ref`)).status, 204)
  assert.equal((await api.call('POST', `${owners}/$ref`, refer(ann))).status, 204)
  assert.equal((await api.call('POST', `${owners}/$ref`, refer(ann))).status, 400)
  assert.equal((await api.call('POST', `${owners}/$ref`, refer(id))).status, 404)
  assert.equal((await api.call('GET', `${owners}/microsoft.graph.user`)).body.value[0].id, ann)
  assert.equal((await api.call('GET', `/beta/groups/${id}?$expand=owners`)).body.owners.length, 1)
  assert.equal((await callAs('ann', 'GET', `/beta/groups/${id}`)).status, 403)

  const types = async (token: string, path: string) =>
    (await callAs(token, 'GET', path)).body.value.map((each: { '@odata.type': string }) =>
      each['@odata.type'].split('.').at(-1),
    )
  const all = ['application', 'servicePrincipal', 'group']
  assert.deepEqual(await types('ann', '/beta/me/ownedObjects'), all)
  assert.deepEqual(await types('ann-elsewhere', '/v1.0/me/ownedObjects'), all)
  assert.deepEqual(await types('administrator', `/beta/users/${ann}/ownedObjects`), all)
  const cast = `/beta/users/${ann}/ownedObjects/microsoft.graph.group`
  assert.deepEqual(await types('administrator', cast), ['group'])
  const program = `/beta/servicePrincipals/${robot.principal}/ownedObjects`
  assert.deepEqual(await types('administrator', program), ['application', 'servicePrincipal'])
  assert.equal((await api.call('DELETE', `${owners}/${ann}/$ref`)).status, 204)
  assert.equal((await api.call('DELETE', `${owners}/${ann}/$ref`)).status, 404)
})
