import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { ProviderSettings } from '../relying-party/provider-settings.ts'
import { RelyingParty } from '../relying-party/relying-party.ts'

const issuer = 'https://idp.test'

/** A provider that tells groups at its userinfo endpoint only, which answers as said. */
async function providerWith(userInfo: () => Response): Promise<ProviderSettings> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }]
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/me`,
    jwks_uri: `${issuer}/keys`,
    id_token_signing_alg_values_supported: ['ES256'],
  }
  const answers: Readonly<Record<string, () => Response | Promise<Response>>> = {
    '/keys': () => Response.json({ keys }),
    '/me': userInfo,
    '/token': async () => {
      const id_token = await new SignJWT({ sub: 'ann' })
        .setProtectedHeader({ alg: 'ES256', kid: 'k' })
        .setIssuer(issuer)
        .setAudience('edge')
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey)
      return Response.json({
        access_token: 'a',
        token_type: 'bearer',
        id_token,
        refresh_token: 'r1',
      })
    },
  }
  const claims = {
    ...{ userPrincipalName: 'sub', displayName: 'sub', givenName: 'sub', surname: 'sub' },
    ...{ email: 'sub', groups: 'groups', roles: undefined },
  }
  return {
    ...{ id: 'idp', displayName: 'IdP', issuer, clientId: 'edge', scope: 'openid' },
    authentication: { method: 'automatic', secret: 'secret' },
    people: { claims, groups: [], linking: 'never', admitsNewPeople: true },
    fetch: async (input) =>
      (answers[new URL(String(input)).pathname] ?? (() => Response.json(metadata)))(),
  }
}

async function refreshAt(userInfo: () => Response) {
  const party = new RelyingParty(await providerWith(userInfo), 'https://login.test/cb', Date.now)
  const idToken = await new SignJWT({ iss: issuer, sub: 'ann' })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new Uint8Array(32))
  return party.refresh({ idToken, refreshToken: 'r0' })
}

test('what the ID token leaves out is asked for when a session is renewed, too [S6] [S11]', async () => {
  const refreshed = await refreshAt(() => Response.json({ sub: 'ann', groups: ['staff'] }))
  assert.ok('signedIn' in refreshed)
  assert.deepEqual(refreshed.signedIn?.claims['groups'], ['staff'])
})

for (const [what, userInfo] of [
  [
    'is out of reach',
    () => {
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }),
      })
    },
  ],
  ['fails', () => new Response('', { status: 500 })],
  ['speaks of somebody else', () => Response.json({ sub: 'bob', groups: ['admins'] })],
] as const) {
  test(`where the userinfo endpoint ${what} the session is renewed, and what was known of the person stays [S6] [N3]`, async () => {
    // The refresh token was used: nobody may think that it was not.
    assert.deepEqual(await refreshAt(userInfo), { signedIn: undefined, refreshToken: 'r1' })
  })
}
