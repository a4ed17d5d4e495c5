import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { before, test } from 'node:test'
import { exportJWK, exportSPKI, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import { processorMsOf } from '../../../test/processor-time.ts'
import { generateProviderKeys, type ProviderKeys } from '../provider/provider-keys.ts'
import { type TokenRefusal, tokenMaxLength, verifyAccessToken } from './access-token.ts'
import { embeddedIssuer, type TokenIssuers } from './token-issuer.ts'

const issuer = 'https://login.contoso.test'
const audience = 'b7f6a3f5-0000-4000-8000-000000000001'
const now = 1_800_000_000

let keys: ProviderKeys
let issuers: TokenIssuers
let ownKey: JWK
before(async () => {
  keys = await generateProviderKeys()
  ownKey = keys.keys[0] as JWK
  const people = { byToken: async () => undefined }
  const own = embeddedIssuer(issuer, keys, people)
  const other = { ...own, issuer: 'https://external.test', typed: false }
  issuers = { find: (name) => [own, other].find((each) => each.issuer === name) }
})

interface Made {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  readonly key?: Awaited<ReturnType<typeof importJWK>>
}

async function make({ claims, header, key }: Made = {}): Promise<string> {
  const good = {
    iss: issuer,
    aud: audience,
    sub: 'ann',
    client_id: 'cli',
    iat: now,
    exp: now + 600,
  }
  const payload = { ...good, scp: 'user_impersonation', ...claims }
  return new SignJWT(JSON.parse(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: ownKey.kid as string, ...header })
    .sign(key ?? (await importJWK(ownKey, 'ES256')))
}

function check(token: string) {
  const isForUs = (audiences: readonly string[]) => audiences.includes(audience)
  return verifyAccessToken(token, issuers, isForUs, () => now * 1000)
}

async function refusalOf(token: string): Promise<TokenRefusal | 'accepted'> {
  const verdict = await check(token)
  return 'refused' in verdict ? verdict.refused : 'accepted'
}

test('a good token tells its client, scopes and times [S10]', async () => {
  const token = await check(await make())
  assert.ok('clientId' in token)
  assert.equal(token.clientId, 'cli')
  assert.deepEqual(token.scopes, ['user_impersonation'])
  assert.equal(token.expiresAt, (now + 600) * 1000)
  assert.equal(token.isApplication, false)
})

const refused: readonly (readonly [string, Made, TokenRefusal | 'accepted'])[] = [
  ['a token of another application', { claims: { aud: 'app-b' } }, 'wrong-audience'],
  ['a token of another issuer', { claims: { iss: 'https://evil.test' } }, 'unknown-issuer'],
  ['an issuer with a slash more', { claims: { iss: `${issuer}/` } }, 'unknown-issuer'],
  ['an ID token, which has no such type', { header: { typ: 'JWT' } }, 'wrong-type'],
  ['a token of no type', { header: { typ: undefined } }, 'wrong-type'],
  ['an assertion of the edge', { header: { typ: 'sallyport-assertion+jwt' } }, 'wrong-type'],
  ['a logout token', { header: { typ: 'logout+jwt' } }, 'wrong-type'],
  ['an expired token', { claims: { exp: now - 61 } }, 'expired'],
  ['one that expired within what clocks differ by', { claims: { exp: now - 59 } }, 'accepted'],
  ['a token for later', { claims: { nbf: now + 61 } }, 'not-yet-valid'],
  ['a token from the future', { claims: { iat: now + 61 } }, 'not-yet-valid'],
  ['a token without end', { claims: { exp: undefined } }, 'not-yet-valid'],
  ['a token about nobody', { claims: { sub: undefined } }, 'not-yet-valid'],
  ['a token given to nobody', { claims: { client_id: undefined } }, 'missing-claim'],
  ['a kid that nobody published', { header: { kid: 'other' } }, 'bad-signature'],
  ['a kid that is a path', { header: { kid: '../../etc/passwd' } }, 'bad-signature'],
  ['a critical extension', { header: { crit: ['b64'], b64: true } }, 'accepted'],
  ['the right media type in full', { header: { typ: 'application/at+jwt' } }, 'accepted'],
  ['a list of audiences', { claims: { aud: ['x', audience] } }, 'accepted'],
]
for (const [what, made, expected] of refused) {
  test(`${what}: ${expected} [S10]`, async () => {
    assert.equal(await refusalOf(await make(made)), expected)
  })
}

const external: readonly (readonly [string, Made, TokenRefusal | 'accepted'])[] = [
  ['an access token', {}, 'accepted'],
  ['an ID token, told by its nonce', { claims: { nonce: 'n' } }, 'wrong-type'],
  ['an ID token, told by its hash', { claims: { at_hash: 'h' } }, 'wrong-type'],
  ['an ID token, told by having no scopes', { claims: { scp: undefined } }, 'wrong-type'],
]
for (const [what, { claims }, expected] of external) {
  test(`of an issuer that types no tokens, ${what}: ${expected} [S10]`, async () => {
    const made = { claims: { iss: 'https://external.test', ...claims }, header: { typ: 'JWT' } }
    assert.equal(await refusalOf(await make(made)), expected)
  })
}

test('a key that comes with the token opens nothing, in whatever field it comes [S10]', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(publicKey)
  for (const extra of [
    { jwk, kid: 'theirs' },
    { jwk },
    { jku: 'https://evil.test/jwks.json', kid: 'theirs' },
    { x5u: 'https://evil.test/cert.pem' },
    { x5c: ['MIIB'] },
  ]) {
    const forged = await make({ header: extra, key: privateKey })
    assert.equal(await refusalOf(forged), 'bad-signature')
  }
})

