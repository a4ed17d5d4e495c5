import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { SignInEntry } from '../identity/sign-in-log.ts'
import { openTestApi } from './test-api.ts'

const api = await openTestApi()
after(() => api[Symbol.asyncDispose]())

const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

function entry(change: Partial<SignInEntry>): SignInEntry {
  return {
    ...{ at: 1_795_000_000_000, kind: 'interactiveUser', result: 'signed-in', personId: 'p-ann' },
    ...{ userPrincipalName: 'Ann@contoso.net', displayName: 'Ann', appId: 'app-1' },
    ...{ applicationName: 'Expenses', resource: undefined, address: '203.0.113.7' },
    ...{ userAgent: chrome, correlationId: 'r1', providerId: 'embedded', methods: ['pwd'] },
    policies: [],
    ...change,
  }
}

const start = 1_795_000_000_000
const refused = { at: start + 1_000, result: 'not-assigned', correlationId: 'r2' } as const
const robot: Partial<SignInEntry> = {
  ...{ at: start + 2_000, kind: 'servicePrincipal', result: 'wrong-client-secret' },
  ...{ personId: 'p-robot', userPrincipalName: undefined, displayName: undefined },
  ...{ applicationName: 'Robot', correlationId: 'r3', userAgent: 'curl/8.0' },
}
const blocked: Partial<SignInEntry> = {
  ...{ at: start + 3_000, result: 'blocked-by-policy', correlationId: 'r4' },
  policies: [
    {
      id: 'p1',
      displayName: 'Block',
      result: 'failure',
      grantControls: ['Block'],
      sessionControls: [],
    },
  ],
}
await api.directory.addSignIns([{}, refused, robot, blocked].map(entry))

const signIns = '/v1.0/auditLogs/signIns'

async function idsOf(query: string): Promise<readonly string[]> {
  const { status, body } = await api.call('GET', `${signIns}?${query}`)
  assert.equal(status, 200, JSON.stringify(body))
  return body.value.map((each: { correlationId: string }) => each.correlationId)
}

const filters: readonly (readonly [string, readonly string[]])[] = [
  ["userPrincipalName eq 'ann@contoso.net'", ['r4', 'r2', 'r1']],
  ["userId eq 'p-ann' and status/errorCode eq 50105", ['r2']],
  ['status/errorCode ne 0', ['r4', 'r3', 'r2']],
  ["appDisplayName eq 'Robot'", ['r3']],
  ["startswith(userPrincipalName,'ann@') and appId eq 'app-1'", ['r4', 'r2', 'r1']],
  ["signInEventTypes/any(t:t eq 'servicePrincipal')", ['r3']],
  ["signInEventTypes/any(t:t eq 'interactiveUser') and status/errorCode eq 0", ['r1']],
  ["correlationId eq 'r2'", ['r2']],
  ["ipAddress eq '198.51.100.1'", []],
  ["conditionalAccessStatus eq 'failure'", ['r4']],
  [`createdDateTime ge ${new Date(start + 2_000).toISOString()}`, ['r4', 'r3']],
  [`createdDateTime lt ${new Date(start + 1_000).toISOString()}`, ['r1']],
  ['createdDateTime ge 2026-01-01 and createdDateTime le 2027-01-01', ['r4', 'r3', 'r2', 'r1']],
]
for (const [filter, expected] of filters) {
  test(`sign-ins are found by ${filter} [S8] [G1]`, async () => {
    assert.deepEqual(await idsOf(`$filter=${encodeURIComponent(filter)}`), expected)
  })
}

test('sign-ins come newest first, page by page [G1]', async () => {
  const seen: string[] = []
  let url: string | undefined =
    `${signIns}?$orderby=createdDateTime desc&$top=1&$select=correlationId`
  while (url) {
    const { body } = await api.call('GET', url)
    seen.push(...body.value.map((each: { correlationId: string }) => each.correlationId))
    const next: string | undefined = body['@odata.nextLink']
    url = next && new URL(next).pathname + new URL(next).search
  }
  assert.deepEqual(seen, ['r4', 'r3', 'r2', 'r1'])
})

test('an entry says who, where, with what, and why not, as the original does [S8] [G1]', async () => {
  const { body } = await api.call('GET', `${signIns}?$filter=correlationId eq 'r4'`)
  const [found] = body.value
  assert.deepEqual(found.status, {
    errorCode: 53003,
    failureReason: 'A conditional access policy does not let the person in.',
    additionalDetails: 'blocked-by-policy',
  })
  assert.equal(found.deviceDetail.browser, 'Chrome 142.0.0.0')
  assert.equal(found.deviceDetail.operatingSystem, 'Windows')
  assert.equal(found.appliedConditionalAccessPolicies[0].result, 'failure')
  const { '@odata.context': _, ...one } = (await api.call('GET', `${signIns}/${found.id}`)).body
  assert.deepEqual(one, found)
})

const bad = [
  '$orderby=userId',
  '$skiptoken=1',
  "$filter=secret eq 'x'",
  '$filter=createdDateTime ge yesterday',
  '$filter=createdDateTime ge 2026-99-99',
  '$skip=3',
]
for (const query of bad) {
  test(`sign-ins asked for with ${query} are answered 400 [G1]`, async () => {
    assert.equal((await api.call('GET', `${signIns}?${query}`)).status, 400)
  })
}
