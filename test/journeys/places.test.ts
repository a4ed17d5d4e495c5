import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { writeCountryFile } from '../../src/policy/fixture-country-file.ts'
import { temporaryFolder } from '../folder.ts'
import { signInByForms } from '../form-sign-in.ts'
import { HttpClient } from '../http-client.ts'
import { type RunningEdge, startEdge } from '../pieces.ts'
import { publish, type WorldUser } from '../world.ts'

// The promise of [S9] for changed policies.
const changeMaxMs = 5_000
// There is no connector: whoever is let in gets no further.
const letIn = 503
const collection = '/identity/conditionalAccess'

const ann: WorldUser = {
  userPrincipalName: 'ann@contoso.localhost',
  password: 'correct horse battery staple',
}

const cleanUp = new AsyncDisposableStack()
let edge: RunningEdge
let url: string
before(async () => {
  const folder = cleanUp.use(await temporaryFolder()).path
  const countries = join(folder, 'countries.mmdb')
  await writeFile(countries, writeCountryFile({ '198.51.100.0/24': 'AT', '203.0.113.0/24': 'DE' }))
  edge = await startEdge(join(folder, 'edge'), {
    more: ['--countries', countries, '--trusted-proxy', '127.0.0.1'],
  })
  cleanUp.defer(() => edge[Symbol.asyncDispose]())
  await edge.graph.call('POST', '/users', {
    ...{ displayName: 'Ann', accountEnabled: true, mailNickname: 'ann' },
    userPrincipalName: ann.userPrincipalName,
    passwordProfile: { password: ann.password },
  })
  url = edge.external('places')
  await publish(edge.graph, 'Places', { externalUrl: url, internalUrl: 'http://places.test/' })
})
after(() => cleanUp.disposeAsync())

/** Behind a proxy that says that requests come from there. */
function clientFrom(address: string): HttpClient {
  const headers = { 'X-Forwarded-For': address }
  return cleanUp.use(new HttpClient({ ca: edge.ca, keepAlive: false, headers }))
}

test('a policy by country is in force within seconds, wherever the session goes [S8] [S9] [F2]', async () => {
  const fromAustria = clientFrom('198.51.100.7')
  assert.equal((await signInByForms(fromAustria, url, ann)).status, letIn)
  const location = await edge.graph.call('POST', `${collection}/namedLocations`, {
    '@odata.type': '#microsoft.graph.countryNamedLocation',
    displayName: 'Austria',
    countriesAndRegions: ['AT'],
  })
  const changed = performance.now()
  await edge.graph.call('POST', `${collection}/policies`, {
    displayName: 'Austria only',
    state: 'enabled',
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
      locations: { includeLocations: ['All'], excludeLocations: [location?.['id']] },
      clientAppTypes: ['all'],
    },
    grantControls: { operator: 'OR', builtInControls: ['block'] },
  })
  const elsewhere = clientFrom('203.0.113.9')
  const cookie = fromAustria.cookies.header(new URL(url)) ?? ''
  const stolen = () => elsewhere.request(url, { headers: { cookie } })
  while ((await stolen()).status !== 403) assert.ok(performance.now() - changed < changeMaxMs)
  assert.match((await stolen()).text, /Austria only/)
  assert.equal((await fromAustria.request(url, { headers: { cookie } })).status, letIn)
  // Whoever claims to come from there has the proxy's word against them.
  const liar = clientFrom('198.51.100.7, 203.0.113.9')
  assert.equal((await liar.request(url, { headers: { cookie } })).status, 403)
})
