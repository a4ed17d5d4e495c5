import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openCountryDatabase } from './country-database.ts'
import { writeCountryFile } from './fixture-country-file.ts'

const file = writeCountryFile({
  '198.51.100.0/24': 'DE',
  '198.51.100.128/25': 'at',
  '2001:db8::/32': 'CH',
})

const addresses = [
  ['198.51.100.7', 'DE'],
  ['198.51.100.200', 'AT'],
  ['::ffff:198.51.100.200', 'AT'],
  ['198.51.101.1', undefined],
  ['2001:db8:1::1', 'CH'],
  ['2001:db8:1::1%eth0', 'CH'],
  ['2001:db9::1', undefined],
  ['127.0.0.1', undefined],
] as const
for (const [address, country] of addresses) {
  test(`${address} is in ${country ?? 'no known country'} [S8]`, () => {
    assert.equal(openCountryDatabase(file)(address), country)
  })
}

const spellings = [
  ['IPinfo', { country_code: 'DE', country: 'Germany' }, 'DE'],
  ['a text of two letters', { country: 'DE' }, 'DE'],
  ['a name only', { country: 'Germany' }, undefined],
  ['something else', { city: 'Graz' }, undefined],
] as const
for (const [what, record, country] of spellings) {
  test(`a record of ${what} says ${country ?? 'nothing'}`, () => {
    const countryOf = openCountryDatabase(writeCountryFile({ '10.0.0.0/8': 'x' }, () => record))
    assert.equal(countryOf('10.1.2.3'), country)
  })
}

test('a file that is cut short, or none at all, is refused when it is opened', () => {
  for (const bytes of [Buffer.alloc(0), Buffer.from('not a database'), file.subarray(0, 100)]) {
    assert.throws(() => openCountryDatabase(bytes))
  }
})
