import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { Seal } from './seal.ts'

const now = 1_000_000
const key = randomBytes(32)
const seal = new Seal([key], () => now)

test('what is sealed comes out again, for its purpose only', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, purpose) => {
      const text = seal.seal(purpose, { value }, 1000)
      assert.match(text, /^[A-Za-z0-9_-]+$/)
      assert.deepEqual(seal.open(purpose, text), {
        kind: 'valid',
        value: JSON.parse(JSON.stringify({ value })),
      })
      assert.deepEqual(seal.open(`${purpose}x`, text), { kind: 'forged' })
    }),
  )
})

test('one flipped bit anywhere makes it forged', () => {
  const text = seal.seal('a', { b: 1 }, 1000)
  const bytes = Buffer.from(text, 'base64url')
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes)
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
    assert.equal(seal.open('a', flipped.toString('base64url')).kind, 'forged', `bit ${bit}`)
  }
})

for (const text of ['', 'A', '====', 'AAAA AAAA', `${'A'.repeat(20_000)}`, 'é', '../../x']) {
  test(`rubbish (${text.slice(0, 12)}) is forged`, () => {
    assert.deepEqual(seal.open('a', text), { kind: 'forged' })
  })
}

test('other spellings of the same bytes are forged', () => {
  const text = seal.seal('a', { b: 'cc' }, 1000)
  assert.equal(seal.open('a', `${text}=`).kind, 'forged')
  const padded = Buffer.from(text, 'base64url').toString('base64')
  assert.equal(seal.open('a', padded === text ? `${text}==` : padded).kind, 'forged')
})

test('a text expires at its time', () => {
  let at = now
  const clocked = new Seal([key], () => at)
  const text = clocked.seal('a', { b: 1 }, 1000)
  at = now + 999
  assert.equal(clocked.open('a', text).kind, 'valid')
  at = now + 1000
  assert.deepEqual(clocked.open('a', text), { kind: 'expired', value: { b: 1 } })
})

test('a new key seals while the old one still opens, and no longer once it is gone', () => {
  const old = seal.seal('a', { b: 1 }, 1000)
  const next = randomBytes(32)
  const both = new Seal([next, key], () => now)
  assert.equal(both.open('a', old).kind, 'valid')
  assert.equal(new Seal([next], () => now).open('a', both.seal('a', {}, 1000)).kind, 'valid')
  assert.equal(new Seal([next], () => now).open('a', old).kind, 'forged')
})

test('a seal without keys of 32 bytes is refused', () => {
  assert.throws(() => new Seal([], () => now), TypeError)
  assert.throws(() => new Seal([randomBytes(16)], () => now), TypeError)
})
