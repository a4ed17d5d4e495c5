import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openTestApi } from './test-api.ts'

const api = await openTestApi()
after(() => api[Symbol.asyncDispose]())

const path = '/beta/identity/conditionalAccess'
const ipType = '#microsoft.graph.ipNamedLocation'
const countryType = '#microsoft.graph.countryNamedLocation'
// The documentation's example.
const office = {
  '@odata.type': ipType,
  displayName: 'Office',
  isTrusted: true,
  ipRanges: [
    { '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '12.34.221.11/22' },
    { '@odata.type': '#microsoft.graph.iPv6CidrRange', cidrAddress: '2001:0:9d38:90d6:0:0:0:0/63' },
  ],
}

async function create(body: object, kind = 'namedLocations') {
  const answer = await api.call('POST', `${path}/${kind}`, body)
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  return answer.body
}

test('named locations of both kinds come back in full, keep their kind and can be changed [G1]', async () => {
  const { ipRanges, isTrusted } = await create(office)
  assert.deepEqual(ipRanges, office.ipRanges)
  assert.equal(isTrusted, true)
  const body = await create({
    '@odata.type': countryType,
    displayName: 'Alps',
    countriesAndRegions: ['at', 'CH'],
    includeUnknownCountriesAndRegions: false,
  })
  assert.deepEqual(body.countriesAndRegions, ['AT', 'CH'])
  assert.equal(body.countryLookupMethod, 'clientIpAddress')
  const at = `${path}/namedLocations/${body.id}`
  const change = { '@odata.type': countryType, displayName: 'The Alps' }
  assert.equal((await api.call('PATCH', at, change)).status, 204)
  const now = (await api.call('GET', at)).body
  assert.equal(now.displayName, 'The Alps')
  assert.deepEqual(now.countriesAndRegions, ['AT', 'CH'])
  const other = await api.call('PATCH', at, { '@odata.type': ipType })
  assert.equal(other.body.error.details[0].target, '@odata.type')
  assert.equal((await api.call('DELETE', at)).status, 204)
})

const wrongLocations = [
  ['no type', { displayName: 'x', ipRanges: [] }, '@odata.type'],
  ['no range', { '@odata.type': ipType, displayName: 'x', ipRanges: [] }, 'ipRanges'],
  ['no name', { '@odata.type': ipType, ipRanges: [{ cidrAddress: '10.0.0.0/8' }] }, 'displayName'],
  [
    'half of the internet',
    { '@odata.type': ipType, displayName: 'x', ipRanges: [{ cidrAddress: '0.0.0.0/1' }] },
    'ipRanges/0/cidrAddress',
  ],
  [
    'no CIDR',
    { '@odata.type': ipType, displayName: 'x', ipRanges: [{ cidrAddress: 'office' }] },
    'ipRanges/0/cidrAddress',
  ],
  [
    'more than 2,000 ranges',
    {
      '@odata.type': ipType,
      displayName: 'x',
      ipRanges: Array.from({ length: 2_001 }, (_, i) => ({
        cidrAddress: `10.${i >> 8}.${i & 255}.0/24`,
      })),
    },
    'ipRanges',
  ],
  [
    'an authenticator that tells where it is',
    {
      '@odata.type': countryType,
      displayName: 'x',
      countriesAndRegions: ['AT'],
      countryLookupMethod: 'authenticatorAppGps',
    },
    'countryLookupMethod',
  ],
] as const
for (const [what, body, target] of wrongLocations) {
  test(`a location with ${what} is refused at ${target} [G4]`, async () => {
    const answer = await api.call('POST', `${path}/namedLocations`, body)
    assert.equal(answer.status, 400)
    const targets = answer.body.error.details.map((detail: { target: string }) => detail.target)
    assert.deepEqual(targets, [target], answer.body.error.message)
  })
}

test('a location that is trusted or named by a policy is not deleted [S8]', async () => {
  const { id } = await create(office)
  const policy = {
    displayName: 'Nobody',
    state: 'disabled',
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
      clientAppTypes: ['all'],
      locations: { includeLocations: [id] },
    },
    grantControls: { operator: 'OR', builtInControls: ['block'] },
  }
  const made = await create(policy, 'policies')
  const at = `${path}/namedLocations/${id}`
  const answer = await api.call('DELETE', at)
  assert.equal(answer.status, 400)
  assert.equal(answer.body.error.details.length, 2)
  assert.match(answer.body.error.message, /trusted.*Nobody/)
  await api.call('DELETE', `${path}/policies/${made.id}`)
  await api.call('PATCH', at, { isTrusted: false })
  assert.equal((await api.call('DELETE', at)).status, 204)
})
