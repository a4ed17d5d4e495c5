import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { failed } from '../base/check.ts'
import { type AllowList, decideDestination, parseAllowList } from './allow-list.ts'

function list(...entries: string[]): AllowList {
  const parsed = parseAllowList(entries)
  assert.ok(!failed(parsed), JSON.stringify(parsed))
  return parsed.value
}

const wiki = { host: 'wiki.corp.test', port: 443, address: '10.1.2.3' }

const verdicts = [
  ['anything without a list', undefined, wiki, 'allowed'],
  ['loopback without a list', undefined, { ...wiki, address: '127.0.0.1' }, 'allowed'],
  ['a listed name', ['wiki.corp.test'], wiki, 'allowed'],
  [
    'a listed name written differently',
    ['WIKI.corp.test'],
    { ...wiki, host: 'wiki.CORP.test.' },
    'allowed',
  ],
  ['a name under a star', ['*.corp.test'], wiki, 'allowed'],
  ['two labels under a star', ['*.corp.test'], { ...wiki, host: 'a.b.corp.test' }, 'not-listed'],
  ['the parent of a star', ['*.corp.test'], { ...wiki, host: 'corp.test' }, 'not-listed'],
  [
    'a name that only ends alike',
    ['*.corp.test'],
    { ...wiki, host: 'x.evilcorp.test' },
    'not-listed',
  ],
  ['another name', ['wiki.corp.test'], { ...wiki, host: 'mail.corp.test' }, 'not-listed'],
  ['a listed port', ['wiki.corp.test:443'], wiki, 'allowed'],
  ['another port', ['wiki.corp.test:8443'], wiki, 'not-listed'],
  ['an address in a network', ['10.0.0.0/8'], wiki, 'allowed'],
  ['an address in a network on a port', ['10.0.0.0/8:443'], wiki, 'allowed'],
  ['an address in a network on another port', ['10.0.0.0/8:80'], wiki, 'not-listed'],
  ['an address outside of the network', ['192.168.0.0/16'], wiki, 'not-listed'],
  ['one address', ['10.1.2.3'], wiki, 'allowed'],
  ['an IPv6 network', ['[fd00::/8]:443'], { ...wiki, address: 'fd00::1' }, 'allowed'],
  ['an IPv6 network without brackets', ['fd00::/8'], { ...wiki, address: 'fd12::1' }, 'allowed'],
  [
    'an IPv4 address in IPv6 clothes',
    ['10.0.0.0/8'],
    { ...wiki, address: '::ffff:10.1.2.3' },
    'allowed',
  ],
  ['an empty list', [], wiki, 'not-listed'],
] as const

for (const [what, entries, destination, outcome] of verdicts) {
  test(`decideDestination() says ${outcome} to ${what} [K6]`, () => {
    const verdict = decideDestination(entries && list(...entries), destination)
    assert.equal(verdict.allowed ? 'allowed' : verdict.because.code, outcome)
  })
}

const guarded = [
  '169.254.169.254',
  '169.254.0.1',
  '::ffff:169.254.169.254',
  'fe80::1',
  'fe80::1%eth0',
  'fd00:ec2::254',
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
  '64:ff9b::a9fe:a9fe',
]

for (const address of guarded) {
  test(`decideDestination() refuses ${address} unless its network is listed [K6]`, () => {
    const destination = { ...wiki, address }
    assert.ok(!decideDestination(undefined, destination).allowed)
    assert.ok(!decideDestination(list('wiki.corp.test', '*.corp.test'), destination).allowed)
    const bare = address.split('%', 1)[0] as string
    assert.ok(decideDestination(list(bare), destination).allowed)
  })
}

const faulty = [
  'https://wiki.corp.test',
  'wiki.corp.test/',
  'wiki.*.test',
  '*',
  '*.*.test',
  'a*.corp.test',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  'fd00::/129',
  'wiki.corp.test:0',
  'wiki.corp.test:65536',
  '10.1',
  '0x7f.1',
  '999.1.1.1',
  '[wiki.corp.test',
  'wiki corp',
  '-wiki.test',
  '',
]

test('parseAllowList() names every faulty entry at once, with its place [K6]', () => {
  const parsed = parseAllowList(['wiki.corp.test', ...faulty])
  assert.ok(failed(parsed))
  assert.deepEqual(
    parsed.issues.map(({ path }) => path),
    faulty.map((_, index) => `/${index + 1}`),
  )
})

test('a network covers exactly the addresses that share its prefix [K6]', () => {
  const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255))
  const asNumber = (parts: number[]) => parts.reduce((sum, part) => sum * 256 + part, 0)
  fc.assert(
    fc.property(octets, octets, fc.integer({ min: 0, max: 32 }), (base, other, length) => {
      const size = 2 ** (32 - length)
      const within = Math.floor(asNumber(base) / size) === Math.floor(asNumber(other) / size)
      const destination = { ...wiki, address: other.join('.') }
      const verdict = decideDestination(list(`${base.join('.')}/${length}`), destination)
      const metadata = !verdict.allowed && verdict.because.code === 'never-unless-listed'
      assert.ok(metadata || verdict.allowed === within)
    }),
  )
})
