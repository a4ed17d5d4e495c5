import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { accessibilityProblems, openProfile, saveScreenshot } from '../browser.ts'
import { Editor } from '../editor.ts'
import { fillSignIn, publish, signIn, startWorld, type World } from '../world.ts'

let world: World
let editor: Editor
let edit: string
let store: string
let keeping: Editor
let keptEdit: string
let distant: Editor
let far: { readonly edit: string; readonly store: string }
before(async () => {
  world = await startWorld()
  editor = new Editor()
  const published = await editor.publish(world, 'note')
  edit = `${published.edit}edit`
  store = published.store
  keeping = new Editor()
  const kept = await keeping.publish(world, 'kept', { isFormPostPreserved: true })
  keptEdit = `${kept.edit}edit`
  distant = new Editor()
  far = await distant.publish(world, 'far', {}, 'northwind')
})
after(async () => {
  await editor?.[Symbol.asyncDispose]()
  await keeping?.[Symbol.asyncDispose]()
  await distant?.[Symbol.asyncDispose]()
  await world?.[Symbol.asyncDispose]()
})

/** A page in the middle of an edit, whose session an administrator has just ended. */
async function editSignedOut(profile: BrowserContext): Promise<Page> {
  const page = await profile.newPage()
  await signIn(page, edit, world.alice)
  await page.getByLabel('Text').fill('two hours of work')
  const path = `/users/${world.alice.userPrincipalName}/revokeSignInSessions`
  await world.graph.call('POST', path)
  // The provider is to ask for the password again, too.
  await profile.clearCookies({ domain: /^login\./ })
  editor.arrivals.length = 0
  return page
}

/** What the page opens when `act` is done, in a window of its own. */
async function popup(page: Page, act: () => Promise<void>): Promise<Page> {
  const [opened] = await Promise.all([page.waitForEvent('popup'), act()])
  return opened
}

const clickSignIn = (page: Page) => page.getByRole('link', { name: 'Sign in again' }).click()

test('a page in the middle of an edit loses nothing when its session ends: one more sign-in, one save [S4] [S5]', async () => {
  await using profile = await world.profile()
  const page = await editSignedOut(profile)
  await page.click('#save')
  await page.getByRole('dialog', { name: 'You are signed out' }).waitFor()
  assert.deepEqual(await accessibilityProblems(page), [])
  await saveScreenshot(page, 'signed-out-dialog')
  const window = await popup(page, () => clickSignIn(page))
  const closed = window.waitForEvent('close')
  await fillSignIn(window, world.alice)
  await closed
  await page.getByText('saved 200').waitFor()
  await saveScreenshot(page, 'saved-after-sign-in')
  assert.equal(page.url(), edit)
  assert.equal(await page.getByLabel('Text').inputValue(), 'two hours of work')
  assert.deepEqual(editor.arrivals, [
    { what: 'PUT /save/one', type: 'text/plain;charset=UTF-8', body: 'two hours of work' },
  ])
})

test('of many calls that fail at once each is repeated once after one sign-in, on a page that is cut off from windows (COOP) [S5] [S7]', async () => {
  editor.isolated = true
  await using profile = await world.profile()
  const page = await editSignedOut(profile)
  editor.isolated = false
  const saving = page.evaluate('Promise.all([1,2,3,4,5].map(n=>save(n).then(({status})=>status)))')
  await page.getByRole('dialog').waitFor()
  const window = await popup(page, () => clickSignIn(page))
  assert.equal(await window.evaluate('opener'), null)
  await fillSignIn(window, world.alice)
  assert.deepEqual(await saving, [200, 200, 200, 200, 200])
  const saves = editor.arrivals.map(({ what }) => what).sort()
  assert.deepEqual(
    saves,
    [1, 2, 3, 4, 5].map((n) => `PUT /save/${n}`),
  )
})

