import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileRanges, liesWithin, parseAddress, parseRange } from './address.ts'

const same = [
  ['192.0.2.1', '::ffff:192.0.2.1'],
  ['192.0.2.1', '::ffff:c000:201'],
  ['::1', '0:0:0:0:0:0:0:1'],
  ['2001:DB8::', '2001:db8:0:0::0'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::', '0::0'],
] as const
for (const [one, other] of same) {
  test(`${one} and ${other} are one address [S8]`, () => {
    assert.notEqual(parseAddress(one), undefined)
    assert.equal(parseAddress(one), parseAddress(other))
  })
}

const none = ['', 'localhost', '192.0.2', '192.0.2.256', '1.2.3.4.5', '2001:db8', ':::', '1::2::3']
for (const text of none) {
  test(`'${text}' is no address`, () => assert.equal(parseAddress(text), undefined))
}

const noRanges = [
  '192.0.2.0',
  '192.0.2.0/33',
  '192.0.2.0/-1',
  '192.0.2.0/024',
  '192.0.2.0/24/8',
  '192.0.2.0/ 24',
  '::/129',
  '::ffff:192.0.2.0/95',
  'fe80::1%eth0/64',
  'office/8',
  '/8',
]
for (const text of noRanges) {
  test(`'${text}' is no range`, () => assert.equal(parseRange(text), undefined))
}

test('no range of IPv6 holds IPv4, but the one that IPv4 is mapped to', () => {
  const address = parseAddress('192.0.2.1') ?? assert.fail()
  const holds = (range: string) => liesWithin([parseRange(range) ?? assert.fail()], address)
  assert.equal(holds('::/8'), false)
  assert.equal(holds('::ffff:192.0.2.0/120'), true)
})

test('the bits behind the prefix of a range do not count', () => {
  assert.deepEqual(parseRange('192.0.2.77/24'), parseRange('192.0.2.0/24'))
})

// The same question asked of text: bits of the address written out and compared.
function liesWithinNaively(ranges: readonly string[], text: string): boolean {
  return ranges.some((range) => {
    const [network = '', length] = range.split('/')
    const v4 = network.includes('.')
    if (v4 === text.includes(':')) return false
    return bitsOf(network).startsWith(bitsOf(text).slice(0, Number(length)))
  })
}

function bitsOf(text: string): string {
  if (!text.includes(':')) {
    return text
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('')
  }
  const parts = text.split(':')
  return parts.map((part) => Number.parseInt(part, 16).toString(2).padStart(16, '0')).join('')
}

// Few values, so that ranges meet, touch and hold each other.
const byte = fc.constantFrom(0, 1, 127, 128, 254, 255)
const word = fc.constantFrom('0', '1', '7fff', '8000', 'fffe', 'ffff')
const v4 = fc.tuple(fc.constantFrom(10, 11), byte, byte, byte).map((parts) => parts.join('.'))
const v6 = fc
  .tuple(fc.constantFrom('2001', '2002'), ...Array.from({ length: 7 }, () => word))
  .map((parts) => parts.join(':'))
const range = fc.oneof(
  fc.tuple(v4, fc.integer({ min: 0, max: 32 })).map((parts) => parts.join('/')),
  fc.tuple(v6, fc.integer({ min: 0, max: 128 })).map((parts) => parts.join('/')),
)

test('compiled ranges hold exactly what each of them holds [S8]', () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 12 }), fc.oneof(v4, v6), (ranges, address) => {
      const compiled = compileRanges(ranges.map((each) => parseRange(each) ?? assert.fail(each)))
      const found = liesWithin(compiled, parseAddress(address) ?? assert.fail(address))
      assert.equal(found, liesWithinNaively(ranges, address))
    }),
    { numRuns: 500 },
  )
})

test('compiled ranges are in order and apart', () => {
  const written = ['10.0.1.0/24', '10.0.0.0/24', '10.0.0.128/25', '10.0.3.0/24']
  const compiled = compileRanges(written.map((each) => parseRange(each) ?? assert.fail(each)))
  assert.equal(compiled.length, 2)
  assert.deepEqual(compiled[0]?.first, parseAddress('10.0.0.0'))
  assert.deepEqual(compiled[0]?.last, parseAddress('10.0.1.255'))
})
