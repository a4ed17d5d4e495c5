import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Client, GraphError } from '@microsoft/microsoft-graph-client'
import type * as Graph from '@microsoft/microsoft-graph-types-beta'
import { openTestApi, seedSegments, template } from './test-api.ts'
import { serveApi } from './test-server.ts'

// The real client over a real socket: it sends its token only over https, and only to hosts it was told of.
const api = await openTestApi()
const server = await serveApi(api)
after(async () => {
  await server[Symbol.asyncDispose]()
  await api[Symbol.asyncDispose]()
})
const client = Client.initWithMiddleware({
  authProvider: { getAccessToken: async () => 'administrator' },
  baseUrl: `${server.origin}/`,
  defaultVersion: 'beta',
  customHosts: new Set(['127.0.0.1']),
})

async function instantiate(displayName: string): Promise<Graph.ApplicationServicePrincipal> {
  const path = `/applicationTemplates/${template}/instantiate`
  return client.api(path).version('v1.0').post({ displayName })
}

test('the tutorial runs from template to assignment with the real Graph client [G1]', async () => {
  const templates = await client
    .api('/applicationTemplates')
    .version('v1.0')
    .filter("displayName eq 'Custom'")
    .get()
  assert.equal(templates.value[0].id, template)
  const { application, servicePrincipal } = await instantiate('Contoso IWA App')
  assert.ok(application?.id && servicePrincipal?.id)
  const path = `/applications/${application.id}`
  await client.api(path).patch({
    identifierUris: ['https://contosoiwaapp-contoso.msappproxy.net'],
    web: {
      redirectUris: ['https://contosoiwaapp-contoso.msappproxy.net'],
      homePageUrl: 'https://contosoiwaapp-contoso.msappproxy.net',
    },
  })
  const published = await client.api(path).patch({
    onPremisesPublishing: {
      externalAuthenticationType: 'aadPreAuthentication',
      internalUrl: 'https://contosoiwaapp.com',
      externalUrl: 'https://contosoiwaapp-contoso.msappproxy.net',
    },
  })
  assert.ok(!published)

  const profile = '/onPremisesPublishingProfiles/applicationProxy'
  const group = await client.api(`${profile}/connectorGroups`).post({ name: 'IWA Demo Group' })
  await client.api(`${path}/connectorGroup/$ref`).put({
    '@odata.id': `https://graph.microsoft.com/onPremisesPublishingProfiles/applicationproxy/connectorGroups/${group.id}`,
  })
  assert.equal((await client.api(`${path}/connectorGroup`).get()).id, group.id)

  const user: Graph.User = await client.api('/users').post({
    accountEnabled: true,
    displayName: 'Adele Vance',
    mailNickname: 'AdeleV',
    userPrincipalName: 'AdeleV@contoso.com',
    passwordProfile: { forceChangePasswordNextSignIn: false, password: 'xWwvJ]6NMw+bWH-d' },
  })
  const assigned: Graph.AppRoleAssignment = await client
    .api(`/servicePrincipals/${servicePrincipal.id}/appRoleAssignedTo`)
    .post({
      principalId: user.id,
      principalType: 'User',
      appRoleId: '18d14569-c3bd-439b-9a66-3a2aee01d14f',
      resourceId: servicePrincipal.id,
    })
  assert.equal(assigned.principalDisplayName, 'Adele Vance')
})

