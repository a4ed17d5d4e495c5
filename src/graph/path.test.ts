import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseApiPath, uniqueNameIn } from './path.ts'
import { Refusal } from './refusal.ts'

const id = '0b5d1f9c-2c8e-4f7f-9c57-2f0a7d1f3b11'
const same = [
  `/beta/applications/${id}/connectorGroup/$ref`,
  `/beta/applications('${id}')/connectorGroup/$ref`,
  `/beta/applications(${id})/connectorGroup/$ref`,
  `/BETA/Applications(%27${id.toUpperCase()}%27)/ConnectorGroup/%24ref/`,
]
for (const written of same) {
  test(`parseApiPath() reads ${written} [G1]`, () => {
    const path = `/applications/${id}/connectorgroup/$ref`
    assert.deepEqual(parseApiPath(written), { version: 'beta', path, isCount: false })
  })
}

test('parseApiPath() keeps an alternate key apart from an id [G1]', () => {
  const parsed = parseApiPath(`/v1.0/servicePrincipals(appId='${id}')`)
  assert.deepEqual(parsed, {
    version: 'v1.0',
    path: `/serviceprincipals/(appid%3D${id})`,
    isCount: false,
  })
})

test('uniqueNameIn() has the name as it was written, and nothing of other keys [G1]', () => {
  const written = "/beta/Applications(UniqueName = 'Team%2FWiki%20''x''')/"
  assert.equal(uniqueNameIn(written), "Team/Wiki 'x'")
  for (const other of [
    `/beta/applications/${id}`,
    `/beta/applications(appId='${id}')`,
    "/beta/applications(uniqueName='x')/owners",
  ]) {
    assert.equal(uniqueNameIn(other), undefined)
  }
})

test('parseApiPath() reads a quote in a key where it is doubled', () => {
  const parsed = parseApiPath("/beta/users('o''neill@contoso.test')")
  assert.equal(parsed?.path, "/users/o'neill%40contoso.test")
})

for (const written of ['/beta/users/$count', '/v1.0/Users/%24COUNT/']) {
  test(`parseApiPath() reads ${written} as the count of users [G1]`, () => {
    const parsed = parseApiPath(written)
    assert.equal(parsed?.path, '/users')
    assert.equal(parsed?.isCount, true)
  })
}

for (const written of ['/', '/beta2/users', '/v2.0/users', '/internal']) {
  test(`parseApiPath() knows nothing of ${written}`, () => {
    assert.equal(parseApiPath(written), undefined)
  })
}

const malformed = [
  ['an empty segment', '/beta//users'],
  ['a lone percent sign', '/beta/users/%'],
  ['a bare key', `/beta/users/(appid=${id})`],
  ['an unclosed quote', "/beta/users('a)"],
  ['another alternate key', "/beta/users(mail='a')"],
  ['a path without end', `/beta/${'a'.repeat(3000)}`],
] as const
for (const [what, written] of malformed) {
  test(`parseApiPath() refuses ${what}`, () => {
    assert.throws(
      () => parseApiPath(written),
      (thrown) => thrown instanceof Refusal && thrown.status === 400,
    )
  })
}
