import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Client, GraphError } from '@microsoft/microsoft-graph-client'
import type * as Graph from '@microsoft/microsoft-graph-types-beta'
import { openTestApi, template } from './test-api.ts'
import { serveApi } from './test-server.ts'

const api = await openTestApi()
const server = await serveApi(api)
after(async () => {
  await server[Symbol.asyncDispose]()
  await api[Symbol.asyncDispose]()
})
const client = Client.initWithMiddleware({
  authProvider: { getAccessToken: async () => 'administrator' },
  baseUrl: `${server.origin}/`,
  defaultVersion: 'v1.0',
  customHosts: new Set(['127.0.0.1']),
})

const made: Graph.ApplicationServicePrincipal = await client
  .api(`/applicationTemplates/${template}/instantiate`)
  .post({ displayName: 'Owned' })
const adele: Graph.User = await client.api('/users').post({
  ...{ accountEnabled: true, displayName: 'Adele Vance', userPrincipalName: 'AdeleV@contoso.com' },
  passwordProfile: { forceChangePasswordNextSignIn: false, password: 'xWwvJ]6NMw+bWH-d' },
})

test('the pages about owners run as they are printed with the real Graph client [G1]', async () => {
  const reference = {
    '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${adele.id}`,
  }
  for (const owned of [
    `/applications/${made.application?.id}`,
    `/groups/${(await client.api('/groups').post({ displayName: 'Crew' })).id}`,
  ]) {
    assert.ok(!(await client.api(`${owned}/owners/$ref`).post(reference)))
    const { value }: { value: Graph.DirectoryObject[] } = await client.api(`${owned}/owners`).get()
    assert.equal(value[0]?.id, adele.id)
    const expanded = await client.api(owned).select('id').expand('owners($select=id)').get()
    assert.equal(expanded.owners[0].id, adele.id)
    await assert.rejects(client.api(`${owned}/owners/$ref`).post(reference), (thrown) => {
      return thrown instanceof GraphError && thrown.statusCode === 400
    })
    const refs = await client.api(`${owned}/owners/$ref`).get()
    assert.match(refs.value[0]['@odata.id'], new RegExp(`/directoryObjects/${adele.id}$`))
    assert.ok(!(await client.api(`${owned}/owners/${adele.id}/$ref`).delete()))
    assert.deepEqual((await client.api(`${owned}/owners`).get()).value, [])
  }
  const principal = `/servicePrincipals/${made.servicePrincipal?.id}`
  await client.api(`${principal}/owners/$ref`).post(reference)
  const own = await client.api(`/users/${adele.id}/ownedObjects`).get()
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
      `https://graph.microsoft.com/v1.0/directoryObjects/${adele.id}`,
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