test('the complex application of the seed runs with the real Graph client [G1] [G2]', async () => {
  const { application } = await instantiate('Complex')
  const path = `/applications/${application?.id}`
  const before = { onPremisesApplicationSegments: seedSegments }
  assert.ok(!(await client.api(path).patch({ onPremisesPublishing: before })))
  const read: Graph.Application = await client.api(path).select('id,onPremisesPublishing').get()
  const segments = read.onPremisesPublishing?.onPremisesApplicationSegments ?? []
  assert.equal(segments[1]?.corsConfigurations?.[0]?.allowedMethods?.[0], '*')

  const list = `${path}/onPremisesPublishing/segmentsConfiguration/microsoft.graph.webSegmentConfiguration/ApplicationSegments`
  const added = {
    externalUrl: 'https://test.contoso.net/',
    internalUrl: 'https://test.test.com/',
    alternateUrl: '',
    corsConfigurations: [
      {
        resource: '/',
        allowedOrigins: '*',
        allowedHeaders: '*',
        allowedMethods: '*',
        maxAgeInSeconds: '3000',
      },
    ],
  }
  assert.ok(!(await client.api(list).post(added)))
  const { value }: { value: Graph.WebApplicationSegment[] } = await client.api(list).get()
  const [, , segment] = value
  assert.equal(segment?.externalUrl, 'https://test.contoso.net/')
  const rules = `${list}/${segment?.id}/corsConfigurations`
  const rule: Graph.CorsConfiguration_v2 = await client.api(rules).post({ resource: '/here' })
  assert.equal(rule.resource, '/here')
  await client.api(`${rules}/${rule.id}`).patch({ maxAgeInSeconds: 4000 })
  assert.equal((await client.api(rules).get()).value[1].maxAgeInSeconds, 4000)
  await client.api(`${rules}/${rule.id}`).delete()
  await client.api(`${list}/${segment?.id}`).delete()
  assert.equal((await client.api(list).count(true).top(1).get())['@odata.count'], 2)
})

test('the client reads our errors as it reads those of Graph [G1] [G4]', async () => {
  const { application } = await instantiate('Refused')
  const change = client.api(`/applications/${application?.id}`).patch({
    onPremisesPublishing: { externalUrl: 'https://*.*.x.net/', internalUrl: 'http://x/' },
  })
  await assert.rejects(change, (thrown) => {
    assert.ok(thrown instanceof GraphError)
    assert.equal(thrown.statusCode, 400)
    assert.equal(thrown.code, 'Request_BadRequest')
    assert.match(thrown.message, /^onPremisesPublishing\/externalUrl: /)
    assert.match(thrown.requestId ?? '', /^[0-9a-f-]{36}$/)
    return true
  })
})

const policyDefinition = '{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"8:00:00"}}'

test('the pages about connectors, groups and profiles run with the real Graph client [G1]', async () => {
  const change = { author: 'test', reason: '' }
  const profile = '/onPremisesPublishingProfiles/applicationproxy'
  const [fallback] = await api.directory.connectorGroups()
  const { secret } = await api.directory.createEnrolmentToken(fallback?.id ?? '', 600, change)
  await api.directory.enrolConnector(secret, {
    ...{ machineName: 'C1', externalIp: '192.0.2.7', version: '1.0.0', publicKey: 'A'.repeat(43) },
  })
  const { value }: { value: Graph.Connector[] } = await client
    .api(`${profile}/connectors`)
    .filter("status eq 'active'")
    .expand('memberOf')
    .get()
  const connector = value[0]
  assert.equal(connector?.memberOf?.[0]?.isDefault, true)

  const groups = `${profile}/connectorGroups`
  const group: Graph.ConnectorGroup = await client.api(groups).post({ name: 'Group2' })
  await client.api(`${profile}/connectors/${connector?.id}/memberOf/$ref`).post({
    '@odata.id': `https://graph.microsoft.com/beta${groups}/${group.id}`,
  })
  const members = await client.api(`${groups}/${group.id}/members`).get()
  assert.equal(members.value[0].machineName, 'C1')
  const renamed: Graph.ConnectorGroup = await client
    .api(`${groups}/${group.id}`)
    .patch({ name: 'Group three' })
  assert.equal(renamed.name, 'Group three')
  assert.equal((await client.api(`${groups}/${group.id}?$expand=members`).get()).members.length, 1)

  const { application } = await instantiate('Grouped')
  const path = `/applications/${application?.id}`
  const urls = { externalUrl: 'https://grouped.contoso.net/', internalUrl: 'http://grouped.test/' }
  await client.api(path).patch({ onPremisesPublishing: urls })
  await client.api(`${groups}/${group.id}/applications`).post({
    '@odata.id': `https://graph.microsoft.com/beta/applications/${application?.id}`,
  })
  assert.equal((await client.api(`${path}/connectorGroup`).get()).id, group.id)
  assert.equal((await client.api(profile).get()).isEnabled, true)
  assert.ok(!(await client.api(profile).patch({ isEnabled: true })))
})

