import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { codeAt, stepAt } from '../../../src/identity/local/one-time-codes.ts'
import { accessibilityProblems, saveScreenshot } from '../../browser.ts'
import type { Editor } from '../../editor.ts'
import { HttpClient } from '../../http-client.ts'
import {
  clickSignIn,
  type Editors,
  editSignedOut,
  formSignedOut,
  popup,
  startEditors,
} from '../../signed-out.ts'
import { fillSignIn, signIn, type World } from '../../world.ts'

let editors: Editors
let world: World
let editor: Editor
let edit: string
let store: string
let keeping: Editor
let keptEdit: string
let far: Editors['far']
before(async () => {
  editors = await startEditors()
  ;({ world, editor, edit, store, keeping, keptEdit, far } = editors)
})
after(() => editors?.[Symbol.asyncDispose]())

test('who does not want to sign in gets the answer that there was; nothing was sent [S4] [S5]', async () => {
  await using profile = await world.profile()
  const page = await editSignedOut(editors, profile)
  await page.click('#save')
  await page.getByRole('button', { name: 'Not now' }).click()
  await page.getByText('saved 401').waitFor()
  assert.deepEqual(editor.arrivals, [])
})

test('a page may do it in its own way: an event instead of the dialog, signIn() that tells why not [S5]', async () => {
  await using profile = await world.profile()
  const page = await editSignedOut(editors, profile)
  const seen = await page.evaluate(`(async()=>{
    addEventListener('sallyport:signed-out',event=>event.preventDefault())
    const {status}=await save('one')
    const {signedIn,because}=await sallyport.session()
    window.open=()=>null
    const blocked=await sallyport.signIn().catch(({code,signInUrl})=>({code,signInUrl}))
    return {status,signedIn,because,blocked}})()`)
  const origin = new URL(edit).origin
  const asked = new URLSearchParams({ popup: origin, at: origin })
  assert.deepEqual(seen, {
    status: 401,
    signedIn: false,
    because: 'ended',
    blocked: { code: 'popup-blocked', signInUrl: `${origin}/.sallyport/sign-in?${asked}` },
  })
  assert.equal(await page.getByRole('dialog').count(), 0)
})

test('a form that comes too late is not lost in silence: sign in, go back, send it again [S5]', async () => {
  await using profile = await world.profile()
  const page = await editSignedOut(editors, profile)
  await page.getByRole('button', { name: 'Send as a form' }).click()
  await page.getByRole('heading', { name: 'Your form was not sent' }).waitFor()
  await saveScreenshot(page, 'form-not-sent')
  assert.deepEqual(await accessibilityProblems(page), [])
  const link = page.getByRole('link', { name: 'Sign in' })
  const window = await popup(page, () => link.click())
  await fillSignIn(window, world.alice)
  await page.getByRole('button', { name: 'Go back' }).click()
  assert.equal(await page.getByLabel('Text').inputValue(), 'two hours of work')
  assert.deepEqual(editor.arrivals, [])
  await page.getByRole('button', { name: 'Send as a form' }).click()
  await page.getByText('POST /form').waitFor()
  assert.deepEqual(
    editor.arrivals.map(({ body }) => body),
    ['text=two+hours+of+work'],
  )
})

test('a page of another application that opens the sign-in is told nothing [S3] [S5]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signIn(page, world.home, world.alice)
  const { origin } = new URL(edit)
  for (const claimed of [new URL(world.home).origin, origin, '*', `${origin}@evil.test`]) {
    await page.evaluate('window.told=[];onmessage=({data})=>told.push(data)')
    const url = `${origin}/.sallyport/sign-in?popup=${encodeURIComponent(claimed)}`
    const window = await popup(page, () => page.evaluate(`void open('${url}')`))
    // Somebody who is signed in at the provider is signed in here, too, which is no secret of theirs.
    if (!window.isClosed()) await window.waitForEvent('close')
    assert.deepEqual(await page.evaluate('told'), [], claimed)
  }
})

test('a form that one person left behind is not sent in the name of the next without a word [S5]', async () => {
  await using profile = await world.profile()
  const page = await formSignedOut(editors, profile, 'application/x-www-form-urlencoded')
  await fillSignIn(page, world.bob)
  await page.getByRole('heading', { name: 'Send the form?' }).waitFor()
  await saveScreenshot(page, 'send-the-form')
  assert.deepEqual(await accessibilityProblems(page), [])
  assert.deepEqual(keeping.arrivals, [])
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('POST /form').waitFor()
  assert.equal(keeping.arrivals.length, 1)
})