test('no algorithm, and a public key used as a secret, are refused [S10]', async () => {
  const [, payload] = (await make()).split('.')
  const { d: _, ...publicJwk } = ownKey
  const pem = await exportSPKI((await importJWK(publicJwk, 'ES256')) as CryptoKey)
  for (const alg of ['none', 'None', 'HS256', 'HS512', 'RS256', 'ES384', '']) {
    const header = encode({ alg, typ: 'at+jwt', kid: ownKey.kid })
    const signed = `${header}.${payload}`
    for (const secret of [pem, JSON.stringify(publicJwk), publicJwk.x as string, '']) {
      const mac = createHmac('sha256', secret).update(signed).digest('base64url')
      assert.equal(await refusalOf(`${signed}.${mac}`), 'bad-signature')
    }
    assert.equal(await refusalOf(`${signed}.`), 'malformed')
  }
})

test('a changed byte anywhere is noticed [S10]', async () => {
  const token = await make()
  for (let at = 0; at < token.length; at += 7) {
    const other = token[at] === 'A' ? 'B' : 'A'
    const changed = token.slice(0, at) + other + token.slice(at + 1)
    if (Buffer.from(changed, 'base64url').equals(Buffer.from(token, 'base64url'))) continue
    const verdict = await refusalOf(changed)
    // The last character of a part has bits that mean nothing.
    if (!isLastOfPart(token, at)) assert.notEqual(verdict, 'accepted', `byte ${at}`)
  }
})

function isLastOfPart(token: string, at: number): boolean {
  return at + 1 === token.length || token[at + 1] === '.'
}

const rubbish = [
  ...['', 'x', 'a.b', 'a.b.c', 'a.b.c.d', '..', 'e30.e30.e30', 'bnVsbA.bnVsbA.AA', 'W10.W10.AA'],
  ...[`${encode({ alg: 'ES256' })}.${encode([issuer])}.AA`, 'Zm9v\u0000.Zm9v.AA'],
]
for (const text of rubbish) {
  test(`${JSON.stringify(text)} is no token, and nothing breaks over it [S10]`, async () => {
    assert.ok(['malformed', 'unknown-issuer'].includes(await refusalOf(text)))
  })
}

test('a token of a megabyte is refused unread, and one that is nested deeply is only a string [S10]', async () => {
  const long = await make({ claims: { pad: randomBytes(750_000).toString('base64') } })
  const tookMs = await processorMsOf(async () => {
    assert.equal(await refusalOf(long), 'malformed')
  })
  assert.ok(tookMs < 50, `${tookMs} ms`)
  const deep = Buffer.from('['.repeat(4_000)).toString('base64url')
  assert.equal(await refusalOf(`${deep}.${deep}.AA`.slice(0, tokenMaxLength)), 'malformed')
})

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