test('the pages about segments run as they are printed with the real Graph client [G1] [G2]', async () => {
  const { application } = await instantiate('Printed')
  const path = `/applications/${application?.id}`
  const wildcard = { externalUrl: 'https://*.printed.net', internalUrl: 'https://*.test.com' }
  await client.api(path).patch({ onPremisesPublishing: wildcard })
  const list = `/applications('${application?.id}')/OnPremisesPublishing/SegmentsConfiguration/microsoft.graph.webSegmentConfiguration/ApplicationSegments`
  await client.api(list).post({
    externalUrl: 'https://fe.printed.net',
    internalUrl: 'https://fe.test.com',
    alternateUrl: null,
    corsConfigurations: [{ resource: '/', allowedOrigins: '*', maxAgeInSeconds: '3000' }],
  })
  const { value }: { value: Graph.WebApplicationSegment[] } = await client.api(list).get()
  const [segment] = value
  assert.equal(segment?.externalUrl, 'https://fe.printed.net/')
  assert.equal(segment?.corsConfigurations, undefined)
  const rules = `${list}/${segment?.id}/corsConfigurations`
  const [rule] = (await client.api(rules).get()).value
  assert.ok(
    !(await client.api(`${list}/${segment?.id}`).patch({
      internalUrl: 'https://fe2.test.com/',
      corsConfigurations: [{ id: rule.id, resource: '/', allowedHeaders: ['x-ms-*'] }],
    })),
  )
  const changed: Graph.CorsConfiguration_v2 = await client.api(`${rules}/${rule.id}`).get()
  assert.deepEqual(changed.allowedHeaders, ['x-ms-*'])
  assert.deepEqual(changed.allowedOrigins, ['*'])
  const whole = await client
    .api(list)
    .expand('corsConfigurations')
    .filter(`id eq '${segment?.id}'`)
    .get()
  assert.equal(whole.value[0].corsConfigurations[0].id, rule.id)
})

test('the scripts that look for published applications find them with the real Graph client [G1]', async () => {
  const { application, servicePrincipal } = await instantiate('Looked for')
  await client.api(`/applications/${application?.id}`).patch({
    onPremisesPublishing: {
      externalUrl: 'https://looked.contoso.net/',
      internalUrl: 'http://looked.test/',
      alternateUrl: 'https://www.contoso.net/looked/',
      useAlternateUrlForTranslationAndRedirect: true,
      isContinuousAccessEvaluationEnabled: false,
      isStateSessionEnabled: true,
    },
  })
  const published = await client
    .api('/applications')
    .filter('onPremisesPublishing/isOnPremPublishingEnabled eq true')
    .select('id,displayName')
    .get()
  assert.ok(published.value.some(({ id }: Graph.Application) => id === application?.id))
  const principals = await client
    .api('/servicePrincipals')
    .version('v1.0')
    .filter("tags/any(t:t eq 'WindowsAzureActiveDirectoryOnPremApp')")
    .get()
  assert.ok(principals.value.some(({ id }: Graph.ServicePrincipal) => id === servicePrincipal?.id))
  const found = await client
    .api('/servicePrincipals')
    .header('ConsistencyLevel', 'eventual')
    .search('"displayName:looked"')
    .count(true)
    .get()
  assert.equal(found['@odata.count'], 1)

  const policies = '/policies/tokenLifetimePolicies'
  const policy: Graph.TokenLifetimePolicy = await client
    .api(policies)
    .version('v1.0')
    .post({
      definition: [policyDefinition],
      displayName: 'Eight hours',
      isOrganizationDefault: false,
    })
  const own = `/applications/${application?.id}/tokenLifetimePolicies`
  await client
    .api(`${own}/$ref`)
    .version('v1.0')
    .post({
      '@odata.id': `https://graph.microsoft.com/v1.0${policies}/${policy.id}`,
    })
  assert.equal((await client.api(own).version('v1.0').get()).value[0].id, policy.id)
})

test('a batch of the real Graph client is answered part by part [G1]', async () => {
  const { responses } = await client.api('/$batch').post({
    requests: [
      { id: '1', method: 'POST', url: '/groups', body: { displayName: 'Batch' } },
      { id: '2', method: 'GET', url: "/groups?$filter=displayName eq 'Batch'", dependsOn: ['1'] },
    ],
  })
  assert.equal(responses[1].body.value.length, 1)
})

const made = await instantiate('Owned')
const alex: Graph.User = await client.api('/users').post({
  ...{ accountEnabled: true, displayName: 'Alex Wilber', userPrincipalName: 'AlexW@contoso.com' },
  passwordProfile: { forceChangePasswordNextSignIn: false, password: 'xWwvJ]6NMw+bWH-d' },
})

