import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { knownBrowser, rememberBrowser } from './known-browser.ts'
import { createCode, createRecoveryCodes, SecretVault } from './vault.ts'

const vault = new SecretVault(randomBytes(32), Date.now)

test('a sealed secret opens for its own use and with its own key, and for nothing else [S11]', () => {
  const secret = randomBytes(20)
  const sealed = vault.seal('code app of alice', secret)
  assert.deepEqual(vault.open('code app of alice', sealed), secret)
  assert.equal(vault.open('code app of bob', sealed), undefined)
  const other = new SecretVault(randomBytes(32), Date.now)
  assert.equal(other.open('code app of alice', sealed), undefined)
  assert.ok(!sealed.includes(secret.toString('base64').slice(0, 8)))
})

test('a recovery code is found however it is typed, and no two are alike [S11]', () => {
  const codes = createRecoveryCodes()
  assert.equal(new Set(codes).size, 10)
  const code = codes[0] ?? ''
  assert.match(code, /^(?:[A-HJKMNP-TV-Z2-9]{4}-){3}[A-HJKMNP-TV-Z2-9]{4}$/)
  const hash = vault.hash('recovery', code)
  assert.equal(vault.hash('recovery', ` ${code.toLowerCase().replaceAll('-', ' ')}`), hash)
  assert.notEqual(vault.hash('recovery', createCode()), hash)
  assert.notEqual(vault.hash('pass', code), hash)
})

test('a browser is known to be the person who signed in with it, and nobody else can say so [S11]', () => {
  const cookie = rememberBrowser(vault, [], 'alice') ?? ''
  assert.match(cookie, /^__Host-[^;]+; Path=\/; Max-Age=\d+; Secure; HttpOnly; SameSite=Strict$/)
  const [pair = ''] = cookie.split(';')
  const id = knownBrowser(vault, ['Cookie', pair], 'alice')
  assert.ok(id)
  assert.equal(rememberBrowser(vault, ['Cookie', pair], 'alice'), undefined)
  for (const [who, field] of [
    ['bob', pair],
    ['alice', `${pair}x`],
    ['alice', `${pair}; ${pair}`],
    ['alice', '__Host-sallyport-browser=AAAA.BBBB'],
    ['alice', '__Host-sallyport-browser='],
    ['alice', ''],
  ] as const) {
    assert.equal(knownBrowser(vault, ['Cookie', field], who), undefined, `${who} ${field}`)
  }
})
