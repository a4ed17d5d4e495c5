import assert from 'node:assert/strict'
import { test } from 'node:test'
import { networkOf } from './network.ts'

const networks = [
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
  ['2001:db8:1:2::1', '2001:0db8:0001:0002:0:0:0:1', true],
  ['2001:db8::1', '2001:db8:0:0:1::', true],
  ['::1', '0:0:0:0:5::', true],
  ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
  ['192.0.2.1', '192.0.2.2', false],
  ['fe80::1%eth0', 'fe80::2%eth0', true],
] as const
for (const [one, other, same] of networks) {
  test(`${one} and ${other} count ${same ? 'as one' : 'apart'}`, () => {
    assert.equal(networkOf(one) === networkOf(other), same)
  })
}
