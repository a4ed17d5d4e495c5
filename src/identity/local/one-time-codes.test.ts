import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  codeAppUri,
  codeAt,
  createCodeSecret,
  findStep,
  stepAt,
  toBase32,
} from './one-time-codes.ts'

// RFC 6238, appendix B: the last six of its eight digits.
const secret = Buffer.from('12345678901234567890')
for (const [seconds, code] of [
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
] as const) {
  test(`at second ${seconds} the code is ${code}, as in RFC 6238 [S11]`, () => {
    assert.equal(codeAt(secret, stepAt(seconds * 1000)), code)
  })
}

for (const [text, base32] of [
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
] as const) {
  test(`"${text}" is ${base32 || 'nothing'} in base32, as in RFC 4648`, () => {
    assert.equal(toBase32(Buffer.from(text)), base32)
  })
}

test('a code counts in its step and in the ones beside it, and is found however it is typed [S11]', () => {
  const now = 1_800_000_000_000
  const step = stepAt(now)
  for (const [drift, found] of [
    [-2, undefined],
    [-1, step - 1],
    [0, step],
    [1, step + 1],
    [2, undefined],
  ] as const) {
    assert.equal(findStep(secret, codeAt(secret, step + drift), now), found, `${drift}`)
  }
  const code = codeAt(secret, step)
  assert.equal(findStep(secret, ` ${code.slice(0, 3)} ${code.slice(3)} `, now), step)
})

for (const typed of ['', '12345', '1234567', 'abcdef', '１２３４５６', '0x1234', '1e5000']) {
  test(`"${typed}" is no code at any time`, () => {
    assert.equal(findStep(createCodeSecret(), typed, Date.now()), undefined)
  })
}

test('the address in the QR code names issuer and account, whatever characters they hold [S11]', () => {
  const uri = new URL(codeAppUri(secret, 'Contoso & Co', 'a+b@contoso.test'))
  assert.equal(uri.protocol, 'otpauth:')
  assert.equal(decodeURIComponent(uri.pathname), '/Contoso & Co:a+b@contoso.test')
  assert.equal(uri.searchParams.get('issuer'), 'Contoso & Co')
  assert.equal(uri.searchParams.get('secret'), 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
})