test('who does not want to sign in gets the answer that there was; nothing was sent [S4] [S5]', async () => {
  await using profile = await world.profile()
  const page = await editSignedOut(profile)
  await page.click('#save')
  await page.getByRole('button', { name: 'Not now' }).click()
  await page.getByText('saved 401').waitFor()
  assert.deepEqual(editor.arrivals, [])
})

test('a page may do it in its own way: an event instead of the dialog, signIn() that tells why not [S5]', async () => {
  await using profile = await world.profile()
  const page = await editSignedOut(profile)
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

test('a frame of a signed-out page says so, and goes on after a sign-in in a window of its own [S4] [S5]', async () => {
  await using profile = await world.profile()
  const page = await editSignedOut(profile)
  await page.evaluate(`{const frame=document.createElement('iframe');frame.src='${store}inner';
    frame.width=600;frame.height=300;document.body.append(frame)}`)
  const frame = page.frameLocator('iframe')
  await frame.getByRole('heading', { name: 'You are signed out' }).waitFor()
  await saveScreenshot(page, 'signed-out-frame')
  const link = frame.getByRole('link', { name: 'Sign in' })
  const window = await popup(page, () => link.click())
  await fillSignIn(window, world.alice)
  await frame.getByText('GET /inner').waitFor()
})

test('a form that comes too late is not lost in silence: sign in, go back, send it again [S5]', async () => {
  await using profile = await world.profile()
  const page = await editSignedOut(profile)
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

/** A second application, which keeps forms, on a page whose session is over. */
async function formSignedOut(profile: BrowserContext, encoding: string): Promise<Page> {
  const page = await profile.newPage()
  await signIn(page, keptEdit, world.alice)
  await page.getByLabel('Text').fill('two hours of work')
  await page.evaluate(`document.forms[0].enctype='${encoding}'`)
  const path = `/users/${world.alice.userPrincipalName}/revokeSignInSessions`
  await world.graph.call('POST', path)
  await profile.clearCookies({ domain: /^login\./ })
  keeping.arrivals.length = 0
  await page.getByRole('button', { name: 'Send as a form' }).click()
  return page
}

{
  const encoding = 'multipart/form-data'
  test('a form survives the sign-in and is sent once, also when the page is loaded again [S5]', async () => {
    await using profile = await world.profile()
    const page = await formSignedOut(profile, encoding)
    await fillSignIn(page, world.alice)
    await page.getByText('POST /form').waitFor()
    const [arrival, ...more] = keeping.arrivals
    assert.deepEqual(more, [])
    assert.ok(arrival?.type?.startsWith(encoding))
    assert.match(arrival?.body ?? '', /two.hours.of.work/)
    assert.equal(page.url(), new URL('/form', keptEdit).href)
    await page.reload()
    await page.getByRole('heading', { name: 'This form was not sent again' }).waitFor()
    assert.equal(keeping.arrivals.length, 1)
    await page.goBack()
    assert.equal(keeping.arrivals.length, 1)
  })
}

test('a form that one person left behind is not sent in the name of the next without a word [S5]', async () => {
  await using profile = await world.profile()
  const page = await formSignedOut(profile, 'application/x-www-form-urlencoded')
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

test('pages that were never changed sign in again as well, where the script is put into them [S5]', async () => {
  await using plain = new Editor()
  plain.script = ''
  const published = await plain.publish(world, 'plain', { isSessionScriptInjected: true })
  await using profile = await world.profile()
  const page = await profile.newPage()
  await signIn(page, `${published.edit}edit`, world.alice)
  assert.equal(
    await page.evaluate('document.scripts[0].src'),
    `${published.edit}.sallyport/session.js`,
  )
  // What a script fetches is the application's own.
  const fetched = await page.evaluate("fetch('/edit').then(answer=>answer.text())")
  assert.doesNotMatch(String(fetched), /sallyport\/session\.js/)
  await world.graph.call('POST', `/users/${world.alice.userPrincipalName}/revokeSignInSessions`)
  await profile.clearCookies({ domain: /^login\./ })
  const refused =
    page.evaluate(`new Promise(end=>{const x=new XMLHttpRequest;let loads=0;x.open('GET','/no')
    x.onload=()=>loads++;x.onloadend=()=>end([x.status,loads]);x.send()})`)
  await page.getByRole('button', { name: 'Not now' }).click()
  assert.deepEqual(await refused, [401, 1])
  await page.getByLabel('Text').fill('written')
  await page.click('#save')
  // Libraries listen in each of these ways.
  const asked = page.evaluate(`new Promise(end=>{const x=new XMLHttpRequest,seen=[]
    x.onreadystatechange=()=>x.readyState===4&&seen.push('state '+x.status)
    x.open('POST','/by-xhr');x.setRequestHeader('x-n','1');x.responseType='blob';x.responseType='text'
    x.onload=()=>seen.push('load '+x.status);x.addEventListener('loadend',()=>end([...seen,x.responseText]))
    x.send('sent')})`)
  const window = await popup(page, () => clickSignIn(page))
  await fillSignIn(window, world.alice)
  await page.getByText('saved 200').waitFor()
  const [state, load, answer] = (await asked) as string[]
  assert.deepEqual([state, load], ['state 200', 'load 200'])
  assert.match(answer ?? '', /POST \/by-xhr/)
  assert.deepEqual(plain.arrivals.map(({ body }) => body).sort(), ['sent', 'written'])
})

test('one sign-in readies hosts of several registrable domains, though the browser blocks cookies of other sites, past a host that nobody finds [S2] [S3]', async () => {
  // Chromium blocks them in every profile that is thrown away, as Safari does always, but may be told otherwise.
  const more = ['--test-third-party-cookie-phaseout']
  await using profile = await openProfile(world.ca, undefined, more)
  const page = await profile.newPage()
  await signIn(page, `${far.edit}edit`, world.alice)
  const seen = await page.evaluate(
    `fetch('${far.store}save',{method:'PUT',credentials:'include',headers:{'x-n':'1'},body:'x'})
      .then(({status,redirected})=>({status,redirected}))`,
  )
  assert.deepEqual(seen, { status: 200, redirected: false })
  // A frame of the other site belongs to the same page.
  await page.evaluate(`{const frame=document.createElement('iframe');frame.src='${far.store}inner';
    document.body.append(frame)}`)
  await page.frameLocator('iframe').getByText('GET /inner').waitFor()
  // Alone the other site asks the provider, which asks nobody.
  await page.goto(`${far.store}alone#here`)
  await page.waitForURL(`${far.store}alone#here`)
  await page.getByText('GET /alone').waitFor()
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

test('below a wildcard every host is entered without a second sign-in, and a window may begin at any and end at any [S2] [S5]', async () => {
  const at = (host: string) => `https://${host}.wild.localhost:${world.port}/`
  // Nothing answers inside, which is told to those alone who are signed in.
  const internalUrl = 'http://*.nowhere.invalid/'
  await publish(world.graph, 'wild', { externalUrl: at('*'), internalUrl })
  await using profile = await world.profile()
  const page = await profile.newPage()
  const unreachable = page.getByRole('heading', { name: 'The application cannot be reached' })
  await signIn(page, `${at('one')}first#here`, world.alice)
  await unreachable.waitFor()
  await page.goto(`${at('two')}second#there`)
  await page.waitForURL(`${at('two')}second#there`)
  await unreachable.waitFor()
  const [waiting, host] = [new URL(at('one')).origin, new URL(at('three')).origin]
  const asked = new URLSearchParams({ popup: waiting, at: host })
  await page.goto(`${waiting}/.sallyport/sign-in?${asked}`)
  await page.getByRole('heading', { name: 'You are signed in' }).waitFor()
  assert.equal(new URL(page.url()).origin, waiting)
  assert.equal((await page.goto(`${host}/third`))?.request().redirectedFrom(), null)
})
