import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { alice, startWorld } from '../fixture-world.ts'
import { Seal } from '../seal.ts'
import type { Session } from '../session.ts'
import { isFormType, KeptForms, keptFormMaxBytes, readReturned } from './kept-form.ts'
import { SpentTickets } from './spent-tickets.ts'

const url = new URL('https://app.contoso.test/orders/new?draft=1')
const app = {
  id: 'a',
  appId: 'c0ffee00-0000-4000-8000-000000000000',
  displayName: 'Orders <b>',
  origins: [url.origin],
  cookie: { httpOnly: true, secure: true, persistent: false, sameSite: 'Lax' },
  sessionLifetimeSeconds: undefined,
} as const
const session = { personId: alice.id, displayName: 'Alice <Example>' } as Session
const posted = {
  contentType: 'multipart/form-data; boundary=x',
  origin: url.origin,
  referer: `${url.origin}/orders`,
  body: Buffer.from([0, 1, 2, 0xff, 0x80, 13, 10]),
}

function start() {
  let now = 1_000
  const clock = () => now
  const seal = new Seal([new Uint8Array(32).fill(1)], clock)
  const forms = new KeptForms({ seal, spentTickets: new SpentTickets(clock) })
  return { forms, pass: (ms: number) => (now += ms) }
}

/** What the browser holds after a form was kept for `personId`. */
function keep(forms: KeptForms, personId: string | undefined = alice.id) {
  const page = forms.keep(app, url, posted, personId)
  assert.ok(page)
  const { form } = JSON.parse(/id="data">(.*?)<\/script>/.exec(page.body)?.[1] ?? '') as {
    form: string
  }
  const cookie = String(page.headers[page.headers.indexOf('Set-Cookie') + 1]).replace(/;.*/, '')
  const read = readReturned(`sallyport-form=${form}\r\n`)
  assert.ok(read)
  return { page, form: read, headers: ['Cookie', cookie] }
}

test('a kept form comes back byte for byte to the browser, the person and the address it is from, once [S5]', () => {
  const { forms } = start()
  const { form, headers, page } = keep(forms)
  assert.equal(page.status, 401)
  assert.ok(!page.body.includes('<b>'))
  assert.deepEqual(forms.resume(app, { url, headers }, session, form), { form: posted })
  const again = forms.resume(app, { url, headers }, session, form)
  assert.ok('answer' in again && again.answer.status === 409)
})

test('it is worth nothing in another browser, at another address or application, changed, or late [S3] [S5]', () => {
  const { forms, pass } = start()
  const { form, headers } = keep(forms)
  const other = keep(forms)
  const elsewhere = new URL('/orders/other', url)
  const changed = { ...form, sealed: form.sealed.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A')) }
  for (const [which, at, given, by] of [
    [app, url, form, []],
    [app, url, form, other.headers],
    [app, url, form, [...headers, ...headers]],
    [app, elsewhere, form, headers],
    [{ ...app, id: 'b' }, url, form, headers],
    [app, url, changed, headers],
  ] as const) {
    const resumed = forms.resume(which, { url: at, headers: by }, session, given)
    assert.ok('answer' in resumed && resumed.answer.status === 409)
  }
  pass(10 * 60 * 1000)
  const late = forms.resume(app, { url, headers }, session, form)
  assert.ok('answer' in late && late.answer.status === 409)
})

for (const [whose, personId] of [
  ['somebody else', 'b0b'],
  ['nobody knows whom', undefined],
] as const) {
  test(`the form of ${whose} is sent only when the person says so [S5]`, () => {
    const { forms } = start()
    const { form, headers } = keep(forms, personId ?? '')
    const asked = forms.resume(app, { url, headers }, session, form)
    assert.ok('answer' in asked && asked.answer.status === 200)
    assert.match(asked.answer.body, /in the name of Alice &lt;Example&gt;/)
    const said = forms.resume(app, { url, headers }, session, { ...form, confirmed: true })
    assert.deepEqual(said, { form: posted })
  })
}

test('what is too big, too far to come back to, or on its way back already is not kept [S5]', () => {
  const { forms } = start()
  const big = { ...posted, body: Buffer.alloc(keptFormMaxBytes + 1) }
  assert.equal(forms.keep(app, url, big, undefined), undefined)
  const far = new URL(`/${'x'.repeat(5_000)}`, url)
  assert.equal(forms.keep(app, far, posted, undefined), undefined)
  const returning = { ...posted, body: Buffer.from('sallyport-form=abc\r\n') }
  assert.equal(forms.keep(app, url, returning, undefined), undefined)
})

test('the biggest form comes back whole [S5]', () => {
  const { forms } = start()
  const body = Buffer.alloc(keptFormMaxBytes, 0xfe)
  const page = forms.keep(app, url, { ...posted, body }, alice.id)
  const { form } = JSON.parse(/id="data">(.*?)<\/script>/.exec(page?.body ?? '')?.[1] ?? '')
  const cookie = String(page?.headers[page.headers.indexOf('Set-Cookie') + 1]).replace(/;.*/, '')
  const read = { sealed: form as string, confirmed: false }
  const resumed = forms.resume(app, { url, headers: ['Cookie', cookie] }, session, read)
  assert.ok('form' in resumed && resumed.form.body.equals(body))
})

test('only the three types of forms are kept [S5]', () => {
  for (const type of [
    'application/x-www-form-urlencoded',
    'Text/Plain',
    'multipart/form-data; b=c',
  ]) {
    assert.ok(isFormType(type))
  }
  for (const type of [
    undefined,
    '',
    'application/json',
    'text/plainly',
    'application/x-www-form-urlencoded2',
  ]) {
    assert.ok(!isFormType(type))
  }
})

test('only what our own page writes is taken for a form on its way back [S5]', () => {
  assert.deepEqual(readReturned('sallyport-form=a-_9\r\nconfirmed=yes\r\n'), {
    sealed: 'a-_9',
    confirmed: true,
  })
  fc.assert(
    fc.property(fc.string(), (text) => {
      const body = `sallyport-form=${text}`
      const fits = /^[\w-]+\r\n(confirmed=yes\r\n)?$/.test(text)
      assert.equal(readReturned(body) !== undefined, fits)
    }),
  )
})

test('a sign-in that a form waits for ends with the page that sends it, whatever else is asked for [S5]', async () => {
  await using world = await startWorld({ shop: ['home'] })
  const browser = world.browser()
  const home = world.origin('home')
  const form = await browser.open(`${home}/.sallyport/sign-in?form=kept&return=/x`)
  const end = await browser.signIn(form, alice.name, 'correct horse battery')
  assert.equal(end.url, `${home}/.sallyport/form`)
  assert.match(end.body, /sessionStorage/)
})