test('the pages about owners run as they are printed with the real Graph client [G1]', async () => {
  const reference = {
    '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${alex.id}`,
  }
  for (const owned of [
    `/applications/${made.application?.id}`,
    `/groups/${(await client.api('/groups').post({ displayName: 'Crew' })).id}`,
  ]) {
    assert.ok(!(await client.api(`${owned}/owners/$ref`).post(reference)))
    const { value }: { value: Graph.DirectoryObject[] } = await client.api(`${owned}/owners`).get()
    assert.equal(value[0]?.id, alex.id)
    const expanded = await client.api(owned).select('id').expand('owners($select=id)').get()
    assert.equal(expanded.owners[0].id, alex.id)
    await assert.rejects(client.api(`${owned}/owners/$ref`).post(reference), (thrown) => {
      return thrown instanceof GraphError && thrown.statusCode === 400
    })
    const refs = await client.api(`${owned}/owners/$ref`).get()
    assert.match(refs.value[0]['@odata.id'], new RegExp(`/directoryObjects/${alex.id}$`))
    assert.ok(!(await client.api(`${owned}/owners/${alex.id}/$ref`).delete()))
    assert.deepEqual((await client.api(`${owned}/owners`).get()).value, [])
  }
  const principal = `/servicePrincipals/${made.servicePrincipal?.id}`
  await client.api(`${principal}/owners/$ref`).post(reference)
  const own = await client.api(`/users/${alex.id}/ownedObjects`).get()
  assert.deepEqual(
    own.value.map((each: { '@odata.type': string }) => each['@odata.type']),
    ['#microsoft.graph.application', '#microsoft.graph.servicePrincipal'],
  )
})

test('the pages about upsert run as they are printed with the real Graph client [G1]', async () => {
  const application = client.api("/applications(uniqueName='app-65278')")
  const body = { displayName: 'Display name' }
  const created: Graph.Application = await application
    .header('Prefer', 'create-if-missing')
    .patch(body)
  assert.equal(created.displayName, 'Display name')
  assert.ok(!(await application.header('Prefer', 'create-if-missing').patch(body)))

  const group = client.api("/groups(uniqueName='uniqueName')")
  const golf = {
    ...{ description: 'Self help community for golf', displayName: 'Golf Assist' },
    ...{ groupTypes: [], mailEnabled: false, mailNickname: 'golfassist', securityEnabled: true },
  }
  const made: Graph.Group = await group.header('Prefer', 'create-if-missing').patch(golf)
  assert.equal(made.displayName, 'Golf Assist')
  assert.ok(!(await group.header('Prefer', 'create-if-missing').patch(golf)))
})

test('the page about updating a group adds members as it is printed with the real Graph client [G1]', async () => {
  const group: Graph.Group = await client.api('/groups').post({ displayName: 'Bound' })
  const path = `/groups/${group.id}`
  const inner: Graph.Group = await client.api('/groups').post({ displayName: 'Inner' })
  const updated = await client.api(path).patch({
    'members@odata.bind': [
      `https://graph.microsoft.com/v1.0/directoryObjects/${alex.id}`,
      `https://graph.microsoft.com/v1.0/directoryObjects/${inner.id}`,
    ],
  })
  assert.ok(!updated)
  const { value } = await client.api(`${path}/members`).get()
  assert.equal(value.length, 2)
  const refs = await client.api(`${path}/members/$ref`).top(1).get()
  assert.equal(refs.value.length, 1)
  assert.ok(refs['@odata.nextLink'])
})

test('the Kerberos step of the tutorial is told what does the same here, to the real Graph client [G1] [S12]', async () => {
  const step = client
    .api(`/applications/${made.application?.id}`)
    .version('beta')
    .patch({
      onPremisesPublishing: {
        singleSignOnSettings: {
          kerberosSignOnSettings: {
            kerberosServicePrincipalName: 'HTTP/iwademo.contoso.com',
            kerberosSignOnMappingAttributeType: 'userPrincipalName',
          },
          singleSignOnMode: 'onPremisesKerberos',
        },
      },
    })
  await assert.rejects(step, (thrown) => {
    assert.ok(thrown instanceof GraphError)
    assert.match(thrown.message, /no Kerberos.*headerBasedSingleSignOn/)
    return true
  })
})
