import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IdentityProvider } from '../identity/relying-party/identity-provider.ts'
import { accepted, change, codesOf, openInMemory, signIn } from './fixture.ts'

const claims = { userPrincipalName: 'a', displayName: 'b', givenName: 'c', surname: 'd' }

function providerOf(id: string): Omit<IdentityProvider, 'createdAt'> {
  return {
    ...{ id, displayName: id, issuer: 'https://idp.test', clientId: id, scope: 'openid' },
    authentication: { method: 'automatic', sealedSecret: 'sealed' },
    people: {
      claims: { ...claims, email: 'e', groups: undefined, roles: undefined },
      groups: [],
      linking: 'never',
      admitsNewPeople: true,
    },
    ...{ metadataUrl: undefined, domainHint: undefined, trustedCertificates: undefined },
    multiFactorContext: undefined,
    isDefault: false,
  }
}

test('a provider reads back as it was written, in every process at the next version [S11]', async (t) => {
  const directory = await openInMemory(t, () => 1_000)
  const made = accepted(await directory.createIdentityProvider(providerOf('a'), change))
  assert.deepEqual(made, { ...providerOf('a'), createdAt: 1_000 })
  assert.deepEqual(await directory.identityProviders(), [made])
  assert.deepEqual((await directory.state()).identityProviders, [made])
  const again = await directory.createIdentityProvider(providerOf('a'), change)
  assert.deepEqual(codesOf(again), ['already-exists'])
})

for (const [what, takeAway] of [
  ['is deleted', async (d) => assert.ok(await d.deleteIdentityProvider('a', change))],
  [
    'becomes another issuer',
    async (d) => {
      const issuer = 'https://other.test'
      accepted(
        await d.updateIdentityProvider('a', change, (now) => ({ value: { ...now, issuer } })),
      )
    },
  ],
] as const satisfies [string, (d: Awaited<ReturnType<typeof openInMemory>>) => Promise<void>][]) {
  test(`the sessions that a provider vouched for end when it ${what} [S9]`, async (t) => {
    const directory = await openInMemory(t)
    for (const id of ['a', 'b']) {
      accepted(await directory.createIdentityProvider(providerOf(id), change))
      await signIn(directory, `of ${id}`, { providerId: id })
    }
    await takeAway(directory)
    assert.equal(await directory.sessions.find('of a'), undefined)
    assert.ok(await directory.sessions.find('of b'))
  })
}