test('a form that another site posts is not kept: it would come back as one of the application [S5]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  // The sample lies on another site.
  await signIn(page, world.home, world.alice)
  keeping.arrivals.length = 0
  await page.evaluate(`{const form=document.createElement('form');form.method='post';
    form.action='${keptEdit}';document.body.append(form);form.submit()}`)
  await page.getByRole('heading', { name: 'Your form was not sent' }).waitFor()
  await page.getByRole('link', { name: 'Go on without the form' }).click()
  await page.waitForURL(keptEdit)
  assert.deepEqual(keeping.arrivals, [])
})

test('in a frame on a page of another site, where the browser keeps the session back, there is a way to a window [S4] [S5]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signIn(page, `${far.store}inner`, world.alice)
  await page.evaluate(`{const frame=document.createElement('iframe');frame.src='${edit}';
    frame.width=600;frame.height=300;document.body.append(frame)}`)
  const frame = page.frameLocator('iframe')
  await popup(page, () => frame.getByRole('link', { name: 'Sign in' }).click())
  const link = frame.getByRole('link', { name: 'Open in a window of its own' })
  await saveScreenshot(page, 'frame-elsewhere')
  const window = await popup(page, () => link.click())
  await window.getByLabel('Text').waitFor()
})

test('a link that is merely loaded ahead neither signs out nor begins a sign-in [S7]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signIn(page, edit, world.alice)
  const ahead = async (path: string) => {
    const answering = page.waitForResponse(`**${path}`)
    await page.evaluate(`{const link=document.createElement('link');link.rel='prefetch';link.href='${path}';
      document.head.append(link)}`)
    return (await answering).status()
  }
  assert.equal(await ahead('/.sallyport/sign-out'), 503)
  assert.equal(await ahead('/.sallyport/session.js?ahead'), 200)
  assert.equal(await page.evaluate('sallyport.session().then(({signedIn})=>signedIn)'), true)
  await profile.clearCookies()
  assert.equal(await ahead('/ahead'), 401)
  assert.deepEqual(await profile.cookies(), [])
})

test('a host that does not answer holds a sign-in up for three seconds and no longer; a call to it signs in by itself later [S2]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  await page.route(`${store}.sallyport/hand-over`, () => {})
  await signIn(page, edit, world.alice)
  await page.unroute(`${store}.sallyport/hand-over`)
  const saving = page.evaluate("save('later').then(({status})=>status)")
  await page.getByRole('dialog').waitFor()
  // The provider knows the person: the window closes without a question.
  await popup(page, () => clickSignIn(page))
  assert.equal(await saving, 200)
})

test('about the session pages of the application may read, and no others where no rule allows them [S5] [C9]', async () => {
  await using client = new HttpClient({ ca: world.ca })
  const allowed = async (url: string, origin: string) => {
    const { headers } = await client.request(`${url}.sallyport/session`, { headers: { origin } })
    assert.match(String(headers['vary']), /\borigin\b/i)
    return headers['access-control-allow-origin']
  }
  const [home, api] = [new URL(world.home).origin, new URL(world.api).origin]
  assert.equal(await allowed(world.home, api), api)
  assert.equal(await allowed(world.api, home), home)
  for (const origin of [new URL(edit).origin, 'https://evil.test', 'null']) {
    assert.equal(await allowed(world.home, origin), undefined)
    assert.equal(await allowed(world.api, origin), undefined)
  }
})

// RFC 4648 §6.
function fromBase32(text: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...text].map((each) => alphabet.indexOf(each).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

test('a form that meets a policy’s demand for a second factor survives that step and is sent once [S5] [S8]', async () => {
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signIn(page, keptEdit, world.bob)
  await page.getByLabel('Text').fill('two hours of work')
  const policies = '/identity/conditionalAccess/policies'
  const policy = await world.graph.call('POST', policies, {
    ...{ displayName: 'Two factors for all', state: 'enabled' },
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
      clientAppTypes: ['all'],
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  })
  keeping.arrivals.length = 0
  await page.getByRole('button', { name: 'Send as a form' }).click()
  await page.getByRole('heading', { name: 'Set up a second step' }).waitFor()
  assert.deepEqual(keeping.arrivals, [])
  const key = (await page.locator('code').first().innerText()).replaceAll(' ', '')
  const code = codeAt(fromBase32(key), stepAt(Date.now()))
  await page.getByRole('textbox', { name: 'Code' }).fill(code)
  await page.getByRole('button', { name: 'Set up the app' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('POST /form').waitFor()
  assert.deepEqual(
    keeping.arrivals.map(({ what, body }) => [what, body]),
    [['POST /form', 'text=two+hours+of+work']],
  )
  await page.reload()
  await page.getByRole('heading', { name: 'This form was not sent again' }).waitFor()
  assert.equal(keeping.arrivals.length, 1)
  await world.graph.call('DELETE', `${policies}/${policy?.['id']}`)
})
