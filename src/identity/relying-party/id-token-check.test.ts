import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { findTokenProblem } from './id-token-check.ts'

const now = 1_800_000_000_000
const iat = now / 1000

function problemOf(claims: object, header: object = { alg: 'ES256' }, accessToken?: string) {
  const text = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const idToken = `${text(header)}.${text(claims)}.signature`
  return findTokenProblem({ idToken, claims: { ...claims }, accessToken }, now)
}

for (const [what, at, isRight] of [
  ['a minute from now', iat + 60, true],
  ['more than a minute from now', iat + 61, false],
  ['ten minutes ago', iat - 600, true],
  ['longer ago', iat - 601, false],
  ['at no time', 'today', false],
] as const) {
  test(`an ID token made ${what} is ${isRight ? 'taken' : 'refused'} [S1]`, () => {
    assert.equal(problemOf({ iat: at }) === undefined, isRight)
  })
}

function halfOf(hash: string, token: string): string {
  const digest = createHash(hash).update(token).digest()
  return digest.subarray(0, digest.length / 2).toString('base64url')
}

for (const [alg, hash] of [
  ['ES256', 'sha256'],
  ['PS384', 'sha384'],
  ['RS512', 'sha512'],
  ['EdDSA', 'sha512'],
] as const) {
  test(`the hash of the access token counts, with ${alg} [S1]`, () => {
    const claims = { iat, at_hash: halfOf(hash, 'token') }
    assert.equal(problemOf(claims, { alg }, 'token'), undefined)
    assert.match(problemOf(claims, { alg }, 'other') ?? '', /another access token/)
    assert.match(problemOf(claims, { alg }) ?? '', /another access token/)
    assert.match(problemOf({ iat, at_hash: 7 }, { alg }, 'token') ?? '', /another access token/)
  })
}

test('a payload that names something twice is refused, whoever signed it [S1]', () => {
  const payload = Buffer.from(`{"iat":${iat},"sub":"ann","sub":"bob"}`).toString('base64url')
  const idToken = `e30.${payload}.signature`
  const claims = { iat, sub: 'bob' }
  assert.match(findTokenProblem({ idToken, claims, accessToken: undefined }, now) ?? '', /twice/)
})
